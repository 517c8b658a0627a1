"""The points of one unit: a line for each criterion, and the score that they add up to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from services.supervision.assessment.degrees import COUNTED, ZERO, Degree
from services.supervision.assessment.intervals import meant
from services.supervision.assessment.number import rounded
from services.supervision.assessment.rubric import Criterion, Rubric, Steps
from shared.domain.quantities import Quantity


@dataclass(frozen=True)
class Line:
    """`base` + `bonus` - `deduction` + `appeal` = `points`, all in hundredths.

    `weight` and `cap` are the unit's own, after the weights that are n/a were shared out. `low` and
    `high` are the ends of what qualifiers leave open; `down` and `up` are how far chance may have
    moved the points.
    """

    criterion: Criterion
    degree: Degree
    weight: Fraction = ZERO
    base: Fraction = ZERO
    bonus: Fraction = ZERO
    deduction: Fraction = ZERO
    appeal: Fraction = ZERO
    low: Fraction = ZERO
    high: Fraction = ZERO
    down: Fraction = ZERO
    up: Fraction = ZERO

    @property
    def applies(self) -> bool:
        return self.degree.standing in COUNTED

    @property
    def cap(self) -> Fraction:
        return self.weight * self.criterion.most

    @property
    def points(self) -> Fraction:
        return self.base + self.bonus - self.deduction + self.appeal

    @property
    def most(self) -> Fraction:
        """The most points that the line can have."""
        bonus = self.criterion.bonus
        return rounded(self.cap) + (bonus.up_to if bonus and self.applies else ZERO)

    def awarded(self, points: Fraction) -> "Line":
        """The line with the points that an appeal gave it: they are certain."""
        changed = replace(self, appeal=self.appeal + points - self.points, down=ZERO, up=ZERO)
        return replace(changed, low=points, high=points)


@dataclass(frozen=True)
class Score:
    """The lines of a unit, and the part of the rubric's total that applies to it."""

    lines: tuple[Line, ...]
    weight: Fraction

    @property
    def points(self) -> Fraction:
        return sum((it.points for it in self.lines), ZERO)

    @property
    def low(self) -> Fraction:
        return sum((it.low for it in self.lines), ZERO)

    @property
    def high(self) -> Fraction:
        return sum((it.high for it in self.lines), ZERO)

    @property
    def down(self) -> Fraction:
        """The square of how far chance may have moved the score downwards."""
        return sum((it.down**2 for it in self.lines), ZERO)

    @property
    def up(self) -> Fraction:
        """The square of how far chance may have moved the score upwards."""
        return sum((it.up**2 for it in self.lines), ZERO)


def score(rubric: Rubric, degrees: Mapping[str, Degree], figures: Mapping[str, Quantity]) -> Score:
    """The score of a unit, before appeals: from its degree by each criterion's code, and its
    quantity by each source's code."""
    applies = [it.weight for it in rubric.criteria if degrees[it.code].standing in COUNTED]
    weight = sum(applies, ZERO)
    scale = rubric.total / weight if weight else ZERO
    lines = (
        _line(rubric, criterion, degrees[criterion.code], figures, scale)
        for criterion in rubric.criteria
    )
    return Score(tuple(lines), weight)


def _line(
    rubric: Rubric,
    criterion: Criterion,
    degree: Degree,
    figures: Mapping[str, Quantity],
    scale: Fraction,
) -> Line:
    if degree.standing not in COUNTED:
        return Line(criterion, degree)
    weight = criterion.weight * scale
    within = rubric.about_within
    bonus = _amounts(criterion.bonus, figures, within)
    deduction = _amounts(criterion.deduction, figures, within)
    # Not stated: the least favourable.
    earned = bonus.low if bonus.at is None else bonus.at
    due = deduction.high if deduction.at is None else deduction.at

    def total(part: Fraction, more: Fraction, less: Fraction) -> Fraction:
        return max(rounded(weight * part) + more - less, ZERO)

    base = rounded(weight * degree.at)
    points = total(degree.at, earned, due)
    return Line(
        criterion,
        degree,
        weight,
        base=base,
        bonus=earned,
        deduction=base + earned - points,
        low=total(degree.low, bonus.low, deduction.high),
        high=total(degree.high, bonus.high, deduction.low),
        down=max(points - total(degree.chance_low, earned, due), ZERO),
        up=max(total(degree.chance_high, earned, due) - points, ZERO),
    )


@dataclass(frozen=True)
class _Amounts:
    """The points of a bonus or a deduction: for the stated number, None where there is none, and at
    the ends of what is meant."""

    at: Fraction | None = ZERO
    low: Fraction = ZERO
    high: Fraction = ZERO


def _amounts(steps: Steps | None, figures: Mapping[str, Quantity], within: Fraction) -> _Amounts:
    if steps is None:
        return _Amounts()
    quantity = figures[steps.source]
    span = meant(quantity, within)
    at = None if quantity.value is None else steps.amount(Fraction(quantity.value))
    return _Amounts(at, steps.amount(span.low), steps.amount(span.high))
