"""Decimals with exactly one form as text, and small enough that their sums are exact."""

import re
from decimal import Decimal
from functools import lru_cache

_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
MAX_DIGITS, MAX_PLACES = 30, 6


def decimal_text(value: Decimal) -> str:
    """The decimal as text, without exponent and trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def check_decimal(value: object) -> None:
    """Raise ValueError unless it is a finite Decimal of at least 0 and of a bounded size."""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError("value: must be a finite Decimal")
    if value.is_signed():
        raise ValueError("value: must not be below 0")
    if value.adjusted() >= MAX_DIGITS or int(value.as_tuple().exponent) < -MAX_PLACES:
        raise ValueError(f"value: at most {MAX_DIGITS} digits and {MAX_PLACES} decimal places")


@lru_cache(maxsize=4096)
def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def read_decimal(text: object) -> Decimal | None:
    """Text as written by `decimal_text`, or None → Decimal, or None. Raises ValueError."""
    if text is None:
        return None
    value = _decimal(text) if isinstance(text, str) else None
    if value is None:
        raise ValueError(f"value: must be null or a decimal like '2.5', not {text!r}")
    return value
