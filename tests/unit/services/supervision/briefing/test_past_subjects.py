"""Subjects of long ago are folded by a shorter way, and nothing in the briefing is different."""

import json
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import document, draft
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.past_subjects import PastSubjects
from services.supervision.facts.fact_store import fact_of, grouped
from services.supervision.indicators import PRESENT, RULES
from shared.domain import canonical
from shared.domain.periods import Week
from shared.domain.report_periods import Month
from shared.platform.topology import SERVICES
from tests.integration.test_week_query import complete, numbered, others, registered, registry
from tests.support.district import histories, registries
from tests.support.district.history import weeks_of_events
from tests.unit.services.supervision.forms.test_rendering import FREEZE, MASTHEAD

FIRST = Week(2016, 50)
UNITS = [code for code in histories.UNITS if len(code) == 12]
BRIEF = {"sources": dict.fromkeys(SERVICES, 0), "incomplete": {}, "parked": {}}


def later(week, number):
    for _ in range(number):
        week = week.next()
    return week


def subjects_of(events):
    facts = sorted(map(fact_of, numbered(events)), key=lambda fact: fact["subject"])
    return list(grouped(facts))


def folded(period, rules, subjects):
    week = FoldedWeek(period, rules)
    for events in subjects:
        week.add(events)
    made = document(draft(week, FREEZE | BRIEF), MASTHEAD)
    return json.loads(canonical.dumps(made)), len(week.begun_before)


def both_ways(period, rules, subjects):
    shorter = folded(period, rules, subjects)
    with mock.patch.object(PastSubjects, "__contains__", lambda self, events: False):
        return shorter, folded(period, rules, subjects)


def cells_of(period, subjects):
    week = FoldedWeek(period, PRESENT)
    for events in subjects:
        week.add(events)
    cells = [*week.recent.values(), *week.earlier.values(), week.cumulative]
    reported = {entity: sorted(map(str, found)) for entity, found in week.reported.items() if found}
    counted = {code: sorted(map(str, found)) for code, found in week.counted.items() if found}
    return [it.partials for it in cells], reported, counted, week.first_period, week.late


@pytest.mark.parametrize("period", [Month(2017, 6), Month(2018, 3)], ids=str)
def test_in_longer_periods_too(period):
    told = weeks_of_events(FIRST, 80, 1500, UNITS)
    subjects = subjects_of([*registry(histories.UNITS), *told])
    shorter = cells_of(period, subjects)
    with mock.patch.object(PastSubjects, "__contains__", lambda self, events: False):
        assert cells_of(period, subjects) == shorter


def test_what_is_known_to_the_week_in_which_a_month_begins_is_no_past_of_it():
    """Its Monday is before the month, to which it belongs by its Thursday."""
    [visit] = [it for it in weeks_of_events(Week(2017, 9), 1, 400, UNITS) if "visit" in it["type"]][
        :1
    ]
    visit |= {"time": "2017-02-27T00:00:00+08:00", "timeprecision": "week"}
    for period in (Month(2017, 3), Month(2017, 5)):
        week = FoldedWeek(period, PRESENT)
        week.add([visit])
        assert [str(month) for month, cells in week.recent.items() if cells.partials] == ["2017-03"]


def past(period, rules, subjects):
    known = FoldedWeek(period, rules)._past
    return [events for events in subjects if events in known]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    histories.histories(most=10),
    registries.registries(),
    others(),
    st.sampled_from(histories.WEEKS),
    st.integers(0, 30),
    st.randoms(use_true_random=False),
    st.none() | st.sampled_from(histories.WEEKS),
    st.sampled_from(sorted(RULES)),
)
def test_whatever_happened_however_long_ago(
    events, units, more, week, weeks_later, random, first_week, version
):
    rules = RULES[version].beginning_in(first_week)
    whole = [*registered(units), *(complete(it, random) for it in events), *more]
    period = later(week, weeks_later)
    if first_week is None or first_week <= period:
        shorter, longer = both_ways(period, rules, subjects_of(whole))
        assert shorter == longer


@pytest.mark.parametrize("first_week", [None, FIRST, later(FIRST, 5), later(FIRST, 39)])
def test_most_subjects_of_a_long_history_are_of_long_ago(first_week):
    rules = PRESENT.beginning_in(first_week)
    told = weeks_of_events(FIRST, 40, 2000, UNITS)
    subjects = subjects_of([*registry(histories.UNITS), *told])
    period = later(FIRST, 39)
    shorter, longer = both_ways(period, rules, subjects)
    assert shorter == longer
    if first_week != period:
        assert len(past(period, rules, subjects)) > len(subjects) / 2


def visit(**more):
    told = next(
        event
        for event in weeks_of_events(FIRST, 1, 50, UNITS)
        if event["type"] == "relief.visit.recorded"
    )
    return told | {"recordedtime": told["time"]} | more


@pytest.mark.parametrize(
    ("more", "is_past"),
    [
        ({}, True),
        ({"recordedtime": later(FIRST, 30).cutoff.isoformat()}, False),
        ({"time": later(FIRST, 30).start.isoformat()}, False),
        ({"time": "2016-12-14T03:00:00Z"}, False),
        ({"time": "1991-06-01T03:00:00+08:00"}, False),
        ({"type": "relief.period.sealed"}, False),
        ({"type": "relief.nil.reported"}, False),
        ({"type": "supervision.orgunit.registered"}, False),
        ({"type": "supervision.reporter.exempted"}, False),
        ({"type": "supervision.group.formed"}, False),
        ({"type": "supervision.finding.reported", "data": {"status": "reported"}}, False),
    ],
    ids=lambda it: str(it)[:60],
)
def test_what_may_concern_the_week_is_not_of_long_ago(more, is_past):
    known = PastSubjects(later(FIRST, 30), later(FIRST, 27), PRESENT)
    assert ([visit(**more)] in known) == is_past
    assert ([visit(), visit(id="another", **more)] in known) == is_past
