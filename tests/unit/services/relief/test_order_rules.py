"""Relief's rules: promises in working days of the real calendar, ages only as bands."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.relief.rules import PROMISE_WORKDAYS, age_band, due_on
from shared.contracts.events.relief import AGE_BANDS, ORDER_CATEGORIES
from shared.domain.workdays import Calendar

CALENDAR = Calendar()


@pytest.mark.parametrize(
    "category, raised, due",
    [
        # An ordinary week: Tuesday and five working days.
        ("daily_necessities", "2017-02-07", "2017-02-14"),
        # Spring Festival 2017: off from 27 January to 2 February; Sunday 22 January and Saturday
        # 4 February were worked in exchange.
        ("daily_necessities", "2017-01-20", "2017-01-26"),
        ("daily_necessities", "2017-01-26", "2017-02-08"),
        ("daily_necessities", "2017-01-28", "2017-02-08"),
        ("temporary_relief", "2017-01-20", "2017-02-08"),
        # National Day 2017 joined Mid-Autumn: off from 1 to 8 October, 30 September was worked.
        ("left_behind_children", "2017-09-29", "2017-10-12"),
        # Qingming 2017: off from 2 to 4 April, Saturday 1 April was worked.
        ("daily_necessities", "2017-03-31", "2017-04-10"),
    ],
)
def test_a_promise_runs_in_working_days_of_the_real_calendar(category, raised, due):
    found = due_on(category, date.fromisoformat(raised), CALENDAR)
    assert (found.day, found.awaits) == (date.fromisoformat(due), None)


@given(st.sampled_from(sorted(ORDER_CATEGORIES)), st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_a_promise_leaves_its_working_days_and_ends_on_one(category, raised):
    due = due_on(category, raised, CALENDAR).day
    assert CALENDAR.workdays_between(raised, due) == PROMISE_WORKDAYS[category]
    assert CALENDAR.is_workday(due)
    assert due_on(category, raised + timedelta(days=1), CALENDAR).day >= due


def test_every_category_has_a_promise():
    assert PROMISE_WORKDAYS.keys() == ORDER_CATEGORIES.keys()


@pytest.mark.parametrize(
    "age, band",
    [
        (0, "0-17"),
        (17, "0-17"),
        (18, "18-59"),
        (59, "18-59"),
        (60, "60-69"),
        (69, "60-69"),
        (70, "70-79"),
        (79, "70-79"),
        (80, "80+"),
        (130, "80+"),
        (None, None),
    ],
)
def test_an_age_becomes_a_band(age, band):
    assert age_band(age) == band
    assert band is None or band in AGE_BANDS
