"""Oversight's rules: by when a finding has to be rectified, and what counts as a repeat."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from shared.domain.workdays import Calendar, Due

# Working days from reported to rectified, by kind (configuration of the programme).
RECTIFY_WORKDAYS = {
    "safety": 3,
    "food": 3,
    "facility": 5,
    "sanitation": 5,
    "other": 10,
}

# A finding at most so many days after another one at the same asset is a repeat.
REPEAT_DAYS = 90

# Statuses of findings that turned out to be none.
VOID = ("duplicate", "withdrawn")


class KnownFinding(Protocol):
    """What identifies a repeat; `earliest` is the first day on which it may have been reported."""

    id: str
    status: str
    earliest: str
    patrol: str | None


def due_on(kind: str, reported_on: date, calendar: Calendar) -> Due:
    """The last day to rectify a finding, where nobody set another; provisional where it waits for a
    calendar notice.

    Where only the week of the report is known, `reported_on` is the last day of that week.
    """
    return calendar.due(reported_on, RECTIFY_WORKDAYS[kind])


def asset_key(asset: str | None) -> str | None:
    """The same for every spelling of an asset: width, case and spaces don't matter."""
    return "".join(unicodedata.normalize("NFKC", asset).casefold().split()) if asset else None


def repeat_of(earliest: date, patrol: str | None, others: Iterable[KnownFinding]) -> str | None:
    """The id of the finding that a finding of day `earliest` repeats; None where there is none.

    `others` are the findings at its asset; the latest of those that count is repeated. Findings of
    the same patrol don't repeat each other, and a later finding is not repeated by an earlier one.
    """
    found = [
        (other.earliest, other.id)
        for other in others
        if other.status not in VOID
        and not (patrol and other.patrol == patrol)
        and 0 <= (earliest - date.fromisoformat(other.earliest)).days <= REPEAT_DAYS
    ]
    return max(found)[1] if found else None
