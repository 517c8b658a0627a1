"""Relief's rules: the limits by which a promise is kept, and the age bands that may be told."""

from datetime import date

from shared.domain.workdays import add_workdays

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


def due_on(category: str, raised_on: date) -> date:
    """The last day on which the promise to the resident is kept; the promise clock never resets.

    Where only the week of raising is known, `raised_on` is the last day that it may have been.
    """
    return add_workdays(raised_on, PROMISE_WORKDAYS[category])


def age_band(age: int | None) -> str | None:
    """The band that an age in years falls in; None when it isn't known."""
    if age is None:
        return None
    return next((band for limit, band in _BANDS if age < limit), "80+")
