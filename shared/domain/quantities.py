"""Qualified quantities, and their sums, which merge in any order."""

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

# A sum that had to be rounded would depend on the order of its parts.
_EXACTLY = Context(prec=60, traps=[Inexact])


def _require(condition: bool, field: str, message: str) -> None:
    if not condition:
        raise ValueError(f"{field}: {message}")


def _check_figure(value: object, qualifier: object, unit: object) -> None:
    # So many are made that a message is only written where it is needed.
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


def _known(make: Any, parts: list[Any]) -> Any:
    """What a function that remembers makes of them: the same few are read again and again."""
    try:
        return make(*parts)
    except TypeError:
        # No text, nor anything else that can be known again: what is wrong with it?
        return make.__wrapped__(*parts)


def _figure(part: "Quantity | Sum") -> Json:
    value = None if part.value is None else decimal_text(part.value)
    return {"value": value, "qualifier": part.qualifier, "unit": part.unit}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as somebody reported it: `stated` is their wording, such as "500多人次".

    `value` is None where nobody gave a figure (`not_stated`), which is not 0. Raises ValueError
    that names the field.
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
        """Read what `to_json` wrote. `stated` may be missing; a value is taken in one form only."""
        parts = _parts(data, "value", "qualifier", "unit")
        quantity: Quantity = _known(_quantity, [*parts, data.get("stated")])
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
    """A figure that nobody gave."""
    return Quantity(None, "not_stated", unit)


def from_median(median: Median, unit: str) -> Quantity:
    """The median as an exact quantity; not stated where there are no numbers."""
    value = median.value()
    return not_stated(unit) if value is None else exact(value, unit)


def join_qualifiers(one: str, other: str) -> str:
    """The qualifier of a sum of two parts: associative, commutative and idempotent.

    "Exact joins over to over, at_most to about, over with about to about": exact or over with
    at_most is about too, since neither bound holds for the sum. A part not stated decides nothing.
    """
    kinds = {one, other} - {"not_stated"}
    if len(kinds) < 2:
        return kinds.pop() if kinds else "not_stated"
    return "over" if kinds == {"exact", "over"} else "about"


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the `given` parts, out of `total`, that gave a figure; merges in any order.

    Raises ValueError where units differ.
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
        _require((self.given == 0) == (self.value is None), "given", "must be 0 iff not stated")

    @classmethod
    def empty(cls, unit: str) -> Self:
        """The sum of no parts. Nobody stated a figure: where none means 0, add an exact 0."""
        return cls(None, "not_stated", unit, 0, 0)

    @staticmethod
    @lru_cache(maxsize=4096)
    def of(quantity: Quantity) -> "Sum":
        """The same few are counted again and again."""
        given = int(quantity.value is not None)
        return Sum(quantity.value, quantity.qualifier, quantity.unit, given, 1)

    @staticmethod
    def from_json(data: Any) -> "Sum":
        """Read what `to_json` wrote; a value is taken in one form only."""
        found: Sum = _known(_sum, _parts(data, "value", "qualifier", "unit", "given", "total"))
        return found

    @classmethod
    def total_of(cls, quantities: Sequence[Quantity]) -> Self:
        """The sum of one quantity or more: what adding them one after the other gives, sooner."""
        unit = quantities[0].unit
        for quantity in quantities:
            _require(quantity.unit == unit, "unit", f"can't add {quantity.unit} to {unit}")
        values = [quantity.value for quantity in quantities if quantity.value is not None]
        qualifier = reduce(join_qualifiers, {quantity.qualifier for quantity in quantities})
        value = reduce(_EXACTLY.add, values) if values else None
        return cls(value, qualifier, unit, len(values), len(quantities))

    @classmethod
    def merged(cls, parts: Sequence["Sum"]) -> Self:
        """One part or more: what adding them one after the other gives, sooner."""
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


# A district has so many sums of its units and weeks; 1 and 1.0 aren't the same here.
@lru_cache(maxsize=16_384, typed=True)
def _sum(value: Any, qualifier: Any, unit: Any, given: Any, total: Any) -> Sum:
    return Sum(read_decimal(value), qualifier, unit, given, total)
