"""Working days by China's real calendar, and what is provisional while a notice is missing."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.workdays import PUBLISHED, Calendar, Notice, notice_year
from tests.support.naive_workdays import NaiveCalendar

PUBLISHED_ONLY = Calendar()
NEWEST = max(PUBLISHED)
days = st.dates(date(2003, 1, 1), date(NEWEST + 3, 12, 31))
# The library knows calendar years; the first notice has the last week of the year before it too.
known_days = days.filter(lambda day: PUBLISHED_ONLY.known(day) and day.year >= min(PUBLISHED))


@st.composite
def notices(draw):
    """Notices of some of the years after the newest published one."""
    found = []
    for year in draw(st.sets(st.integers(NEWEST + 1, NEWEST + 3))):
        decided = _days_of(year)
        off = draw(st.sets(st.sampled_from(decided), max_size=30))
        weekend = [day for day in decided if day.weekday() > 4 and day not in off]
        worked = draw(st.sets(st.sampled_from(weekend), max_size=8))
        found.append(Notice(year, frozenset(off), frozenset(worked)))
    return found


def _days_of(year):
    first = date(year - 1, 12, 25)
    return [first + timedelta(days=number) for number in range((date(year, 12, 25) - first).days)]


@given(known_days)
def test_known_days_follow_the_real_calendar(day):
    assert PUBLISHED_ONLY.is_workday(day) == chinese_calendar.is_workday(day)


@given(days.filter(lambda day: not PUBLISHED_ONLY.known(day)))
def test_on_days_that_nobody_knows_monday_to_friday_are_a_guess(day):
    assert PUBLISHED_ONLY.is_workday(day) == (day.weekday() < 5)


def test_the_last_week_of_the_newest_year_waits_for_the_next_notice():
    assert PUBLISHED_ONLY.known(date(NEWEST, 12, 24))
    assert not PUBLISHED_ONLY.known(date(NEWEST, 12, 25))
    assert not PUBLISHED_ONLY.known(date(NEWEST + 1, 1, 1))
    assert Calendar([Notice(NEWEST + 1, frozenset(), frozenset())]).known(date(NEWEST, 12, 31))


def test_no_notice_so_far_moved_an_earlier_day_of_december():
    """If one does, the last week is longer than was thought."""
    special = {**chinese_calendar.holidays, **chinese_calendar.workdays}
    assert {day.day for day in special if day.month == 12} == {29, 30, 31}


@given(notices(), days, st.integers(0, 40))
def test_a_due_day_is_the_one_that_naive_counting_finds(entered, after, count):
    due = Calendar(entered).due(after, count)
    naive = NaiveCalendar(entered)
    assert due.day == naive.due(after, count)
    assert due.awaits == naive.awaits(after, due.day)
    assert (due.after, due.workdays) == (after, count)


@given(notices(), days, st.integers(0, 40))
def test_a_final_due_day_is_the_same_whatever_is_announced_later(entered, after, count):
    before, later = Calendar().due(after, count), Calendar(entered).due(after, count)
    if before.awaits is None and not any(notice.year <= NEWEST for notice in entered):
        assert later == before


@given(notices(), days)
def test_an_entered_notice_decides_about_its_own_days_and_no_others(entered, day):
    years = {notice.year: notice for notice in entered}
    own = years.get(notice_year(day))
    expected = own.is_workday(day) if own else PUBLISHED_ONLY.is_workday(day)
    assert Calendar(entered).is_workday(day) == expected


def test_an_entered_notice_holds_where_the_release_says_otherwise():
    day = date(2017, 6, 13)
    assert PUBLISHED_ONLY.is_workday(day)
    corrected = Notice(2017, PUBLISHED[2017].off | {day}, PUBLISHED[2017].worked)
    assert not Calendar([corrected]).is_workday(day)
    assert corrected.differences(PUBLISHED[2017]) == [day]


def test_a_holiday_is_not_worked_and_its_make_up_sunday_is():
    assert not PUBLISHED_ONLY.is_workday(date(2017, 1, 30))
    assert PUBLISHED_ONLY.is_workday(date(2017, 2, 4))
    assert PUBLISHED_ONLY.is_workday(date(2017, 1, 22))


def test_a_promise_made_before_the_spring_festival_is_due_after_it():
    add_workdays = PUBLISHED_ONLY.add_workdays
    assert add_workdays(date(2017, 1, 26), 1) == date(2017, 2, 3)
    assert add_workdays(date(2017, 1, 26), 2) == date(2017, 2, 4)
    assert add_workdays(date(2017, 1, 26), 3) == date(2017, 2, 6)


@given(days, st.integers(1, 60))
def test_adding_ends_on_a_working_day_and_counts_back(day, count):
    end = PUBLISHED_ONLY.add_workdays(day, count)
    assert PUBLISHED_ONLY.is_workday(end)
    assert PUBLISHED_ONLY.workdays_between(day, end) == count


@given(days, st.integers(0, 200), st.integers(0, 200))
def test_stretches_of_days_add_up(day, first, second):
    middle, end = day + timedelta(days=first), day + timedelta(days=first + second)
    between = PUBLISHED_ONLY.workdays_between
    assert between(day, middle) + between(middle, end) == between(day, end)


@given(days)
def test_no_working_days_later_is_the_same_day(day):
    assert PUBLISHED_ONLY.due(day, 0)[:2] == (day, None)
    assert PUBLISHED_ONLY.workdays_between(day, day) == 0


def test_the_calendar_covers_the_programmes_years():
    assert PUBLISHED_ONLY.known(date(2017, 2, 6))
    assert not PUBLISHED_ONLY.known(date(2003, 12, 24))


def test_counting_backwards_is_refused():
    with pytest.raises(ValueError, match="-1 working days"):
        PUBLISHED_ONLY.add_workdays(date(2017, 2, 6), -1)
    with pytest.raises(ValueError, match="before"):
        PUBLISHED_ONLY.workdays_between(date(2017, 2, 7), date(2017, 2, 6))


def test_an_instant_is_no_working_day():
    with pytest.raises(TypeError, match="not a datetime"):
        PUBLISHED_ONLY.add_workdays(datetime(2017, 1, 27, tzinfo=UTC), 1)
