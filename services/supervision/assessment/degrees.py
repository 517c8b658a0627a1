"""How far a unit fulfils a criterion, as a multiple of its weight."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.supervision.assessment.formulas import along
from services.supervision.assessment.intervals import (
    BY_CHANCE,
    NO_CHANCE,
    Span,
    meant,
    quotient,
)
from services.supervision.assessment.rubric import Criterion, Measure
from shared.domain.quantities import Quantity, exact

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
# The denominator of a figure that has none.
ITSELF = exact(1, "item")

SCORED, NOT_STATED = "scored", "not_stated"
FEW, FEW_VISITS, ALONE = "few", "few_visits", "alone"
STANDINGS = {
    SCORED: ("计分", "scored"),
    NOT_STATED: ("未报数，按最低分计", "not stated: it gets the least points"),
    FEW: ("基数不足，不适用", "n/a: the denominator is too small"),
    FEW_VISITS: ("观摩次数不足，不适用", "n/a: too few on-site observations"),
    ALONE: ("同组无可比单位，不适用", "n/a: there is no other unit in the group to compare with"),
}
# The others are n/a.
COUNTED = (SCORED, NOT_STATED)


@dataclass(frozen=True)
class Measured:
    """A figure: its value, what its qualifiers can mean, and how far chance may have moved it.
    Only a `scored` one has them."""

    standing: str
    value: Fraction = ZERO
    stated: Span = Span(ZERO, None)
    chance: Span = Span(ZERO, None)


@dataclass(frozen=True)
class Degree:
    """`at` is from 0 to the criterion's `most`; `low` and `high` are its ends by the qualifiers,
    the others by chance. `value` is the figure, or the observers' mean."""

    standing: str
    value: Fraction | None = None
    at: Fraction = ZERO
    low: Fraction = ZERO
    high: Fraction = ZERO
    chance_low: Fraction = ZERO
    chance_high: Fraction = ZERO


def measured(
    criterion: Criterion, measure: Measure, figures: Mapping[str, Quantity], within: Fraction
) -> Measured:
    """The figure of a unit. `figures` has its quantity of each source."""
    numerator = figures[measure.numerator]
    denominator = figures[measure.denominator] if measure.denominator else ITSELF
    if numerator.value is None or denominator.value is None:
        return Measured(NOT_STATED)
    done, per = Fraction(numerator.value), Fraction(denominator.value)
    if criterion.least is not None and per < criterion.least:
        return Measured(FEW)
    stated = quotient(meant(numerator, within), meant(denominator, within))
    chance = BY_CHANCE[criterion.chance or NO_CHANCE](done, per)
    times = measure.times
    return Measured(SCORED, times * done / per, _scaled(stated, times), _scaled(chance, times))


def _scaled(span: Span, times: Fraction) -> Span:
    return Span(span.low * times, None if span.high is None else span.high * times)


def by_ends(criterion: Criterion, ends: tuple[Fraction, Fraction], found: Measured) -> Degree:
    """The degree by the figures for no points and for the weight."""
    if found.standing != SCORED:
        return without_figure(criterion, found)

    def at(value: Fraction | None) -> Fraction:
        return along(value, *ends, criterion.most)

    stated = sorted((at(found.stated.low), at(found.stated.high)))
    chance = sorted((at(found.chance.low), at(found.chance.high)))
    return Degree(SCORED, found.value, at(found.value), *stated, *chance)


def without_figure(criterion: Criterion, found: Measured) -> Degree:
    """Nothing, and perhaps everything where the figure is only not stated."""
    if found.standing == NOT_STATED:
        return Degree(NOT_STATED, high=criterion.most)
    return Degree(found.standing)


def by_rank(criterion: Criterion, group: Mapping[str, Measured]) -> dict[str, Degree]:
    """The degree of each unit of a group: the share of the others that are worse."""
    scored = {code: it for code, it in group.items() if it.standing == SCORED}
    return {
        code: _among(criterion, found, [it for other, it in scored.items() if other != code])
        if found.standing == SCORED
        else without_figure(criterion, found)
        for code, found in group.items()
    }


def _among(criterion: Criterion, own: Measured, others: Sequence[Measured]) -> Degree:
    if not others:
        return Degree(ALONE)

    def share(mine: Fraction | None, theirs: Iterable[Fraction | None]) -> Fraction:
        wins = (_wins(mine, other, criterion.less) for other in theirs)
        return sum(wins, ZERO) / len(others)

    def bounds(span_of: Callable[[Measured], Span]) -> list[Fraction]:
        spans = [span_of(it) for it in others]
        mine = span_of(own)
        ends = (
            share(mine.low, (it.high for it in spans)),
            share(mine.high, (it.low for it in spans)),
        )
        return sorted(ends)

    return Degree(
        SCORED,
        own.value,
        share(own.value, (it.value for it in others)),
        *bounds(lambda it: it.stated),
        *bounds(lambda it: it.chance),
    )


def _wins(mine: Fraction | None, other: Fraction | None, less: bool) -> Fraction:
    """1 if mine is better, a half if they are equal, 0 if it is worse. None is without limit."""
    if mine == other:
        return HALF
    larger = mine is None or (other is not None and mine > other)
    return ONE if larger != less else ZERO


def by_observations(criterion: Criterion, scores: Sequence[Fraction]) -> Degree:
    """The mean of the observers' scores; by chance it may be any score that was given."""
    if len(scores) < (criterion.least or ONE):
        return Degree(FEW_VISITS)
    shares = [score / (criterion.out_of or ONE) for score in scores]
    mean = sum(shares, ZERO) / len(shares)
    value = mean * (criterion.out_of or ONE)
    return Degree(SCORED, value, mean, mean, mean, min(shares), max(shares))
