"""Ranks within a group, and the ranks that a unit may have."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.supervision.assessment.lines import Score


@dataclass(frozen=True)
class Rank:
    """Equal scores share a rank. `best` and `worst` are the ranks that the unit may have."""

    rank: int
    best: int
    worst: int


def ranks(scores: Mapping[str, Score]) -> dict[str, Rank]:
    """The rank of each unit of a group, from the scores of those that are ranked."""
    return {code: _rank(own, scores) for code, own in scores.items()}


def _rank(own: Score, scores: Mapping[str, Score]) -> Rank:
    # A unit is not surely better than itself.
    others = scores.values()
    return Rank(
        rank=1 + sum(it.points > own.points for it in others),
        best=1 + sum(surely_better(it, own) for it in others),
        worst=len(scores) - sum(surely_better(own, it) for it in others),
    )


def surely_better(one: Score, other: Score) -> bool:
    """Whether neither qualifiers nor chance explain that one has more points.

    The gap of the scores at the unfavourable ends of their qualifiers is compared with the root of
    the squared distances by chance: an interval of 95 % for the difference (MOVER).
    """
    gap = one.low - other.high
    return gap > 0 and gap**2 > one.down + other.up
