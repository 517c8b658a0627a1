"""On which days of a week something that recurs takes place."""

import re
from datetime import datetime, time, timedelta

from dateutil.rrule import rrulestr

# Whole days only. Whatever else RFC 5545 allows could recur without end within a day, or never.
RULE = re.compile(
    r"(?:RRULE:)?FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)"
    r"(?:;(?:INTERVAL|COUNT)=[1-9][0-9]{0,3}"
    r"|;(?:BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS|BYYEARDAY|BYWEEKNO|WKST)=[A-Z0-9,+-]+)*"
    r"(?P<until>;UNTIL=[0-9]{8})?"
)


def occurrences(rule, first, period):
    """The days of `period`, as ISO text, on which the rule falls from the day `first` on; none for
    a rule that can't be read."""
    match = RULE.fullmatch(rule)
    if not match:
        return []
    begin = datetime.combine(period.first_day, time.min)
    end = begin + timedelta(days=6)
    # A rule that falls on no day at all would be looked for until the year 9999.
    bounded = rule if match["until"] else f"{rule};UNTIL={end:%Y%m%d}"
    try:
        found = rrulestr(bounded, dtstart=datetime.fromisoformat(first)).between(
            begin, end, inc=True
        )
    except (ValueError, OverflowError):
        return []
    return [moment.date().isoformat() for moment in found]
