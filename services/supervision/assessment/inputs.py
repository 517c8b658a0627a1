"""What an assessment is computed from, besides its rubric. `input_checks.py` checks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.domain.quantities import Quantity

# An appeal is still open; its points were changed; it changes nothing; the facts were corrected,
# and the figures have it.
OPEN, UPHELD, REJECTED, CORRECTED = "open", "upheld", "rejected", "corrected"
OUTCOMES = {
    OPEN: ("待答复", "not answered yet"),
    UPHELD: ("采纳，改分", "upheld: the points are changed"),
    REJECTED: ("不采纳", "rejected"),
    CORRECTED: ("事实已更正，分数随之重算", "the facts were corrected, and the figures have it"),
}

# In Chinese and English, or in one of them.
Words = Mapping[str, str]


@dataclass(frozen=True)
class Unit:
    """An org unit by its code, with its name at that time."""

    orgunit: str
    name: str


@dataclass(frozen=True)
class Figure:
    """The figure of a source at a unit, over the half-year, and the ids of the events in it: in the
    document, their number and digest stand for them.

    A unit that had nothing to state has an exact 0. `not_stated` gets the least points.
    """

    orgunit: str
    source: str
    quantity: Quantity
    evidence: tuple[str, ...] = ()

    @property
    def event_ids(self) -> list[str]:
        """Each once, in order: of these, the document has the digest."""
        return sorted(set(self.evidence))


@dataclass(frozen=True)
class Observation:
    """The score of one on-site observation (现场观摩) by a criterion, with the observers' ids. Here
    as in every input, `evidence` are the ids of the events that say so."""

    id: str
    orgunit: str
    criterion: str
    day: date
    score: Decimal
    observers: tuple[str, ...]
    occasion: Words | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exclusion:
    """A unit that isn't assessed, with the person who approved it."""

    orgunit: str
    reason: Words
    approved_by: str
    approved_on: date
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """`points` are what an upheld appeal gives the line instead of the computed points."""

    by: str
    answered_on: date
    outcome: str
    reason: Words
    points: Decimal | None = None


@dataclass(frozen=True)
class Appeal:
    """A unit's appeal against its points by one criterion."""

    id: str
    orgunit: str
    criterion: str
    by: str
    lodged_on: date
    grounds: Words
    answer: Answer | None = None
    evidence: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        return self.answer.outcome if self.answer else OPEN


@dataclass(frozen=True)
class Inputs:
    """Everything in any order. `announced_on` is the day on which the units got their scores: the
    appeal window begins with it."""

    period: str
    units: tuple[Unit, ...]
    figures: tuple[Figure, ...]
    observations: tuple[Observation, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    announced_on: date | None = None
