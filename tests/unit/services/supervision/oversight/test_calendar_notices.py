"""Calendar notices are entered once a year, contradict nothing in silence, and settle findings."""

from datetime import timedelta

import pytest
from marshmallow import ValidationError

from services.supervision.oversight.findings import Finding
from shared.domain.clock import Clock
from shared.domain.errors import Conflict
from shared.domain.periods import parse_instant
from shared.domain.workdays import PUBLISHED, Notice
from shared.service.due_days import settle_due_days
from tests.support.in_memory import Oversight

UNIT = "410103006"
YEAR = max(PUBLISHED) + 1
WHAT = {"zh": "下水道堵塞"}
ONE_DAY = timedelta(days=1)
GUESSED, FINAL = f"{YEAR}-01-04", f"{YEAR}-01-05"


@pytest.fixture
def service():
    found = Oversight(["410103", UNIT])
    now = parse_instant(f"{YEAR}-01-20T12:00:00+08:00")
    found.context.clock = found.repository.clock = Clock(lambda: now)
    return found


def holiday(name, first, last=None):
    return {"name": name, "first": f"{YEAR}-{first}", "last": f"{YEAR}-{last or first}"}


NOTICE = {
    "year": YEAR,
    "holidays": [
        holiday("国庆节", "10-01", "10-07"),
        holiday("元旦", "01-01", "01-03"),
        holiday("劳动节", "05-01", "05-05"),
    ],
    "working": [f"{YEAR}-01-30"],
    "document": "国办发明电〔2026〕7号",
}


def reported(service, **more):
    given = {"kind": "facility", "what": WHAT, "time": f"{YEAR - 1}-12-28T00:00:00+08:00"}
    id = service.ask("report_finding", **given, timeprecision="day", **more)["id"]
    return id, service.events(id)[-1]["data"]


def settle(service):
    known = [Notice.from_state(found["state"]) for found in service.ask("calendar")]
    service.context.calendar.entered = known
    calendar = service.context.calendar.present()
    return settle_due_days(service.repository, "supervision", Finding, calendar)


def test_a_notice_is_published_with_its_days_in_order(service):
    assert service.ask("announce_calendar", **NOTICE) == {"id": f"calendar:{YEAR}", "version": 1}
    (found,) = service.ask("calendar")
    assert [one["name"] for one in found["state"]["holidays"]] == ["元旦", "劳动节", "国庆节"]
    (event,) = service.events(f"calendar:{YEAR}")
    assert (event["type"], event["orgunit"]) == ("supervision.calendar.announced", "410103")
    assert event["data"] == found["state"]


def test_a_repeated_command_has_no_second_effect(service):
    for _ in range(2):
        service.ask("announce_calendar", command_id="c", **NOTICE)
    assert len(service.events(f"calendar:{YEAR}")) == 1


def test_the_same_notice_under_another_id_is_known_already(service):
    service.ask("announce_calendar", **NOTICE)
    with pytest.raises(Conflict, match="known already"):
        service.ask("announce_calendar", **NOTICE)


def test_another_notice_of_the_year_is_refused_unless_it_corrects(service):
    service.ask("announce_calendar", **NOTICE)
    other = NOTICE | {"working": [f"{YEAR}-01-31"]}
    with pytest.raises(Conflict) as refused:
        service.ask("announce_calendar", **other)
    assert refused.value.data["differs"] == [f"{YEAR}-01-30", f"{YEAR}-01-31"]
    service.ask("announce_calendar", **other, correct=True, reason="更正通知")
    events = service.events(f"calendar:{YEAR}")
    assert [event["type"].rsplit(".", 1)[1] for event in events] == ["announced", "corrected"]
    assert events[-1]["data"]["reason"] == "更正通知"


def test_a_notice_that_contradicts_the_release_is_refused(service):
    holidays = [one | {"name": "节"} for one in _published(2017)]
    worked = sorted(map(str, PUBLISHED[2017].worked))
    given = {"year": 2017, "holidays": holidays, "working": worked}
    with pytest.raises(Conflict) as refused:
        service.ask("announce_calendar", **given | {"working": worked[1:]})
    assert refused.value.data["differs"] == [worked[0]]
    service.ask("announce_calendar", **given)


def _published(year):
    """The holidays of a year that the release knows: days that follow each other are one."""
    off = PUBLISHED[year].off
    first = [day for day in sorted(off) if day - ONE_DAY not in off]
    last = [day for day in sorted(off) if day + ONE_DAY not in off]
    return [{"first": str(a), "last": str(b)} for a, b in zip(first, last, strict=True)]


def test_without_a_district_there_is_nobody_whose_calendar_it_is(service):
    service.context.orgunits.district = lambda: None
    with pytest.raises(Conflict, match="import org units first"):
        service.ask("announce_calendar", **NOTICE)


@pytest.mark.parametrize(
    "part, wrong",
    [
        ("holidays", NOTICE["holidays"][:2]),
        ("working", [f"{YEAR}-12-26"]),
        ("reason", None),
    ],
)
def test_what_is_no_calendar_is_refused_by_its_field(service, part, wrong):
    given = NOTICE | {part: wrong} | ({"correct": True} if part == "reason" else {})
    with pytest.raises(ValidationError) as refused:
        service.ask("announce_calendar", **given)
    assert set(refused.value.messages) == {part}


def test_a_finding_waits_for_the_notice_and_is_settled_once(service):
    id, before = reported(service)
    assert (before["due"], before["due_awaits_notice"]) == (GUESSED, YEAR)
    assert settle(service) == 0
    service.ask("announce_calendar", **NOTICE)
    assert (settle(service), settle(service)) == (1, 0)
    event = service.events(id)[-1]
    assert event["type"] == "supervision.finding.due_settled"
    assert (event["data"]["due"], event["data"]["due_awaits_notice"]) == (FINAL, None)


def test_a_day_that_a_person_named_is_final(service):
    id, state = reported(service, due=GUESSED)
    assert (state["due"], state["due_awaits_notice"]) == (GUESSED, None)
    other, _ = reported(service)
    at = {"time": f"{YEAR - 1}-12-29T00:00:00+08:00", "timeprecision": "day"}
    service.ask("dispatch_finding", id=other, responsible="城管", due=f"{YEAR}-01-08", **at)
    service.ask("announce_calendar", **NOTICE)
    assert settle(service) == 0
    assert service.events(other)[-1]["data"]["due"] == f"{YEAR}-01-08"


def test_a_rectified_finding_keeps_its_day(service):
    reported(service, fixed_on_spot=True)
    service.ask("announce_calendar", **NOTICE)
    assert settle(service) == 0
