"""Days as the aggregates store them: ISO text, None where only the week is known."""

from datetime import date

from shared.contracts.envelope import Moment
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Week


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def first_day(moment: Moment) -> date:
    """The first day on which it may have happened."""
    return moment.day or Week.of(moment.time).first_day


def due_after(due: date, moment: Moment) -> str:
    """The due day as text. Raises ValidationFailed where it had passed at `moment`."""
    if due < first_day(moment):
        wanted = f"no day before it happened, such as {first_day(moment).isoformat()}"
        raise ValidationFailed({"due": [f"Must be {wanted}."]})
    return due.isoformat()
