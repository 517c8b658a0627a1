"""The table of a week: which cells there are, and what stands in each."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import fold_week
from services.supervision.briefing.table import table
from services.supervision.indicators import INDICATORS, PRESENT
from shared.domain.periods import format_instant, parse_instant
from shared.domain.quantities import exact
from tests.support.district import histories, naive

DISTRICT = "410103"
weeks = st.sampled_from(histories.WEEKS)


def registered(code, name="二七区"):
    """The registry's event of a unit."""
    return {
        "id": f"unit-{code}",
        "source": "/warm/supervision",
        "type": "supervision.orgunit.registered",
        "subject": code,
        "subjectsequence": 1,
        "sourcesequence": 1,
        "orgunit": code,
        "time": "2016-01-01T00:00:00+08:00",
        "timeprecision": "day",
        "recordedtime": "2016-01-01T00:00:00+08:00",
        "data": {
            "code": code,
            "name": name,
            "parent": code[:-3] if len(code) > 6 else None,
            "valid_from": None,
            "valid_to": None,
            "successor": None,
            "retired": False,
        },
    }


REGISTRY = [registered(code) for code in histories.UNITS]


def rows(events, week):
    folded = fold_week(week, PRESENT, naive.by_subject([*events, *REGISTRY]))
    return table(folded)


def printed(code, figure):
    """What the oracle's figure looks like; of a cell without facts, nothing or not stated."""
    if figure is None and code in naive.RECORDED:
        return (Fraction(0), "exact", "complete")
    if figure is None or figure.value is None:
        return (None, "not_stated", "not_stated")
    status = "complete" if figure.given == figure.total else "partly_stated"
    return (Fraction(figure.value), figure.qualifier, status)


def same(cell, code, figure, about=None):
    """`about` is the oracle's figure of what the indicator is about, if it is about something."""
    value, *others = printed(code, figure)
    if figure is None and INDICATORS[code].about:
        others[-1] = "unknown" if about else "none"
    found = cell["value"]
    numbers = (None if text is None else Fraction(text) for text in (value, found))
    return len(set(numbers)) == 1 and others == [cell["qualifier"], cell["status"]]


@settings(max_examples=40)
@given(histories.histories(), weeks)
def test_every_row_is_the_oracles(events, week):
    counted = [event for event in events if event["type"] in PRESENT.fed_by]
    starts_later = all(parse_instant(event["time"]) >= week.start for event in counted)
    for row in rows(events, week):
        key = (row["indicator"], row["orgunit"])
        code = row["indicator"]
        figure = naive.cell(events, *key, week)
        about = INDICATORS[code].about

        def subject(of, period, about=about, unit=row["orgunit"]):
            return about and of(events, about, unit, period)

        assert same(row, code, figure, subject(naive.cell, week))
        counted = (figure.given, figure.total) if figure else (0, 0)
        assert (row["numerator"], row["denominator"]) == tuple(map(str, counted))
        if starts_later:
            assert row["previous"] is None
        else:
            before = week.previous()
            figure = naive.cell(events, *key, before)
            assert same(row["previous"], code, figure, subject(naive.cell, before))
        if code in naive.LEVELS:
            assert row["cumulative"] is None
        else:
            figure = naive.cumulative(events, *key, week)
            assert same(row["cumulative"], code, figure, subject(naive.cumulative, week))
        assert row["unit"] == INDICATORS[code].unit


@settings(max_examples=40)
@given(histories.histories(), weeks)
def test_a_unit_has_a_row_where_a_fact_feeds_it_and_the_district_always(events, week):
    found = [(row["indicator"], row["orgunit"]) for row in rows(events, week)]
    fed = {
        (code, unit)
        for code in INDICATORS
        for unit in histories.UNITS
        if naive.cell(events, code, unit, week)
    }
    assert found == sorted(fed | {(code, DISTRICT) for code in INDICATORS})


@pytest.mark.parametrize("early, is_first", [(timedelta(0), True), (timedelta.resolution, False)])
def test_the_first_week_of_all_has_nothing_to_compare_with(early, is_first):
    week = histories.WEEKS[2]
    visit = {
        "id": "visit-1",
        "source": "/warm/relief",
        "type": "relief.visit.recorded",
        "subject": "visit-1",
        "subjectsequence": 1,
        "sourcesequence": 1,
        "orgunit": DISTRICT,
        "time": format_instant(week.start - early),
        "recordedtime": format_instant(week.start - early),
        "data": {"kind": "household", "visits": exact(3, "visit").to_json(), "withdrawn": False},
    }
    assert {row["previous"] is None for row in rows([visit], week)} == {is_first}


@pytest.mark.parametrize("code", INDICATORS)
def test_where_nothing_happened_the_district_says_0_or_not_stated(code):
    [row] = [row for row in rows([], histories.WEEKS[0]) if row["indicator"] == code]
    expected = ("0", "exact") if code in naive.RECORDED else (None, "not_stated")
    assert (row["value"], row["qualifier"]) == expected
    assert (row["numerator"], row["denominator"], row["previous"]) == ("0", "0", None)
