"""Weeks and instants, held against a plain calendar eight hours ahead of UTC."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    SHANGHAI,
    Week,
    format_instant,
    parse_instant,
)

# The zone has kept this offset since its last summer time in 1991.
FIXED = timezone(timedelta(hours=8))
TICK = timedelta(milliseconds=1)
W06 = Week.parse("2017-W06")

years = st.integers(1992, 2100)
mondays = st.dates(date(1992, 1, 6), date(2100, 12, 27)).map(
    lambda day: day - timedelta(days=day.weekday())
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def milliseconds_from(first_year, until_year):
    """Instants in UTC from the start of one year until the start of another."""
    first, until = datetime(first_year, 1, 1, tzinfo=UTC), datetime(until_year, 1, 1, tzinfo=UTC)
    return st.integers(0, (until - first) // TICK).map(lambda ticks: first + ticks * TICK)


instants = st.builds(datetime.astimezone, milliseconds_from(1992, 2101), offsets)


def fixed_midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=FIXED)


def by_the_calendar(instant):
    year, week, _ = instant.astimezone(FIXED).date().isocalendar()
    return Week(year, week)


def assert_edges(monday):
    edge = fixed_midnight(monday).astimezone(UTC)
    year, week, _ = monday.isocalendar()
    period = Week(year, week)
    assert (period.start, period.previous().end) == (edge, edge)
    assert Week.of(edge) == Week.of(edge + TICK) == period
    assert Week.of(edge - TICK) == period.previous() == by_the_calendar(edge - TICK)
    assert period.contains(edge) and not period.contains(edge - TICK)
    assert period.contains(period.end - TICK) and not period.contains(period.end)


def test_the_first_week_of_the_programme():
    assert W06.start.isoformat() == "2017-02-06T00:00:00+08:00"
    assert W06.end.isoformat() == "2017-02-13T00:00:00+08:00"
    assert W06.cutoff.isoformat() == "2017-02-13T12:00:00+08:00"
    assert (W06.first_day, W06.last_day) == (date(2017, 2, 6), date(2017, 2, 12))
    assert str(W06) == "2017-W06"


@given(instants)
def test_an_instant_falls_in_the_week_of_the_calendar(instant):
    period = Week.of(instant)
    assert period == by_the_calendar(instant)
    assert period.contains(instant)
    assert not period.next().contains(instant)
    assert not period.previous().contains(instant)


@given(mondays)
def test_a_week_begins_with_monday_to_the_millisecond(monday):
    assert_edges(monday)


@pytest.mark.parametrize("year", range(1992, 2101))
def test_the_turn_of_every_year(year):
    assert_edges(date.fromisocalendar(year, 1, 1))


@given(years)
def test_week_53_exists_in_the_years_that_have_one(year):
    if date(year, 12, 28).isocalendar().week == 53:
        assert Week.parse(f"{year}-W53").next() == Week(year + 1, 1)
    else:
        with pytest.raises(ValueError, match="no week 53"):
            Week.parse(f"{year}-W53")
        assert Week(year, 52).next() == Week(year + 1, 1)


@given(mondays)
def test_weeks_follow_each_other(monday):
    period = Week.of_day(monday)
    assert period.next().previous() == period.previous().next() == period
    assert period.previous() < period < period.next()
    assert Week.parse(str(period)) == period
    assert str(period) < str(period.next())


@pytest.mark.parametrize("year", range(1986, 1992))
def test_weeks_of_the_years_with_summer_time_have_no_gap_and_no_overlap(year):
    period = Week(year, 1)
    while period.year == year:
        end = period.end.astimezone(UTC)
        assert period.contains(end - TICK) and not period.contains(end)
        assert Week.of(end) == period.next()
        period = period.next()


@pytest.mark.parametrize(
    "text",
    ["2017-W00", "2017-W53", "2017-W54", "2017-w06", "2017W06", "2017-W6", " 2017-W06", "2017-W06 "]
    + ["2017-W06\n", "2017-06", "17-W06", "", "2017-W06-1", "２０１７-W06", "0000-W01", "9999-W52"],
)
def test_what_is_no_week_is_refused(text):
    with pytest.raises(ValueError, match="week|year"):
        Week.parse(text)


@pytest.mark.parametrize("ask", [Week.of, W06.contains, format_instant])
def test_a_datetime_without_offset_is_refused(ask):
    with pytest.raises(ValueError, match="offset"):
        ask(datetime(2017, 2, 6))  # noqa: DTZ001 - on purpose


@pytest.mark.parametrize("year", [1, FIRST_YEAR - 1, LAST_YEAR + 1])
def test_an_instant_beyond_the_known_years_is_refused(year):
    with pytest.raises(ValueError, match="year"):
        Week.of(datetime(year, 6, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="year"):
        parse_instant(f"{year:04}-06-01T00:00:00Z")


@pytest.mark.parametrize("text", ["1902-01-01T00:00:00+14:00", "9997-12-31T23:59:59-12:00"])
def test_an_instant_that_lies_beyond_the_known_years_in_the_zone_is_refused(text):
    with pytest.raises(ValueError, match="year"):
        parse_instant(text)


@given(instants)
def test_an_instant_survives_its_text(instant):
    text = format_instant(instant)
    assert parse_instant(text) == instant
    assert format_instant(parse_instant(text)) == text
    assert text.endswith("+08:00")


@given(milliseconds_from(1986, 1992))
def test_summer_time_loses_no_instant(instant):
    assert parse_instant(format_instant(instant)) == instant


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2017-02-05T16:00:00Z", "2017-02-06T00:00:00+08:00"),
        ("2017-02-05T11:00:00.000-05:00", "2017-02-06T00:00:00+08:00"),
        ("2017-02-06T09:30:00.5+08:00", "2017-02-06T09:30:00.500000+08:00"),
        ("2017-02-06T09:30:00.000001+08:00", "2017-02-06T09:30:00.000001+08:00"),
    ],
)
def test_instants_have_one_canonical_text(text, written):
    assert format_instant(parse_instant(text)) == written


@pytest.mark.parametrize(
    "text",
    ["2017-02-06T09:30:00", "2017-02-06", "2017-02-06 09:30:00+08:00", "2017-02-06T09:30+08:00"]
    + ["2017-02-30T00:00:00Z", "2017-02-06T24:00:00Z", "2017-02-06T00:00:60Z", "", "now"]
    + ["2017-02-06T00:00:00+08:75", "2017-02-06T00:00:00+24:00", "2017-02-06T00:00:00+0800"]
    + ["2017-02-06T00:00:00.1234567Z", "2017-02-06T00:00:00Z\n", "20170206T000000Z"],
)
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(ValueError):
        parse_instant(text)


def test_the_zone_is_the_programmes():
    assert W06.start.tzinfo is SHANGHAI
