"""Working days by China's real calendar."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.workdays import add_workdays, is_workday, known, workdays_between

days = st.dates(date(2003, 1, 1), date(2030, 12, 31))
known_days = days.filter(known)


@given(known_days)
def test_known_years_follow_the_real_calendar(day):
    assert is_workday(day) == chinese_calendar.is_workday(day)


@given(days.filter(lambda day: not known(day)))
def test_in_unknown_years_monday_to_friday_are_worked(day):
    assert is_workday(day) == (day.weekday() < 5)


def test_a_holiday_is_not_worked_and_its_make_up_sunday_is():
    assert not is_workday(date(2017, 1, 30))
    assert is_workday(date(2017, 2, 4))
    assert is_workday(date(2017, 1, 22))


def test_a_promise_made_before_the_spring_festival_is_due_after_it():
    assert add_workdays(date(2017, 1, 26), 1) == date(2017, 2, 3)
    assert add_workdays(date(2017, 1, 26), 2) == date(2017, 2, 4)
    assert add_workdays(date(2017, 1, 26), 3) == date(2017, 2, 6)


@given(days, st.integers(1, 60))
def test_adding_ends_on_a_working_day_and_counts_back(day, count):
    end = add_workdays(day, count)
    assert is_workday(end)
    assert workdays_between(day, end) == count


@given(days, st.integers(0, 200), st.integers(0, 200))
def test_stretches_of_days_add_up(day, first, second):
    middle, end = day + timedelta(days=first), day + timedelta(days=first + second)
    together = workdays_between(day, middle) + workdays_between(middle, end)
    assert together == workdays_between(day, end)


@given(days)
def test_no_working_days_later_is_the_same_day(day):
    assert add_workdays(day, 0) == day
    assert workdays_between(day, day) == 0


def test_the_calendar_covers_the_programmes_years():
    assert known(date(2017, 2, 6))
    assert not known(date(2003, 12, 31))


def test_counting_backwards_is_refused():
    with pytest.raises(ValueError, match="-1 working days"):
        add_workdays(date(2017, 2, 6), -1)
    with pytest.raises(ValueError, match="before"):
        workdays_between(date(2017, 2, 7), date(2017, 2, 6))


def test_an_instant_is_no_working_day():
    with pytest.raises(TypeError, match="not a datetime"):
        add_workdays(datetime(2017, 1, 27, tzinfo=UTC), 1)
