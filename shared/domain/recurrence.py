"""Days of service that recur, by an iCalendar rule (RRULE, RFC 5545) of whole days."""

import re
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

# A 29 February may be eight years away; what falls on no day for longer is a mistake.
LONGEST_PAUSE = 8

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
