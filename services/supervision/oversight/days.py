"""Days as the aggregates keep them: ISO text, None where only the week is known."""

from shared.domain.errors import ValidationFailed
from shared.domain.periods import Period


def iso(day):
    return day.isoformat() if day else None


def first_day(moment):
    """The first day on which it may have happened."""
    return moment.day or Period.of(moment.time).first_day


def day_after(moment, **earlier):
    """The day as text. Raises ValidationFailed for one before what has to be `earlier`."""
    for what, day in earlier.items():
        if day and moment.last_day.isoformat() < day:
            raise ValidationFailed({"time": [f"Before it was {what} ({day})."]})
    return iso(moment.day)


def due_after(due, moment):
    """The due day as text. Raises ValidationFailed for one that had passed at `moment`."""
    if due < first_day(moment):
        raise ValidationFailed({"due": [f"Before {first_day(moment).isoformat()}."]})
    return due.isoformat()
