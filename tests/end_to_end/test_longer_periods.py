"""A month, a half-year and a year of the programme: issues as a week's is, each in its series."""

import json

import pytest

from deploy.local.waiting import wait_until
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year
from shared.platform.topology import SERVICES
from tests.end_to_end.conftest import resume_published

FEBRUARY = Month(2017, 2)
LONGER = {"summary": FEBRUARY, "assessment": HalfYear(2017, 1), "commendation": Year(2017)}
REASON = {"zh": "更正", "en": "corrected"}


@pytest.fixture
def office(district):
    """The first week is published, and the rest is left to the office."""
    district.settings["WARM_DRAFT_TIMER"] = "off"
    resume_published(district)
    return district


def publish(district, period):
    district.clock.set(period.cutoff)
    district.do("supervision", "draft_briefing", period=str(period))
    district.approve(str(period))
    district.do("supervision", "publish_briefing", period=str(period))
    return json.loads(district.ask("briefing", period=str(period)))


def sent(district, name):
    """The types of the events of a series, in their order, without those of its draft."""
    told = district.rpc.call("supervision", "events", after=0, limit=1000)["events"]
    types = [it["type"].split(".")[1:] for it in told]
    return [
        verb for series, verb in types if series == name and verb not in ("drafted", "approved")
    ]


@pytest.mark.parametrize("name", LONGER)
def test_a_longer_period_is_published_proved_revised_and_withdrawn(office, name):
    district, period = office, LONGER[name]
    issue = publish(district, period)
    assert (issue["series"], issue["issue"], issue["period"]) == (name, 1, str(period))
    assert issue["completeness"]["reconciled"] == issue["completeness"]["of"] == len(SERVICES)
    for service in SERVICES:
        seals = [it["data"]["period"] for it in district.log(service, f"{service}.period.sealed")]
        assert seals.count(str(period)) == 1, service
    about = {"period": str(period)}
    for more in ({}, {"quick": True}, {"edition": "public"}):
        assert district.ask("verify", **about, **more)["equal"], more
    found = district.ask("explain", **about, indicator="clinics.clinics_held")
    [held] = [
        it["denominator"]
        for it in issue["cells"]
        if (it["indicator"], it["orgunit"]) == ("clinics.clinics_held", "410103")
    ]
    assert len(found["included"]) == int(held) > 0
    for form in ("text", "html"):
        for lang in ("zh", "en"):
            assert district.ask("briefing", **about, format=form, lang=lang)
    receipts = district.ask("receipts", **about)
    assert (receipts["issue"], receipts["notice"]) == (1, "published")
    assert "archive" in [it["subscriber"] for it in receipts["subscribers"]]
    with pytest.raises(Conflict, match="no figure"):
        district.do("supervision", "revise_briefing", **about, reason=REASON)
    district.do("supervision", "withdraw_briefing", **about, reason=REASON)
    # Events get their numbers a moment later.
    wait_until(lambda: sent(district, name)[-1:] == ["withdrawn"], 30)
    issued = ["announced", "published_internal", "published"]
    assert sent(district, name) == [*issued, "announced", "withdrawn"]


def test_each_series_counts_its_issues(office):
    february = publish(office, FEBRUARY)
    march = publish(office, FEBRUARY.next())
    assert [office.first["issue"], february["issue"], march["issue"]] == [1, 1, 2]


def test_a_late_fact_of_a_published_month_makes_a_revision_of_it(office):
    district = office
    publish(district, FEBRUARY)
    district.do(
        "relief",
        "record_visits",
        orgunit="410103006",
        kind="household",
        visits={"value": "12", "qualifier": "exact", "unit": "visit"},
        time="2017-02-21T09:30:00+08:00",
        timeprecision="second",
    )
    proposal = district.ask("revision_proposal", period=str(FEBRUARY))
    assert {it["indicator"] for it in proposal["changes"]} == {"relief.visits_household"}
    district.do("supervision", "revise_briefing", period=str(FEBRUARY), reason=REASON)
    district.approve(str(FEBRUARY))
    district.do("supervision", "publish_briefing", period=str(FEBRUARY))
    issue = json.loads(district.ask("briefing", period=str(FEBRUARY)))
    assert (issue["issue"], issue["revision"]) == (1, 1)
    assert issue["replaces"] == "urn:warm:summary:2017-02:r0"
    assert district.ask("verify", period=str(FEBRUARY))["equal"]


def test_a_month_is_not_published_before_the_week_of_its_last_day_is_over(office):
    district = office
    district.clock.set(Week.of_day(FEBRUARY.last_day).start)
    district.do("supervision", "draft_briefing", period=str(FEBRUARY))
    district.approve(str(FEBRUARY))
    with pytest.raises(Conflict, match="2017-03-06T12:00"):
        district.do("supervision", "publish_briefing", period=str(FEBRUARY))


def test_a_month_of_the_future_has_no_report(office):
    with pytest.raises(ValidationFailed, match="a period that has begun, such as 2017-02"):
        office.do("supervision", "draft_briefing", period="2017-03")


def test_the_timer_drafts_a_month_at_its_cut_off(district):
    resume_published(district)
    district.clock.set(FEBRUARY.cutoff)
    wait_until(lambda: preparer(district, FEBRUARY) == "service:supervision", 60)


def preparer(district, period):
    try:
        shown = json.loads(district.ask("briefing", period=str(period)))
    except NotFound:
        return None
    return shown["masthead"]["prepared_by"]
