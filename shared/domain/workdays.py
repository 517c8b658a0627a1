"""Working days by China's real calendar: holidays, and the weekends worked in exchange.

The calendar is announced year by year. In a year that isn't known yet, Monday to Friday count.
"""

from datetime import date, datetime, timedelta

from chinese_calendar import holidays, workdays

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
FIRST_KNOWN, LAST_KNOWN = min(holidays).year, max(holidays).year


def known(day: date) -> bool:
    """Whether the real calendar of that day's year is known."""
    return bool(FIRST_KNOWN <= day.year <= LAST_KNOWN)


def is_workday(day: date) -> bool:
    """Whether people work on that calendar date. Raises TypeError for a datetime."""
    # It would be found in neither calendar, and a holiday pass for a working day.
    if isinstance(day, datetime):
        raise TypeError("a working day is a date; an instant has one only in a zone")
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
    """How many working days are after `start`, up to and with `end`.

    The inverse of `add_workdays`. Raises ValueError if `end` is before `start`.
    """
    if end < start:
        raise ValueError(f"{end} is before {start}")
    days = (end - start).days
    return sum(is_workday(start + timedelta(days=after)) for after in range(1, days + 1))
