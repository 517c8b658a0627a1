"""The lowest and the highest value that a qualified quantity can mean, for plausibility rules.

Quantities are given as JSON, `{value, qualifier, …}`.
"""

from decimal import Decimal

from shared.domain.types import Json


def floor(quantity: Json) -> Decimal:
    """The lowest value that the quantity can mean."""
    unbounded = quantity["qualifier"] in ("at_most", "not_stated")
    return Decimal(0) if unbounded else Decimal(quantity["value"])


def ceiling(quantity: Json) -> Decimal:
    """The highest value that the quantity can mean; infinity unless it is exact or at_most."""
    bounded = quantity["qualifier"] in ("exact", "at_most")
    return Decimal(quantity["value"]) if bounded else Decimal("Infinity")


def surely_more(one: Json, other: Json) -> bool:
    """Whether `one` is more than `other` for every value that both can mean."""
    lowest, highest = floor(one), ceiling(other)
    return lowest > highest or (lowest == highest and one["qualifier"] == "over")
