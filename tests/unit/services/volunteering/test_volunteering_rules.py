"""Volunteering's rules: ID numbers, half hours, and rules that recur by whole days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from services.volunteering.rules import pseudonym
from shared.domain.id_numbers import normal_id_number
from shared.domain.recurrence import check_recurrence, service_days
from shared.domain.service_hours import HOUR_STEP, rounded_hours

# Of no real person: the last character is right, but there is no place 990000.
ID_NUMBER = "990000199001010017"
WITH_X = "99000019900101005X"
BEGUN = date(2017, 2, 27)
MONTHLY = "FREQ=MONTHLY;BYMONTHDAY=27"


@pytest.mark.parametrize("text", [ID_NUMBER, f" {ID_NUMBER} ", WITH_X, WITH_X.lower()])
def test_an_id_number_has_one_form(text):
    assert normal_id_number(text) == text.strip().upper()


@given(place=st.integers(0, 16), digit=st.integers(0, 9))
def test_one_mistyped_digit_is_noticed_and_the_number_never_quoted(place, digit):
    wrong = f"{ID_NUMBER[:place]}{digit}{ID_NUMBER[place + 1 :]}"
    if wrong == ID_NUMBER:
        return
    with pytest.raises(ValueError, match="mistyped") as caught:
        normal_id_number(wrong)
    assert wrong not in str(caught.value)


@pytest.mark.parametrize("text", ["", ID_NUMBER[:-1], f"{ID_NUMBER}1", "X" * 18, "１" * 18])
def test_a_text_in_another_form_than_an_id_number_is_refused(text):
    with pytest.raises(ValueError, match="17 digits"):
        normal_id_number(text)


def test_a_pseudonym_depends_on_the_number_and_on_the_key():
    one = pseudonym(b"key", ID_NUMBER)
    assert one == pseudonym(b"key", ID_NUMBER)
    assert len({one, pseudonym(b"other", ID_NUMBER), pseudonym(b"key", WITH_X)}) == 3
    assert len(one) == 32
    assert ID_NUMBER not in one


@pytest.mark.parametrize(
    "hours, rounded",
    [("0.24", "0"), ("0.25", "0.5"), ("2", "2"), ("2.74", "2.5"), ("2.75", "3"), ("24.1", "24")],
)
def test_hours_are_rounded_to_the_half_and_halves_of_it_upwards(hours, rounded):
    assert rounded_hours(Decimal(hours)) == Decimal(rounded)


@given(st.decimals(0, 30, places=3))
def test_rounding_hours_takes_or_gives_a_quarter_at_most(hours):
    assert rounded_hours(hours) % HOUR_STEP == 0
    assert abs(rounded_hours(hours) - hours) <= HOUR_STEP / 2


def test_the_27th_recurs_every_month_from_its_first_day():
    days = service_days(MONTHLY, BEGUN, date(2017, 1, 1), date(2017, 4, 27))
    assert days == [date(2017, 2, 27), date(2017, 3, 27), date(2017, 4, 27)]


def test_a_rule_ends_with_its_own_until():
    days = service_days(f"{MONTHLY};UNTIL=20170327", BEGUN, BEGUN, date(2018, 1, 1))
    assert days == [date(2017, 2, 27), date(2017, 3, 27)]


@pytest.mark.parametrize(
    "rule",
    [
        MONTHLY,
        f"RRULE:{MONTHLY}",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
        "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=3,12;BYMONTHDAY=5",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20991231",
    ],
)
def test_a_rule_that_recurs_by_whole_days_is_taken(rule):
    check_recurrence(rule, BEGUN)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "every month",
        "FREQ=HOURLY",
        "FREQ=MINUTELY;INTERVAL=1440",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=8,9",
        "FREQ=DAILY;FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=13",
        f"{MONTHLY};UNTIL=20171332",
        f"{MONTHLY}\nRDATE:20170301",
        f"{MONTHLY};",
    ],
)
def test_a_rule_that_cannot_be_read_or_recurs_within_a_day_is_refused(rule):
    with pytest.raises(ValueError, match="Must be an RRULE of whole days"):
        check_recurrence(rule, BEGUN)


@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", f"{MONTHLY};UNTIL=20170101"]
)
def test_a_rule_that_falls_on_no_day_is_refused(rule):
    with pytest.raises(ValueError, match="Must be a rule that falls on a day"):
        check_recurrence(rule, BEGUN)


def test_the_last_days_of_the_calendar_are_no_error():
    check_recurrence("FREQ=DAILY", date(9997, 12, 1))


@given(
    rule=st.sampled_from([MONTHLY, "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=DAILY;INTERVAL=5"]),
    after=st.integers(-40, 400),
    span=st.integers(0, 60),
)
def test_the_days_of_a_span_are_those_of_the_unbounded_rule(rule, after, span):
    first = BEGUN + timedelta(days=after)
    last = first + timedelta(days=span)
    found = service_days(rule, BEGUN, first, last)
    expected = []
    for moment in rrulestr(f"DTSTART:{BEGUN:%Y%m%d}T000000\n{rule}"):
        if moment.date() > last:
            break
        if moment.date() >= first:
            expected.append(moment.date())
    assert found == expected
