"""What is said about a half-year: how it is named, and on which day it was said."""

from datetime import date

from shared.aggregates.occurrence import stored_day
from shared.contracts.envelope import Moment
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Period, parse_day


def id_about(kind: str, period: Period, rest: str) -> str:
    """The id of something that is said about a period. All of them begin alike, so that those of a
    period are found by their ids."""
    return f"{kind}:{period}:{rest}"


def day_of(moment: Moment) -> date:
    """Raises ValidationFailed where only the week is known."""
    day = stored_day(moment)
    if day is None:
        raise ValidationFailed({"timeprecision": ["Must be one with a known day, such as day."]})
    return parse_day(day)
