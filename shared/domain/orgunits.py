"""Org units by their codes and their days: what needs no database."""

from datetime import date

from shared.domain.types import Json

# The number of digits of a sub-district's code. Sub-districts are the units that report.
SUBDISTRICT = 9


def reporting_problem(code: str) -> str | None:
    """Why the unit doesn't report, or None if it does."""
    return (
        None
        if len(code) == SUBDISTRICT
        else "Must be the 9-digit code of a sub-district, such as 410103005."
    )


def valid_on(unit: Json, day: date) -> bool:
    """Whether the unit is valid on a day: from `valid_from` until before `valid_to`, if known."""
    return valid_between(unit, day, day)


def valid_between(unit: Json, first: date, last: date) -> bool:
    """Whether the unit is valid on any day between the first and the last."""
    start, end = unit["valid_from"], unit["valid_to"]
    return (start is None or date.fromisoformat(start) <= last) and (
        end is None or first < date.fromisoformat(end)
    )


def path(code: str) -> list[str]:
    """The codes of the unit and its parents, nearest first: a code contains its parents' codes."""
    return [code[:length] for length in (12, 9, 6) if length <= len(code)]
