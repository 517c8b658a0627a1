"""Working days by China's real calendar: holidays, and the weekends worked in exchange.

The calendar is announced year by year. In a year that isn't announced yet, the working days are
Monday to Friday.
"""

from datetime import date, datetime, timedelta

from chinese_calendar import holidays, workdays

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
FIRST_KNOWN, LAST_KNOWN = min(holidays).year, max(holidays).year


def known(day: date) -> bool:
    """Whether the real calendar of that year is available."""
    return bool(FIRST_KNOWN <= day.year <= LAST_KNOWN)


def is_workday(day: date) -> bool:
    """Whether the date is a working day. Raises TypeError for a datetime."""
    # A datetime is in neither calendar, so a holiday would pass for a working day.
    if isinstance(day, datetime):
        raise TypeError("a working day is a date, not a datetime")
    return bool(day in workdays or (day.weekday() < _SATURDAY and day not in holidays))


def add_workdays(day: date, count: int) -> date:
    """The `count`-th working day after `day`; the day itself for 0. Raises ValueError below 0."""
    if count < 0:
        raise ValueError(f"can't add {count} working days")
    while count:
        day += _ONE_DAY
        count -= is_workday(day)
    return day


def workdays_between(start: date, end: date) -> int:
    """The number of working days after `start`, up to and including `end`.

    The inverse of `add_workdays`. Raises ValueError if `end` is before `start`.
    """
    if end < start:
        raise ValueError(f"{end} is before {start}")
    days = (end - start).days
    return sum(is_workday(start + timedelta(days=after)) for after in range(1, days + 1))
