"""Qualified quantities and their sums; sums can be merged in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from functools import lru_cache, reduce
from typing import Any, Self

from shared.domain.decimals import check_decimal, decimal_text, read_decimal
from shared.domain.mergeable_median import Median
from shared.domain.types import Json
from shared.domain.units import UNITS

QUALIFIERS = ("exact", "over", "about", "at_most", "not_stated")

# A rounded sum would depend on the order of its parts.
_EXACTLY = Context(prec=60, traps=[Inexact])


def _require(condition: bool, field: str, message: str) -> None:
    if not condition:
        raise ValueError(f"{field}: {message}")


def _check_figure(value: object, qualifier: object, unit: object) -> None:
    # This is called very often, so messages are built only for errors.
    if qualifier not in QUALIFIERS:
        raise ValueError(f"qualifier: unknown: {qualifier!r}")
    if not isinstance(unit, str) or unit not in UNITS:
        raise ValueError(f"unit: unknown: {unit!r}")
    if qualifier != "not_stated":
        check_decimal(value)
    elif value is not None:
        raise ValueError("value: must be null where the figure is not stated")


def _parts(data: Any, *fields: str) -> list[Any]:
    if not isinstance(data, dict):
        raise ValueError("quantity: must be an object")
    try:
        return [data[field] for field in fields]
    except KeyError as error:
        raise ValueError(f"{error.args[0]}: missing") from None


def _from_cache(cached: Any, parts: list[Any]) -> Any:
    """`cached(*parts)`: the same few quantities are read again and again."""
    try:
        return cached(*parts)
    except TypeError:
        # A part can't be hashed: the function itself raises the error that names it.
        return cached.__wrapped__(*parts)


def _figure(part: "Quantity | Sum") -> Json:
    value = None if part.value is None else decimal_text(part.value)
    return {"value": value, "qualifier": part.qualifier, "unit": part.unit}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it was reported: `stated` is the reporter's wording, such as "500多人次".

    `value` is None where no figure was given (`not_stated`), which is not 0. Raises ValueError that
    names the field.
    """

    value: Decimal | None
    qualifier: str
    unit: str
    stated: str | None = None

    def __post_init__(self) -> None:
        _check_figure(self.value, self.qualifier, self.unit)
        _require(isinstance(self.stated, str | None), "stated", "must be text or null")

    @staticmethod
    def from_json(data: Any) -> "Quantity":
        """Read the output of `to_json`; `stated` may be missing. Raises ValueError."""
        parts = _parts(data, "value", "qualifier", "unit")
        quantity: Quantity = _from_cache(_quantity, [*parts, data.get("stated")])
        return quantity

    def to_json(self) -> Json:
        return {**_figure(self), "stated": self.stated}


@lru_cache(maxsize=4096)
def _quantity(value: Any, qualifier: Any, unit: Any, stated: Any) -> Quantity:
    return Quantity(read_decimal(value), qualifier, unit, stated)


def exact(number: int | Decimal, unit: str) -> Quantity:
    """An exact quantity of an int or a Decimal."""
    return Quantity(Decimal(number), "exact", unit)


def not_stated(unit: str) -> Quantity:
    """A quantity without a figure."""
    return Quantity(None, "not_stated", unit)


def from_median(median: Median, unit: str) -> Quantity:
    """The median as an exact quantity; not stated if there are no numbers."""
    value = median.value()
    return not_stated(unit) if value is None else exact(value, unit)


def join_qualifiers(one: str, other: str) -> str:
    """The qualifier of a sum of two parts: associative, commutative and idempotent.

    exact and over give over. Any other two qualifiers give about, since no bound holds for the sum.
    A part that is not stated has no effect.
    """
    kinds = {one, other} - {"not_stated"}
    if len(kinds) < 2:
        return kinds.pop() if kinds else "not_stated"
    return "over" if kinds == {"exact", "over"} else "about"


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the `given` parts, of `total`, that have a figure; can be merged in any order.

    Raises ValueError if units differ.
    """

    value: Decimal | None
    qualifier: str
    unit: str
    given: int
    total: int

    def __post_init__(self) -> None:
        _check_figure(self.value, self.qualifier, self.unit)
        counted = isinstance(self.given, int) and isinstance(self.total, int)
        _require(counted and 0 <= self.given <= self.total, "given", "must be from 0 to total")
        _require(
            (self.given == 0) == (self.value is None),
            "given",
            "must be 0 if and only if value is null",
        )

    @classmethod
    def empty(cls, unit: str) -> Self:
        """The sum of no parts, which is not stated. If no parts mean 0, add an exact 0."""
        return cls(None, "not_stated", unit, 0, 0)

    @staticmethod
    @lru_cache(maxsize=4096)
    def of(quantity: Quantity) -> "Sum":
        """The sum of one quantity. Cached: the same few quantities are counted again and again."""
        given = int(quantity.value is not None)
        return Sum(quantity.value, quantity.qualifier, quantity.unit, given, 1)

    @staticmethod
    def from_json(data: Any) -> "Sum":
        """Read the output of `to_json`. Raises ValueError."""
        parts = _parts(data, "value", "qualifier", "unit", "given", "total")
        found: Sum = _from_cache(_sum, parts)
        return found

    @classmethod
    def total_of(cls, quantities: Sequence[Quantity]) -> Self:
        """The sum of one or more quantities: the same as adding them one by one, but faster."""
        unit = quantities[0].unit
        for quantity in quantities:
            _require(quantity.unit == unit, "unit", f"can't add {quantity.unit} to {unit}")
        values = [quantity.value for quantity in quantities if quantity.value is not None]
        qualifier = reduce(join_qualifiers, {quantity.qualifier for quantity in quantities})
        value = reduce(_EXACTLY.add, values) if values else None
        return cls(value, qualifier, unit, len(values), len(quantities))

    @classmethod
    def merged(cls, parts: Sequence["Sum"]) -> Self:
        """The sum of one or more sums: the same as adding them one by one, but faster."""
        unit = parts[0].unit
        for part in parts:
            if part.unit != unit:
                raise ValueError(f"unit: can't add {part.unit} to {unit}")
        values = [part.value for part in parts if part.value is not None]
        qualifier = reduce(join_qualifiers, {part.qualifier for part in parts})
        value = reduce(_EXACTLY.add, values) if values else None
        given, total = sum(part.given for part in parts), sum(part.total for part in parts)
        return cls(value, qualifier, unit, given, total)

    def __add__(self, other: "Sum") -> "Sum":
        return self.merged((self, other))

    def quantity(self) -> Quantity:
        return Quantity(self.value, self.qualifier, self.unit)

    def to_json(self) -> Json:
        return {**_figure(self), "given": self.given, "total": self.total}


# Large enough for the units and weeks of a district. Typed, because 1 and 1.0 are different here.
@lru_cache(maxsize=16_384, typed=True)
def _sum(value: Any, qualifier: Any, unit: Any, given: Any, total: Any) -> Sum:
    return Sum(read_decimal(value), qualifier, unit, given, total)
