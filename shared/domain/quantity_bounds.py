"""What a qualified figure may mean at least and at most: for rules of plausibility.

A quantity is taken as JSON, `{value, qualifier, …}`.
"""

from decimal import Decimal

from shared.domain.types import Json


def floor(quantity: Json) -> Decimal:
    """The least that the figure may mean."""
    unbounded = quantity["qualifier"] in ("at_most", "not_stated")
    return Decimal(0) if unbounded else Decimal(quantity["value"])


def ceiling(quantity: Json) -> Decimal:
    """The most that the figure may mean: only exact and at most have one."""
    bounded = quantity["qualifier"] in ("exact", "at_most")
    return Decimal(quantity["value"]) if bounded else Decimal("Infinity")


def surely_more(one: Json, other: Json) -> bool:
    """Is one figure more than the other, whatever both may mean?"""
    least, most = floor(one), ceiling(other)
    return least > most or (least == most and one["qualifier"] == "over")
