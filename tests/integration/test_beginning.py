"""The programme has a beginning, drafts can be discarded, and the timer drafts what is due."""

import json
from datetime import timedelta

import pytest
from pymongo import MongoClient

from shared.domain.clock import Clock
from shared.domain.errors import Conflict, NeedsConfirmation, NotFound, ValidationFailed
from shared.domain.periods import Week, parse_instant
from shared.platform.clock_check import TOLERANCE, clock_error
from shared.service.rpc_client import RpcClient
from tests.support.running import COMMUNITY, WEEK, Running
from tests.support.stack import end_services

W06, W07, W08, W09 = (Week(2017, week) for week in range(6, 10))
HOUSEHOLDS = "relief.visits_household"
TIMER = "service:supervision"


class WithTimer(Running):
    """The timer drafts, from the programme's first week on."""

    @property
    def environment(self):
        more = {"WARM_DRAFT_TIMER": "on", "WARM_PROGRAMME_FIRST_WEEK": str(W06)}
        return super().environment | more

    def visit(self, number, day, **more):
        """Household visits of that day, entered now."""
        amount = {"value": str(number), "qualifier": "exact", "unit": "visit", "stated": None}
        when = {"time": f"{day}T00:00:00+08:00", "timeprecision": "day"}
        given = {"orgunit": COMMUNITY, "kind": "household", "visits": amount}
        self.do("relief", "record_visits", **given, **when, **more)

    def shown(self, period):
        return json.loads(self.ask("supervision", "briefing", period=str(period)))

    def prepared(self, period):
        """(by whom, when) the draft or issue was made; None where there is none."""
        try:
            masthead = self.shown(period)["masthead"]
        except NotFound:
            return None
        return masthead["prepared_by"], parse_instant(masthead["prepared_at"])

    def publish(self, period):
        self.approve(str(period))
        self.do("supervision", "publish_briefing", period=str(period))
        return self.shown(period)

    def briefings(self):
        """The weeks that have a briefing, or had one."""
        with self.service_db("supervision") as database:
            found = database["aggregates"].find({"_cls": "Aggregate.Briefing"}, {"period": 1})
            return sorted({it["period"] for it in found})

    def events(self, event_type):
        self.settled()
        told = self.ask("supervision", "events", after=0, limit=1000)["events"]
        return [event for event in told if event["type"] == event_type]


@pytest.fixture(scope="module")
def office(stack):
    """Visits of 1999 and of W06; the clock stands at the cut-off of W06."""
    stack.reset()
    with RpcClient(stack.amqp_uri) as rpc:
        services = WithTimer(stack, rpc)
        services.set_clock(WEEK.start + timedelta(days=2))
        services.start()
        services.enter_registry()
        with pytest.raises(NeedsConfirmation):
            services.visit(7, "1999-01-06")
        services.visit(7, "1999-01-06", confirm_unlikely=True)
        services.visit(130, "2017-02-07")
        services.settled()
        services.set_clock(W06.cutoff)
        yield services
        services.close()
    end_services(stack)


def row(document, code=HOUSEHOLDS):
    return next(it for it in document["headline_table"] if it["indicator"] == code)


def test_an_earlier_week_than_the_first_is_refused_by_its_field(office):
    with pytest.raises(ValidationFailed) as caught:
        office.do("supervision", "draft_briefing", period="1999-W01")
    assert caught.value.data == {
        "period": ["Must be the programme's first period or a later one, such as 2017-W06."]
    }
    assert office.health("supervision")["first_week"] == "2017-W06"
    assert office.live(HOUSEHOLDS, week=Week(1999, 1)) is None
    assert office.live(HOUSEHOLDS) == "130"


def test_the_first_issue_is_the_first_weeks_and_lists_what_was_before(office):
    """An old fact made the timer draft 944 weeks."""
    office.wait(lambda: office.prepared(W06))
    assert office.prepared(W06)[0] == TIMER
    issue = office.publish(W06)
    assert (issue["issue"], office.briefings()) == (1, ["2017-W06"])
    assert row(issue)["cumulative"]["value"] == "130"
    [late] = issue["late_events"]["rows"]
    assert (late["week"], late["before_programme"]) == ("1999-W01", True)
    assert issue["freeze"]["first_week"] == "2017-W06"
    assert office.ask("supervision", "verify", period="2017-W06")["equal"]


def test_last_weeks_figure_is_marked_where_another_one_was_printed(office):
    office.set_clock(W06.cutoff + timedelta(days=1))
    office.visit(20, "2017-02-08")
    office.settled()
    office.set_clock(W07.cutoff)
    office.wait(lambda: office.prepared(W07))
    draft = office.shown(W07)
    last = row(draft)["last"]
    assert (last["value"], last["issued"]["value"]) == ("150", "130")
    marked = [it["indicator"] for it in draft["headline_table"] if it["last"]["issued"]]
    assert marked == [HOUSEHOLDS]
    assert row(draft)["cumulative"]["value"] == "150"

    # The issue of W06 is revised while the draft of W07 is read: it stays what it was.
    why = {"zh": "补报", "en": "late"}
    office.do("supervision", "revise_briefing", period=str(W06), reason=why)
    office.publish(W06)
    issue = office.publish(W07)
    assert issue["headline_table"] == draft["headline_table"]
    assert issue["freeze"]["last_week"] == draft["freeze"]["last_week"]
    assert issue["freeze"]["last_week"]["urn"] == "urn:warm:briefing:2017-W06:r0"
    assert office.ask("supervision", "verify", period=str(W07))["equal"]


def test_a_discarded_revision_leaves_the_issue_and_can_be_drafted_again(office):
    office.visit(5, "2017-02-14")
    why = {"zh": "补报", "en": "late"}
    office.do("supervision", "revise_briefing", period=str(W07), reason=why)
    discard(office, W07, "还有一笔待补报")
    assert office.shown(W07)["revision"] == 0
    with pytest.raises(NotFound):
        office.ask("supervision", "verify", period=str(W07), revision=1)
    with pytest.raises(Conflict):
        discard(office, W07, "已发布")
    again = {"zh": "两笔补报", "en": "two late rounds"}
    office.visit(6, "2017-02-15")
    office.do("supervision", "revise_briefing", period=str(W07), reason=again)
    revision = office.publish(W07)
    assert (revision["revision"], revision["masthead"]["reason"]) == (1, again)
    assert row(revision)["this"]["value"] == "11"
    # It is compared with the issue that its own one was compared with.
    assert revision["freeze"]["last_week"]["revision"] == 0
    assert office.ask("supervision", "verify", period=str(W07))["equal"]


def discard(office, period, reason):
    return office.do("supervision", "discard_briefing", period=str(period), reason=reason)


def test_a_draft_that_a_person_discards_is_drafted_by_a_person(office):
    office.set_clock(W08.cutoff)
    office.wait(lambda: office.prepared(W08))
    answer = discard(office, W08, "义诊汇总尚未报齐")
    assert answer["status"] == "discarded"
    reasons = {
        it["data"]["period"]: it["data"]["reason"]
        for it in office.events("supervision.briefing.discarded")
    }
    assert reasons[str(W08)] == "义诊汇总尚未报齐"
    with pytest.raises(NotFound):
        office.shown(W08)
    # When the timer has drafted the week after, it has looked at this one too.
    office.set_clock(W09.cutoff)
    office.wait(lambda: office.prepared(W09))
    assert office.prepared(W08) is None
    office.do("supervision", "draft_briefing", period=str(W08))
    assert office.prepared(W08)[0] != TIMER


def test_a_clock_that_was_wrong_for_a_while_leaves_no_draft_of_the_future(office):
    due, later = Week(2017, 10), Week(2017, 11)
    office.set_clock(parse_instant("2029-06-04T13:00:00+08:00"))
    office.wait(lambda: office.prepared(later))
    office.set_clock(due.start + timedelta(days=1))
    office.wait(lambda: not office.prepared(due) and not office.prepared(later))
    reasons = {it["data"]["reason"] for it in office.events("supervision.briefing.discarded")}
    assert any("clock was wrong" in reason for reason in reasons)
    assert office.prepared(W09) is not None
    # Monday's isn't skipped.
    office.set_clock(due.cutoff)
    office.wait(lambda: office.prepared(due))
    by, at = office.prepared(due)
    assert (by, at) == (TIMER, due.cutoff)
    assert office.prepared(later) is None


def test_a_draft_of_a_week_that_is_not_over_is_drafted_when_it_is_due(office):
    period = Week(2017, 11)
    office.set_clock(period.start + timedelta(days=1))
    office.do("supervision", "draft_briefing", period=str(period))
    discard(office, period, "太早")
    office.set_clock(period.cutoff)
    office.wait(lambda: office.prepared(period))
    assert office.prepared(period) == (TIMER, period.cutoff)


def test_the_database_server_gives_its_time(stack):
    with MongoClient(stack.mongodb_uri) as client:
        assert abs(clock_error(Clock(), client["warm_test"])) < TOLERANCE
