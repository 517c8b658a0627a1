"""Relief's rules: the last day of the promise to a resident, and the age bands of events."""

from datetime import date

from shared.domain.workdays import Calendar, Due

RULES_VERSION = "relief-2017-1"

# Working days from raised to confirmed, by category (configuration of the programme).
PROMISE_WORKDAYS = {
    "daily_necessities": 5,
    "temporary_relief": 10,
    "cultural_activities": 20,
    "near_subsistence": 10,
    "left_behind_children": 5,
}

_BANDS = ((18, "0-17"), (60, "18-59"), (70, "60-69"), (80, "70-79"))


def due_on(category: str, raised_on: date, calendar: Calendar) -> Due:
    """The last day on which the promise to the resident is kept. It changes only from provisional
    to final, once the calendar notice that it waits for is known.

    Where only the week of raising is known, `raised_on` is the last day of that week.
    """
    return calendar.due(raised_on, PROMISE_WORKDAYS[category])


def age_band(age: int | None) -> str | None:
    """The band of an age in years; None where the age is not known."""
    if age is None:
        return None
    return next((band for limit, band in _BANDS if age < limit), "80+")
