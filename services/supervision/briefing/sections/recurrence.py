"""The days on which something that recurs takes place."""

import re
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr

from services.supervision.briefing.sections.rows import Words
from shared.domain.periods import Period

# Whole days only. Other rules of RFC 5545 could recur without end within a day, or never.
RULE = re.compile(
    r"(?:RRULE:)?FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)"
    r"(?:;(?:INTERVAL|COUNT)=[1-9][0-9]{0,3}"
    r"|;(?:BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS|BYYEARDAY|BYWEEKNO|WKST)=[A-Z0-9,+-]+)*"
    r"(?P<until>;UNTIL=[0-9]{8})?"
)


MONTHLY = re.compile(r"(?:RRULE:)?FREQ=MONTHLY;BYMONTHDAY=([1-9][0-9]?)")


def occurrences(rule: str, first: str, period: Period) -> list[str]:
    """The days of `period`, as ISO text, on which the rule falls from the day `first` on.

    Empty for a rule that can't be read.
    """
    days = (period.last_day - period.first_day).days + 1
    return _days(rule, first, period.first_day, days)


def next_after(rule: str, first: str, period: Period) -> str | None:
    """The first day after `period`, as ISO text, within a year; None where there is none."""
    return next(iter(_days(rule, first, period.next().first_day, days=366)), None)


def in_words(rule: str) -> Words:
    """The rule in words where it is a day of every month; otherwise the rule itself."""
    match = MONTHLY.fullmatch(rule)
    if not match:
        return {"zh": rule, "en": rule}
    return {"zh": f"每月{match[1]}日", "en": f"the {_ordinal(int(match[1]))} of every month"}


def _ordinal(number: int) -> str:
    suffixes = {1: "st", 2: "nd", 3: "rd"}
    teen = 11 <= number % 100 <= 13
    return f"{number}{'th' if teen else suffixes.get(number % 10, 'th')}"


def _days(rule: str, first: str, begin: date, days: int) -> list[str]:
    match = RULE.fullmatch(rule)
    if not match:
        return []
    start = datetime.combine(begin, time.min)
    end = start + timedelta(days=days - 1)
    # A rule that falls on no day at all would be searched until the year 9999.
    bounded = rule if match["until"] else f"{rule};UNTIL={end:%Y%m%d}"
    try:
        found = rrulestr(bounded, dtstart=datetime.fromisoformat(first)).between(
            start, end, inc=True
        )
    except (ValueError, OverflowError):
        return []
    return [moment.date().isoformat() for moment in found]
