"""The fold: the same figures as the naive oracle's, for any order and any repetition."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import fold_week
from services.supervision.briefing.explain import explain
from services.supervision.briefing.table import counts, quantity
from services.supervision.figures.cells import Cells, partial, total
from services.supervision.figures.fold import contributions, flows
from services.supervision.figures.fold_storage import contribution_of, level_row, partial_of
from services.supervision.indicators import EVER, INDICATORS, PRESENT
from shared.contracts.envelope import Unreadable, read
from shared.contracts.events.relief import ORDER_STATUSES
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year
from tests.support.contract_check import check_result
from tests.support.district import histories, naive, registries
from tests.unit import strategies as make

weeks = st.sampled_from(histories.WEEKS)
# The edge of two months is also one of two half-years and of two years.
periods = weeks | st.sampled_from(
    [Month(2016, 12), Month(2017, 1), HalfYear(2016, 2), HalfYear(2017, 1), Year(2016), Year(2017)]
)


def figure(cells, code, orgunit):
    """The cell as the oracle writes it."""
    part = cells.quantity(code, orgunit)
    if part is None:
        return None
    found = quantity(INDICATORS[code], part)
    value = None if found.value is None else Fraction(found.value)
    return naive.Figure(value, found.qualifier, *counts(part))


def all_figures(cells):
    keys = [(code, unit) for code in INDICATORS for unit in histories.UNITS]
    return {key: figure(cells, *key) for key in keys}


def expected_figures(events, week, units=None):
    keys = [(code, unit) for code in INDICATORS for unit in histories.UNITS]
    return {key: naive.cell(events, *key, week, units) for key in keys}


def all_contributions(events, period=None):
    return [
        item
        for history in naive.by_subject(events)
        for item in contributions(history, PRESENT)
        if period is None or item.counts_in(period)
    ]


def test_the_oracle_knows_every_indicator():
    assert sorted(INDICATORS) == naive.CODES


@settings(max_examples=120)
@given(histories.histories(), periods)
def test_every_cell_is_the_oracles(events, period):
    folded = fold_week(period, PRESENT, naive.by_subject(events))
    assert all_figures(folded.this) == expected_figures(events, period)
    assert all_figures(folded.before) == expected_figures(events, period.previous())


# Of the week in which the month ends, the Thursday is in the next month: what is known to the week
# begins before that month and belongs to it.
EDGE = 9


@settings(max_examples=80)
@given(histories.histories(), st.sampled_from([Month(2017, 2), Month(2017, 3)]))
def test_a_week_that_belongs_to_the_month_after_its_monday_is_in_it(events, month):
    events = histories.moved(events, EDGE)
    folded = fold_week(month, PRESENT, naive.by_subject(events))
    assert all_figures(folded.this) == expected_figures(events, month)
    assert all_figures(folded.before) == expected_figures(events, month.previous())


def order(version, verb, day, precision):
    return {
        "id": f"order-1-{version}",
        "source": "/warm/relief",
        "type": f"relief.order.{verb}",
        "subject": "order-1",
        "subjectsequence": version,
        "orgunit": "410103016009",
        "time": f"{day}T00:00:00+08:00",
        "timeprecision": precision,
        "recordedtime": "2017-03-02T00:00:00+08:00",
        "sourcesequence": version,
        "data": {"status": verb, "due": "2017-04-01", "raised_on": None, "items": []},
    }


def test_a_level_stands_by_the_event_of_the_month_though_one_of_the_next_began_before():
    told = [order(1, "raised", "2017-02-28", "day"), order(2, "claimed", "2017-02-27", "week")]
    months = [Month(2017, 2), Month(2017, 3)]
    standing = [
        figure(fold_week(month, PRESENT, [told]).this, "relief.orders_open", "410103")
        for month in months
    ]
    assert standing == [naive.cell(told, "relief.orders_open", "410103", it) for it in months]
    assert [it.total for it in standing] == [1, 1]


@settings(max_examples=150)
@given(histories.histories(), registries.registries(), periods)
def test_levels_follow_units_that_are_merged_split_or_ended(events, units, week):
    folded = fold_week(week, PRESENT, naive.by_subject([*events, *registries.registered(units)]))
    assert all_figures(folded.this) == expected_figures(events, week, units)
    assert all_figures(folded.before) == expected_figures(events, week.previous(), units)


@settings(max_examples=40)
@given(histories.histories(), periods, st.randoms(use_true_random=False), st.data())
def test_order_and_repetition_change_nothing(events, week, random, data):
    again = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    disturbed = [*events, *again]
    random.shuffle(disturbed)
    for cells in ("this", "before", "cumulative"):
        one = getattr(fold_week(week, PRESENT, naive.by_subject(events)), cells)
        other = getattr(fold_week(week, PRESENT, naive.by_subject(disturbed)), cells)
        assert all_figures(one) == all_figures(other)


@settings(max_examples=40)
@given(histories.histories(), weeks, st.randoms(use_true_random=False))
def test_partials_merge_in_any_grouping(events, week, random):
    found = all_contributions(events, week)
    directly = Cells()
    for item in found:
        directly.add(item)
    grouped = Cells()
    parts = [(item.indicator, item.orgunit, partial(item)) for item in found]
    while parts:
        code, orgunit, part = parts.pop(random.randrange(len(parts)))
        twins = [other for other in parts if other[:2] == (code, orgunit)]
        if twins and random.random() < 0.7:
            twin = random.choice(twins)
            parts.remove(twin)
            parts.append((code, orgunit, part + twin[2]))
        else:
            grouped.merge(code, orgunit, part)
    assert all_figures(grouped) == all_figures(directly)


@settings(max_examples=40)
@given(histories.histories(), weeks)
def test_figures_survive_the_cache(events, week):
    directly, cached = Cells(), Cells()
    for item in all_contributions(events, week):
        directly.add(item)
        if EVER[item.indicator].since is not None:
            row = json.loads(json.dumps(level_row(item)))
            assert contribution_of(row).counts_in(week)
            cached.add(contribution_of(row))
        else:
            row = {"indicator": item.indicator, **total(item.indicator, [item.value]).to_json()}
            cached.merge(item.indicator, item.orgunit, partial_of(json.loads(json.dumps(row))))
    assert all_figures(cached) == all_figures(directly)


@settings(max_examples=40)
@given(histories.histories())
def test_a_total_is_what_its_parts_merge_to_one_after_the_other(events):
    cells = {}
    for history in naive.by_subject(events):
        for item in flows(history, PRESENT):
            cells.setdefault((item.indicator, item.orgunit, item.first), []).append(item)
    for (code, *_), items in cells.items():
        parts = [partial(item) for item in items]
        assert total(code, [item.value for item in items]) == sum(parts[1:], parts[0])


@settings(max_examples=40)
@given(histories.histories(most=3))
def test_a_flow_counts_in_one_week_and_a_level_of_a_subject_never_twice(events):
    span = [histories.WEEKS[0].previous(), *histories.WEEKS]
    for history in naive.by_subject(events):
        found = contributions(history, PRESENT)
        for code in INDICATORS:
            own = [item for item in found if item.indicator == code]
            counted = [sum(item.counts_in(week) for item in own) for week in span]
            assert max(counted) <= 1
            if INDICATORS[code].since is None:
                assert sum(counted) <= 1


def named(number, orgunit, day, value):
    """A declared stock of merchants."""
    return {
        "id": f"stock-{number}",
        "source": "/warm/relief",
        "sourcesequence": number,
        "type": "relief.stock.declared",
        "subject": f"ledger-{number}",
        "subjectsequence": 1,
        "orgunit": orgunit,
        "time": f"{day}T00:00:00+08:00",
        "timeprecision": "day",
        "recordedtime": f"{day}T12:00:00+08:00",
        "data": {
            "stock": "merchants",
            "level": {"value": value, "qualifier": "exact", "unit": "merchant", "stated": None},
        },
    }


LEDGERS = [
    named(1, "410103006", "2017-01-02", "90"),
    named(2, "410103006", "2017-02-07", "100"),
    named(3, "410103006001", "2017-02-08", "30"),
    named(4, "410103016009", "2017-02-08", "7"),
    named(5, "410103006", "2017-02-13", "999"),
]
MERCHANTS = "relief.merchants_registered"


@pytest.mark.parametrize(
    "orgunit, value, counted",
    [
        ("410103006001", 30, {"stock-3"}),
        ("410103006", 100, {"stock-2"}),
        ("410103016", 7, {"stock-4"}),
        # What a sub-district declares stands for its communities: their 30 aren't added to it.
        ("410103", 107, {"stock-2", "stock-4"}),
    ],
)
def test_a_declared_stock_stands_and_is_explained_by_what_stands(orgunit, value, counted):
    week = Week(2017, 6)
    history = naive.by_subject(LEDGERS)
    found = figure(fold_week(week, PRESENT, history).this, MERCHANTS, orgunit)
    assert (found.value, found.total) == (value, len(counted))
    answer = explain(week, MERCHANTS, orgunit, PRESENT, history)
    check_result("supervision", "explain", answer)
    assert {event["id"] for event in answer["included"]} == counted
    assert not counted & {event["id"] for event in answer["left_out"]}


def test_an_explanation_marks_what_was_confirmed():
    told = [
        event | ({"confirmed": "high_level"} if event["id"] == "stock-3" else {})
        for event in LEDGERS
    ]
    answer = explain(Week(2017, 6), MERCHANTS, "410103006001", PRESENT, naive.by_subject(told))
    check_result("supervision", "explain", answer)
    assert [event.get("confirmed") for event in answer["included"]] == ["high_level"]


@settings(max_examples=30)
@given(histories.histories(), weeks)
def test_every_cell_is_explained_by_as_many_events_as_it_counts(events, week):
    told = [event | TOLD for event in events]
    for (code, orgunit), expected in expected_figures(events, week).items():
        answer = explain(week, code, orgunit, PRESENT, naive.by_subject(told))
        check_result("supervision", "explain", answer)
        assert len(answer["included"]) == (expected.total if expected else 0)
        ids = [event["id"] for name in ("included", "left_out") for event in answer[name]]
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("status", ORDER_STATUSES)
@pytest.mark.parametrize(
    "due, overdue", [("2017-02-11", True), ("2017-02-12", True), ("2017-02-13", False)]
)
def test_an_order_is_overdue_once_its_last_day_has_passed_until_it_is_settled(status, due, overdue):
    order = {
        "id": "order-1",
        "source": "/warm/relief",
        "type": f"relief.order.{status}",
        "subject": "order-1",
        "subjectsequence": 1,
        "orgunit": "410103016009",
        "time": "2017-02-07T00:00:00+08:00",
        "recordedtime": "2017-02-07T00:00:00+08:00",
        "sourcesequence": 1,
        "data": {"status": status, "due": due, "raised_on": "2017-02-07", "items": []},
    }
    found = figure(
        fold_week(Week(2017, 6), PRESENT, [[order]]).this, "relief.orders_overdue", "410103"
    )
    open_still = status in ("raised", "claimed", "delivered")
    assert (found is not None) == (overdue and open_still)


TOLD = {"sourcesequence": 1, "timeprecision": "second", "recordedtime": "2017-02-06T00:00:00+08:00"}


@pytest.mark.parametrize("event_type", make.event_types, ids=lambda item: item.name)
@settings(max_examples=10)
@given(data=st.data())
def test_no_event_that_is_read_can_break_the_fold(event_type, data):
    """One that could would stop every figure of its week."""
    event = data.draw(make.events(event_type))
    rare = st.sampled_from(["0001-01-01", "1901-12-31", "1902-01-01", "9998-12-31", "9999-12-31"])
    for path in make.paths(event):
        if path[-1] in ("time", "due", "raised_on", "delivered_on", "planned_for"):
            day = data.draw(rare)
            text = f"{day}T23:59:59-23:59" if path == ("time",) else day
            event = make.replaced(event, path, text)
    if is_read(event_type, event):
        fold_week(Week(2017, 6), PRESENT, [[event]])
        cells = Cells()
        for item in contributions([event], PRESENT):
            cells.add(item)
        all_figures(cells)


def is_read(event_type, event):
    try:
        read(make.wire(event), event_type.service)
    except Unreadable:
        return False
    return True
