"""A person approves the draft that was read, and nothing is published before that."""

import json
from datetime import timedelta

import pytest

from deploy.local.facts.reader import read_facts
from deploy.local.waiting import wait_until
from shared.domain.errors import Conflict, ValidationFailed
from tests.end_to_end.conftest import FACTS

WEEK = "2017-W06"
SECONDS = 60


def visits(district, command_id, number):
    """Household visits of a Tuesday, entered now."""
    district.do(
        "relief",
        "record_visits",
        command_id=command_id,
        orgunit="410103006",
        kind="household",
        visits={"value": str(number), "qualifier": "exact", "unit": "visit", "stated": None},
        time="2017-02-07T00:00:00+08:00",
        timeprecision="day",
    )


def household_visits(document):
    return next(
        cell["value"]
        for cell in document["cells"]
        if (cell["indicator"], cell["orgunit"]) == ("relief.visits_household", "410103")
    )


def test_a_draft_from_before_the_cut_off_is_never_published(district):
    _, [week] = read_facts(FACTS)
    district.settings["WARM_DRAFT_TIMER"] = "off"
    district.start([week])
    district.clock.set(week.start.replace(hour=10) + timedelta(days=1))
    visits(district, "tuesday", 10)
    district.clock.set(week.start + timedelta(days=2))
    district.do("supervision", "draft_briefing", period=WEEK)
    with pytest.raises(Conflict, match="possible_from"):
        district.do("supervision", "publish_briefing", period=WEEK)
    district.approve(WEEK)
    with pytest.raises(Conflict, match="not_before"):
        district.do("supervision", "publish_briefing", period=WEEK)
    early = json.loads(district.ask("briefing", period=WEEK))
    assert {row["problem"] for row in early["completeness"]["services"]} == {"sealed_early"}

    district.clock.set(week.start + timedelta(days=4))
    visits(district, "friday", 7)
    district.clock.set(week.cutoff)
    with pytest.raises(Conflict, match="drafted before the cut-off; draft it again"):
        district.do("supervision", "publish_briefing", period=WEEK)
    district.do("supervision", "draft_briefing", period=WEEK)
    district.approve(WEEK)
    assert district.do("supervision", "publish_briefing", period=WEEK)["status"] == "published"
    issue = json.loads(district.ask("briefing", period=WEEK))
    assert (household_visits(issue), issue["completeness"]["reconciled"]) == ("17", 5)


def test_a_draft_of_the_future_is_not_approved(district):
    _, [week] = read_facts(FACTS)
    district.settings["WARM_DRAFT_TIMER"] = "off"
    district.start([week])
    # For half a minute the clock was wrong.
    district.clock.set(week.cutoff + timedelta(days=4000))
    district.do("supervision", "draft_briefing", period=WEEK)
    district.clock.set(week.cutoff)
    with pytest.raises(Conflict, match="clock was wrong; draft it again"):
        district.approve(WEEK)
    district.do("supervision", "draft_briefing", period=WEEK)
    assert district.approve(WEEK)["status"] == "approved"


def test_the_timer_drafts_again_what_was_drafted_before_the_cut_off(district):
    _, [week] = read_facts(FACTS)
    district.start([week])
    district.clock.set(week.start + timedelta(days=1))
    district.do("supervision", "draft_briefing", period=WEEK)
    district.approve(WEEK)
    district.clock.set(week.cutoff)

    def by_the_timer():
        masthead = json.loads(district.ask("briefing", period=WEEK))["masthead"]
        return masthead["prepared_by"] == "service:supervision" and not masthead["approved_by"]

    assert wait_until(by_the_timer, SECONDS)


def test_only_the_draft_that_was_read_is_approved(district):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    arguments = {"actor": "person:tester", "period": WEEK}
    district.ask("draft_briefing", command_id="d1", **arguments)
    read = draft_digest(district)
    district.enter(facts)
    district.ask("draft_briefing", command_id="d2", **arguments)
    now = draft_digest(district)
    arguments["actor"] = "person:signer"
    with pytest.raises(Conflict) as caught:
        district.ask("approve_briefing", command_id="a1", content_digest=read[:8], **arguments)
    assert (caught.value.data["content_digest"], caught.value.data["draft"]) == (read[:8], now)
    with pytest.raises(ValidationFailed) as missing:
        district.ask("approve_briefing", command_id="a2", **arguments)
    assert set(missing.value.data) == {"content_digest"}
    shortened = {"command_id": "a3", "content_digest": now[:8]}
    approved = district.ask("approve_briefing", **shortened, **arguments)
    assert approved["status"] == "approved"


def draft_digest(district):
    return json.loads(district.ask("briefing", period=WEEK))["content_digest"]
