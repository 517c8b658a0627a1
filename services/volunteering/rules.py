"""Volunteering's rules: configuration of the programme, each with its reason."""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from dateutil.rrule import rrulestr

from shared.personal import keyed_hash

# Service hours are kept in halves: finer than what a team leader writes down.
HOUR_STEP = Decimal("0.5")
# A day longer than this needs somebody else than who recorded it to verify it.
LONG_DAY = Decimal(8)
# Nobody serves longer in a day, whatever is written down.
DAILY_CAP = Decimal(16)
# A row of the ledger is of one occasion: a day at most, even where only the week is known.
LONGEST_ROW = Decimal(24)
# A 29 February may be eight years away; what falls on no day for longer is a mistake.
LONGEST_PAUSE = 8

# GB 11643-1999: weights of the first 17 digits, and the check character for each remainder.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")

# The RRULEs that a service day may have: whole days, and months and days that exist. One that falls
# on no day is looked for until the year 9999, UNTIL or not, and the service stands still meanwhile.
_EVERY = r"(?:;INTERVAL=[1-9][0-9]?)?"
_WEEKDAY = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_MONTHDAY = r"-?(?:[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:[1-9]|1[0-2])"


def _some(name: str, one: str) -> str:
    return rf"(?:;{name}={one}(?:,{one})*)?"


_IN_MONTH = rf"(?:{_some('BYMONTHDAY', _MONTHDAY)}|{_some('BYDAY', rf'(?:[+-]?[1-5])?{_WEEKDAY}')})"
_RULE = re.compile(
    rf"(?P<recurs>(?:RRULE:)?FREQ=(?:DAILY{_EVERY}|WEEKLY{_EVERY}{_some('BYDAY', _WEEKDAY)}"
    rf"|MONTHLY{_EVERY}{_IN_MONTH}|YEARLY{_EVERY}{_some('BYMONTH', _MONTH)}{_IN_MONTH}))"
    r"(?:;UNTIL=(?P<until>[0-9]{8}))?"
)
EXAMPLE = "FREQ=MONTHLY;BYMONTHDAY=27"


def normal_id_number(text: str) -> str:
    """An ID number in its one form. Raises ValueError, which never quotes it."""
    number = text.strip().upper()
    if not _ID_NUMBER.fullmatch(number):
        raise ValueError("An ID number has 17 digits and a digit or X.")
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if _CHECKS[total % 11] != number[-1]:
        raise ValueError("The last character doesn't fit the others: it was mistyped.")
    return number


def pseudonym(key: bytes, id_number: str) -> str:
    """The id that stands for a person: the same for the same ID number."""
    return keyed_hash(key, id_number)[:32]


def rounded_hours(value: Decimal) -> Decimal:
    """To the nearest half hour, halves of it upwards."""
    steps = (value / HOUR_STEP).quantize(Decimal(1), ROUND_HALF_UP)
    return steps * HOUR_STEP


def needs_another(value: Decimal) -> bool:
    """Must somebody else verify so many hours of one day?"""
    return value > LONG_DAY


def service_days(rule: str, begun: date, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which an RRULE that began on the day `begun` falls.

    Raises ValueError for a rule that can't be read, or that may recur within a day.
    """
    match = _RULE.fullmatch(rule)
    if not match:
        raise ValueError(f"Not an RRULE of whole days such as {EXAMPLE}.")
    days = (datetime.combine(day, time.min) for day in (first, last))
    try:
        until = min(date.fromisoformat(match["until"] or "99991231"), last)
        bounded = f"{match['recurs']};UNTIL={until:%Y%m%d}"
        found = rrulestr(bounded, dtstart=datetime.combine(begun, time.min))
        between = found.between(*days, inc=True)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"Not an RRULE of whole days such as {EXAMPLE}.") from error
    return [moment.date() for moment in between]


def check_recurrence(rule: str, begun: date) -> None:
    """Raise ValueError for a rule that can't be read or that never falls on a day."""
    horizon = min(begun.toordinal() + 366 * LONGEST_PAUSE, date.max.toordinal())
    if not service_days(rule, begun, begun, date.fromordinal(horizon)):
        raise ValueError(f"Falls on no day within {LONGEST_PAUSE} years.")
