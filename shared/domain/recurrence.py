"""Recurring service days, by an iCalendar rule (RRULE, RFC 5545) of whole days."""

import re
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

# Two 29 Februaries may be eight years apart; a rule with a longer gap is a mistake.
LONGEST_GAP_YEARS = 8

# The RRULEs that a service day may have: whole days, and months and days that exist. For a rule
# that falls on no day, dateutil searches up to the year 9999, and blocks the service meanwhile.
_EVERY = r"(?:;INTERVAL=[1-9][0-9]?)?"
_WEEKDAY = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_MONTHDAY = r"-?(?:[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:[1-9]|1[0-2])"


def _list(name: str, item: str) -> str:
    return rf"(?:;{name}={item}(?:,{item})*)?"


_IN_MONTH = rf"(?:{_list('BYMONTHDAY', _MONTHDAY)}|{_list('BYDAY', rf'(?:[+-]?[1-5])?{_WEEKDAY}')})"
_RULE = re.compile(
    rf"(?P<recurs>(?:RRULE:)?FREQ=(?:DAILY{_EVERY}|WEEKLY{_EVERY}{_list('BYDAY', _WEEKDAY)}"
    rf"|MONTHLY{_EVERY}{_IN_MONTH}|YEARLY{_EVERY}{_list('BYMONTH', _MONTH)}{_IN_MONTH}))"
    r"(?:;UNTIL=(?P<until>[0-9]{8}))?"
)
_FORM = "Must be an RRULE of whole days, such as FREQ=MONTHLY;BYMONTHDAY=27."


def service_days(rule: str, start: date, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which a rule that begins on the day `start` falls.

    Raises ValueError for a rule that can't be read, or that may recur within a day.
    """
    match = _RULE.fullmatch(rule)
    if not match:
        raise ValueError(_FORM)
    days = (datetime.combine(day, time.min) for day in (first, last))
    try:
        until = min(date.fromisoformat(match["until"] or "99991231"), last)
        bounded = f"{match['recurs']};UNTIL={until:%Y%m%d}"
        found = rrulestr(bounded, dtstart=datetime.combine(start, time.min))
        between = found.between(*days, inc=True)
    except (ValueError, OverflowError) as error:
        raise ValueError(_FORM) from error
    return [moment.date() for moment in between]


def check_recurrence(rule: str, start: date) -> None:
    """Raise ValueError for a rule that can't be read or that never falls on a day."""
    horizon = min(start.toordinal() + 366 * LONGEST_GAP_YEARS, date.max.toordinal())
    if not service_days(rule, start, start, date.fromordinal(horizon)):
        raise ValueError(
            f"Must be a rule that falls on a day within {LONGEST_GAP_YEARS} years, "
            "such as FREQ=MONTHLY;BYMONTHDAY=27."
        )
