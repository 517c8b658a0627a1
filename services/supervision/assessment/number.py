"""Numbers of a rubric's file, and points."""

import re
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from marshmallow import fields

from shared.contracts.fields import DECIMAL, Said
from shared.domain.decimals import decimal_text
from shared.domain.types import Json

# Points are rounded to hundredths.
PLACES = 2


class Number(Said, fields.Field[Decimal]):
    """A whole number, or a decimal that YAML leaves as text, with at most `places` decimal places;
    at least 0, and above 0 if `positive`."""

    def __init__(self, places: int = 6, positive: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places, self.positive = places, positive

    @property
    def example(self) -> str:
        return "2.5"

    def wanted(self) -> str:
        least = "above 0" if self.positive else "of at least 0"
        form = f"a number {least} with at most {self.places} decimal places and no extra zeros"
        return f"{form}, such as {self.example}"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Decimal:
        text = str(value) if type(value) is int else value
        if not isinstance(text, str) or not re.fullmatch(DECIMAL, text):
            raise self.make_error("invalid")
        number = Decimal(text)
        if int(number.as_tuple().exponent) < -self.places or (self.positive and not number):
            raise self.make_error("invalid")
        return number

    def _jsonschema_type_mapping(self) -> Json:
        return {"type": ["integer", "string"]}


class Points(Number):
    """A number of points: no finer than those of a score."""

    def __init__(self, positive: bool = False, **kwargs: Any) -> None:
        super().__init__(PLACES, positive, **kwargs)


def rounded(value: Fraction, places: int = PLACES) -> Fraction:
    """Rounded to so many decimal places; a value in the middle is rounded up."""
    return Fraction(_units(value, places), 10**places)


def text(value: Fraction, places: int = PLACES) -> str:
    """The rounded value as text."""
    return decimal_text(Decimal(f"{_units(value, places)}E-{places}"))


def _units(value: Fraction, places: int) -> int:
    scale: int = 10**places
    return floor(value * scale + Fraction(1, 2))
