"""What late facts and corrections change: exactly the figures that read differently, and why."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import WEEK_PARTS, content, fold_week
from services.supervision.briefing.revisions import (
    COMPARED,
    ChangeCauses,
    changed_parts,
    changes,
    fold_with_causes,
)
from services.supervision.briefing.table import table
from services.supervision.indicators import INDICATORS, PRESENT
from shared.domain import canonical
from shared.domain.orgunits import path
from tests.support.district import histories, naive
from tests.unit.services.supervision.briefing.test_table import REGISTRY, printed
from tests.unit.services.supervision.figures.test_fold import periods

FULL = {"timeprecision": "second"}


def folded(events):
    """Each source's events numbered, as they are in its log."""
    counts = dict.fromkeys(histories.SERVICES, 0)
    for event in events:
        service = event["source"].rsplit("/", 1)[1]
        counts[service] += 1
        yield FULL | event | {"sourcesequence": counts[service]}


def split(events, data):
    """Sources' marks at an earlier moment, the events known then, and all of them."""
    numbered = list(folded([*REGISTRY, *events]))
    known = len(REGISTRY) + data.draw(st.integers(0, len(events)))
    since = dict.fromkeys(histories.SERVICES, 0)
    for event in numbered[:known]:
        since[event["source"].rsplit("/", 1)[1]] = event["sourcesequence"]
    return since, numbered[:known], numbered


def revised(events, week, data):
    since, known, everything = split(events, data)
    before = fold_week(week, PRESENT, naive.by_subject(known))
    now, news = fold_with_causes(week, PRESENT, naive.by_subject(everything), since)
    return before, now, changes(table(before), table(now), news), known, everything


def text(quantity):
    return quantity and (quantity["value"], quantity["qualifier"])


@settings(max_examples=60)
@given(histories.histories(), periods, st.data())
def test_the_difference_is_the_oracles(events, week, data):
    _, _, found, known, everything = revised(events, week, data)
    rows = {(row["indicator"], row["orgunit"]): row for row in found}
    for code in INDICATORS:
        for unit in histories.UNITS:
            old, new = (naive.cell(facts, code, unit, week) for facts in (known, everything))
            assert ((code, unit) in rows) == (old != new)
            if old != new:
                row = rows[code, unit]
                for part, figure in ((row["old"], old), (row["new"], new)):
                    assert part is None or same(part, printed(code, figure))


def same(part, expected):
    value, qualifier, _ = expected
    number = None if part["value"] is None else Fraction(part["value"])
    wanted = None if value is None else Fraction(value)
    return (number, part["qualifier"]) == (wanted, qualifier)


@settings(max_examples=60)
@given(histories.histories(), periods, st.data())
def test_every_change_names_new_events_that_feed_it(events, week, data):
    _, _, found, known, everything = revised(events, week, data)
    new = {event["id"]: event for event in everything[len(known) :]}
    for row in found:
        assert row["because"], row
        for cause in row["because"]:
            event = new[cause["id"]]
            assert event["type"] in INDICATORS[row["indicator"]].feeds
            assert row["orgunit"] in path(event["orgunit"])


@settings(max_examples=30)
@given(histories.histories(), periods)
def test_without_news_nothing_changes(events, week):
    everything = list(folded([*REGISTRY, *events]))
    since = dict.fromkeys(histories.SERVICES, len(everything))
    now, news = fold_with_causes(week, PRESENT, naive.by_subject(everything), since)
    assert changes(table(now), table(now), news) == []
    body = content(now)
    assert changed_parts(body, body) == []


@settings(max_examples=40)
@given(histories.histories(), periods, st.randoms(use_true_random=False), st.data())
def test_however_facts_arrive_the_last_revision_is_the_report_of_all_of_them(
    events, period, random, data
):
    """In any order, late and twice, around the edges of weeks, months, half-years and years."""
    everything = list(folded([*REGISTRY, *events]))
    wanted = content(fold_week(period, PRESENT, naive.by_subject(everything)))
    again = data.draw(st.lists(st.sampled_from(everything), max_size=5))
    delivered = [*everything, *again]
    random.shuffle(delivered)
    last = content(fold_week(period, PRESENT, naive.by_subject(delivered)))
    assert canonical.dumps(last) == canonical.dumps(wanted)
    # Published with what was known at some moment: there is a revision where it would read
    # differently, and none where it wouldn't.
    known = everything[: len(REGISTRY) + data.draw(st.integers(0, len(events)))]
    first = content(fold_week(period, PRESENT, naive.by_subject(known)))
    nobody = ChangeCauses(period, PRESENT, dict.fromkeys(histories.SERVICES, 10**6))
    found = changes(first["cells"], last["cells"], nobody)
    own = {name: first[name] == last[name] for name in WEEK_PARTS if name in first}
    assert bool(changed_parts(first, last)) == (not all(own.values()))
    assert bool(found) == (shown(first) != shown(last))


def shown(body):
    """Each figure as it is compared."""
    return {
        (it["indicator"], it["orgunit"]): [it[name] for name in COMPARED] for it in body["cells"]
    }


def test_a_changed_section_is_a_change_even_where_no_figure_is():
    body = {part: [1] for part in WEEK_PARTS}
    for part in WEEK_PARTS:
        assert changed_parts(body, body | {part: [2]}) == [part]


def test_only_the_weeks_own_figures_make_a_revision():
    cell = {
        "indicator": "relief.orders_raised",
        "orgunit": "410103",
        "value": "1",
        "qualifier": "exact",
        "unit": "order",
        "numerator": "1",
        "denominator": "1",
    }
    before, now = cell | {"cumulative": {"value": "3"}}, cell | {"cumulative": {"value": "4"}}
    assert changes([before], [now], causes=None) == []
