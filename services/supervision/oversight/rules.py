"""Oversight's rules: when a finding has to be put right, and what counts as a repeat."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from shared.domain.workdays import add_workdays

# Working days from reported to rectified, by kind (configuration of the programme).
RECTIFY_WORKDAYS = {
    "safety": 3,
    "food": 3,
    "facility": 5,
    "sanitation": 5,
    "other": 10,
}

# A finding at the same asset this many days after another one, or sooner, is a repeat.
REPEAT_DAYS = 90

# Findings that turned out to be none.
VOID = ("duplicate", "withdrawn")


class Found(Protocol):
    """A finding, as far as repeats are told by it; `earliest` is the first day it may be of."""

    id: str
    status: str
    earliest: str
    patrol: str | None


def due_on(kind: str, reported_on: date) -> date:
    """The last day to put a finding right, where nobody set another.

    Where only the week of reporting is known, `reported_on` is the last day that it may have been.
    """
    return add_workdays(reported_on, RECTIFY_WORKDAYS[kind])


def asset_key(asset: str | None) -> str | None:
    """What makes two ways of writing an asset the same one: width, case and spaces don't matter."""
    return "".join(unicodedata.normalize("NFKC", asset).casefold().split()) if asset else None


def repeat_of(earliest: date, patrol: str | None, others: Iterable[Found]) -> str | None:
    """The id of the finding that one of day `earliest` repeats, among `others` at its asset.

    The latest of those that count; None where there is none. What one patrol found on its round
    hasn't come again, and what was found later is no repetition.
    """
    found = [
        (other.earliest, other.id)
        for other in others
        if other.status not in VOID
        and not (patrol and other.patrol == patrol)
        and 0 <= (earliest - date.fromisoformat(other.earliest)).days <= REPEAT_DAYS
    ]
    return max(found)[1] if found else None
