"""Who reported a week: on time, late, nil, silent or exempt; each told by its own command."""

import json

import pytest

from tests.support.running import PERSON, SUBDISTRICT, TIME, WEEK

PERIOD = str(WEEK)
STATES = ("on_time", "late", "nil", "silent", "exempt")


def reports(running):
    """What the draft says of the sub-district, by service."""
    running.settled()
    running.do("supervision", "draft_briefing", period=PERIOD)
    draft = json.loads(running.ask("supervision", "briefing", period=PERIOD))
    said = draft["completeness"]
    [unit] = [row for row in said["units"] if row["orgunit"] == SUBDISTRICT]
    for service, state in unit["reports"].items():
        counted = {name: int(name == state) for name in STATES}
        assert said["summary"][service] == counted, service
    return unit["reports"]


@pytest.fixture
def nil(running):
    def command(verb, service):
        running.do(service, f"{verb}_nil", orgunit=SUBDISTRICT, period=PERIOD)

    return command


def test_silence_nil_and_exemption_are_three_things(running, nil):
    assert set(reports(running).values()) == {"silent"}
    nil("report", "volunteering")
    exempted = running.do(
        "supervision",
        "exempt_reporter",
        orgunit=SUBDISTRICT,
        services=["clinics"],
        first=PERIOD,
        last=PERIOD,
        reason="辖区无医院",
    )
    running.raise_order(orgunit=SUBDISTRICT)
    assert reports(running) == {
        "volunteering": "nil",
        "relief": "on_time",
        "clinics": "exempt",
        "jobfairs": "silent",
        "supervision": "silent",
    }
    nil("withdraw", "volunteering")
    running.do("supervision", "readmit_reporter", id=exempted["id"], time=TIME)
    found = reports(running)
    assert (found["volunteering"], found["clinics"]) == ("silent", "silent")


def test_what_is_entered_after_the_cut_off_is_late(running):
    running.pass_time(seconds=1)
    running.do(
        "volunteering",
        "hold_gathering",
        orgunit=SUBDISTRICT,
        time=TIME,
        name={"zh": "联谊会"},
        gatherings={"value": "1", "qualifier": "exact", "unit": "gathering", "stated": None},
        actor=PERSON,
    )
    assert reports(running)["volunteering"] == "late"
