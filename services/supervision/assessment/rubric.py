"""A rubric (考核细则), as it is computed with. `rubric_schema.py` reads it from a file."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from services.supervision.assessment.formulas import BETWEEN, LESS, SHARE_OF_TARGET
from shared.domain.types import Json


@dataclass(frozen=True)
class Measure:
    """A figure: the quantity of `numerator`, or `times` its quotient by `denominator`."""

    numerator: str
    denominator: str | None
    times: Fraction


@dataclass(frozen=True)
class Steps:
    """A bonus or a deduction: `points` for each whole `each` of the source above `above`, up to
    `up_to`. A source without an upper limit is None."""

    source: str
    above: Fraction
    each: Fraction
    points: Fraction
    up_to: Fraction

    def amount(self, value: Fraction | None) -> Fraction:
        if value is None:
            return self.up_to
        whole = max((value - self.above) // self.each, 0)
        return min(whole * self.points, self.up_to)


@dataclass(frozen=True)
class Criterion:
    """A line of the rubric. `least` is the least denominator, or number of observations."""

    code: str
    weight: Fraction
    formula: str
    direction: str
    measure: Measure | None
    chance: str | None
    target: Fraction | None
    zero_at: Fraction | None
    full_at: Fraction | None
    out_of: Fraction | None
    cap: Fraction | None
    least: Fraction | None
    bonus: Steps | None
    deduction: Steps | None

    @property
    def less(self) -> bool:
        return self.direction == LESS

    @property
    def most(self) -> Fraction:
        """How many times its weight the formula gives at most."""
        return self.cap / self.weight if self.cap is not None else Fraction(1)

    @property
    def ends(self) -> tuple[Fraction, Fraction] | None:
        """The figures for no points and for the weight; None where others or observers decide."""
        if self.formula == SHARE_OF_TARGET and self.target is not None:
            return Fraction(0), self.target
        if self.formula == BETWEEN and self.zero_at is not None and self.full_at is not None:
            return self.zero_at, self.full_at
        return None

    @property
    def roles(self) -> dict[str, str]:
        """What is counted for it, and as what: part of the criterion → code of the source."""
        measure = self.measure
        found = {
            "numerator": measure and measure.numerator,
            "denominator": measure and measure.denominator,
            "bonus": self.bonus and self.bonus.source,
            "deduction": self.deduction and self.deduction.source,
        }
        return {role: source for role, source in found.items() if source}


@dataclass(frozen=True)
class Rubric:
    """`content` is the whole file as plain JSON. `groups` maps each unit to its group, `units` each
    source to the unit in which it is counted."""

    version: str
    total: Fraction
    least_weight: Fraction
    about_within: Fraction
    appeal_days: int
    criteria: tuple[Criterion, ...]
    groups: dict[str, str]
    units: dict[str, str]
    content: Json

    @property
    def sources(self) -> set[str]:
        """The codes of everything that is counted."""
        return {source for it in self.criteria for source in it.roles.values()}

    def last_day_of_appeals(self, announced_on: date) -> date:
        """The last day on which a unit can appeal, where it got its scores on `announced_on`."""
        return announced_on + timedelta(days=self.appeal_days)
