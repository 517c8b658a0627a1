"""How far a figure may be from the number that stands there: by its qualifier, and by chance."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from services.supervision.assessment.number import rounded
from shared.domain.quantities import Quantity

SHARE, COUNT, NO_CHANCE = "share", "count", "none"
CHANCES = {
    SHARE: (
        "分子是分母的一部分：威尔逊95%区间",
        "the numerator is a part of the denominator: Wilson's interval of 95 %",
    ),
    COUNT: (
        "独立事件的次数：泊松得分95%区间",
        "a count of events: Poisson's score interval of 95 %",
    ),
    NO_CHANCE: ("不计偶然波动", "no chance is taken into account"),
}

# Of a normal distribution: 95 % of it are within so many standard deviations.
Z = Fraction("1.96")
# Roots are taken in so many digits, and bounds rounded to so many places.
PLACES = 6
_DIGITS = Context(prec=40)


@dataclass(frozen=True)
class Span:
    """From `low` to `high`; None is no upper limit."""

    low: Fraction
    high: Fraction | None


def meant(quantity: Quantity, about_within: Fraction) -> Span:
    """What a qualified quantity can mean; everything from 0 on, where it isn't stated."""
    value = Fraction(quantity.value or 0)
    return {
        "exact": Span(value, value),
        "over": Span(value, None),
        "at_most": Span(Fraction(0), value),
        "about": Span(value * (1 - about_within), value * (1 + about_within)),
        "not_stated": Span(Fraction(0), None),
    }[quantity.qualifier]


def quotient(numerator: Span, denominator: Span) -> Span:
    """What the quotient can be, for every value of both."""
    low = numerator.low / denominator.high if denominator.high else Fraction(0)
    unlimited = numerator.high is None or not denominator.low
    return Span(low, None if unlimited else (numerator.high or Fraction(0)) / denominator.low)


def by_share(done: Fraction, of: Fraction) -> Span:
    """Wilson's interval of a share. Where more are done than there are, chance is no measure."""
    share = done / of
    if share > 1:
        return Span(share, share)
    return _around(
        share + Z * Z / (2 * of),
        Z * Z * (share * (1 - share) / of + Z * Z / (4 * of * of)),
        1 + Z * Z / of,
    )


def by_count(count: Fraction, per: Fraction) -> Span:
    """The score interval of Poisson's distribution for a count, per something that is known."""
    return _around(count + Z * Z / 2, Z * Z * (count + Z * Z / 4), per)


def by_none(count: Fraction, per: Fraction) -> Span:
    """No interval at all."""
    return Span(count / per, count / per)


BY_CHANCE: dict[str, Callable[[Fraction, Fraction], Span]] = {
    SHARE: by_share,
    COUNT: by_count,
    NO_CHANCE: by_none,
}


def _around(middle: Fraction, square: Fraction, divisor: Fraction) -> Span:
    half = root(square)
    low, high = ((middle + side * half) / divisor for side in (-1, 1))
    return Span(rounded(max(low, Fraction(0)), PLACES), rounded(high, PLACES))


def root(square: Fraction) -> Fraction:
    """The square root, in 40 digits."""
    value = _DIGITS.divide(Decimal(square.numerator), Decimal(square.denominator))
    return Fraction(_DIGITS.sqrt(value))
