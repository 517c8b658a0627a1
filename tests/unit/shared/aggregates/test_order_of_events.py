"""What an aggregate records is in an order that can have happened."""

from decimal import Decimal

import pytest

from services.clinics.documents import Clinic
from services.jobfairs.documents import Fair
from services.relief.documents import Item, Order
from services.supervision.oversight.findings import Finding
from services.volunteering.documents.volunteers import Hours
from shared.aggregates.aggregate import Aggregate
from shared.contracts.envelope import Moment
from shared.contracts.events import EVENT_TYPES
from shared.domain.errors import ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.workdays import Calendar

KINDS = [kind for kind in Aggregate.__subclasses__() if kind.follows]


def at(day, precision="day"):
    return Moment(parse_instant(f"{day}T00:00:00+08:00"), precision)


W06, W08, W09 = (at(day, "week") for day in ("2017-02-06", "2017-02-20", "2017-02-27"))


def order(raised):
    made = Order(category="daily_necessities", channel="phone", items=[Item(item="大米")])
    made.raise_(Calendar(), raised)
    return made


def refused(act, *arguments):
    with pytest.raises(ValidationFailed) as caught:
        act(*arguments)
    assert set(caught.value.data) == {"time"}
    return caught.value.data["time"][0]


def test_an_order_known_to_the_week_is_not_delivered_in_a_week_before():
    raised = order(W08)
    assert refused(raised.claim, [], "民政局", at("2017-02-16")) == (
        "Must be at or after the time when it was raised (2017-W08), "
        "such as 2017-02-20T00:00:00+08:00."
    )
    raised = order(W08)
    raised.claim([], "民政局", W08)
    refused(raised.deliver, at("2017-02-16"))


def test_it_is_delivered_on_any_day_of_that_week():
    raised = order(W08)
    raised.claim([], "民政局", at("2017-02-20"))
    raised.deliver(at("2017-02-20"))


def test_a_claim_is_not_before_the_order_by_the_hour():
    afternoon, morning = (
        Moment(parse_instant(f"2017-02-16T{hour}:00:00+08:00")) for hour in (15, 10)
    )
    refused(order(afternoon).claim, [], "民政局", morning)
    order(afternoon).claim([], "民政局", at("2017-02-16"))


def test_hours_known_to_the_week_are_not_verified_in_a_week_before():
    def served():
        hours = Hours(volunteer="v", activity="a", hours={}, recorded_by="person:a")
        hours.record_hours(W09)
        return hours

    refused(served().verify, "person:b", Decimal(1), at("2017-02-17"))
    served().verify("person:b", Decimal(1), at("2017-02-27"))


def test_a_correction_does_not_move_a_report_behind_what_followed_it():
    finding = Finding(kind="facility", what={"zh": "井盖破损"}, orgunit="410103001")
    finding.report(None, Calendar(), [], W06)
    finding.rectify("person:grid", W06)
    late = ({}, "correct", "补正", Calendar(), [], W08)
    assert "rectified (2017-W06)" in refused(finding.correct, *late)


def test_an_order_of_an_earlier_release_knows_its_days():
    older = Order(status="claimed", category="daily_necessities", raised_on="2017-02-16")
    refused(older.deliver, at("2017-02-15"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_verbs_are_those_of_its_events(kind):
    verbs = {verb for effect, causes in kind.follows.items() for verb in (effect, *causes)}
    verbs |= {verb for pair in kind.restates.items() for verb in pair}
    entities = {}
    for name in EVENT_TYPES:
        entity, verb = name.rsplit(".", 1)
        entities.setdefault(entity, set()).add(verb)
    assert any(verbs <= known for known in entities.values()), verbs


def test_occurrences_are_not_called_off_before_they_were_planned():
    for kind in (Clinic, Fair):
        planned = kind(venue="绿荫广场", planned_for="2017-02-28")
        planned.plan(W08)
        refused(planned.cancel, "天气", W06)
