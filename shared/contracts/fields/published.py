"""JSON Schema of a text, and what the services check of it beyond that.

A published schema has to give the same verdict in every validator. What no portable pattern can say
is checked by the services alone: by a `format`, which is an annotation in draft 2020-12. The
formats of our own, those that begin with OWN, are left out of what is published.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.contracts.fields.forms import PLAIN, PRINTABLE
from shared.domain.periods import FIRST_YEAR, LAST_YEAR, Period, parse_day, parse_instant
from shared.domain.report_periods import parse_period
from shared.domain.types import Json

OWN = "warm-"
WEEK_FORMAT, MONTH_FORMAT, PERIOD_FORMAT = f"{OWN}week", f"{OWN}month", f"{OWN}period"
HALF_YEAR_FORMAT, YEAR_FORMAT = f"{OWN}half-year", f"{OWN}year"
PLAIN_FORMAT, PRINTABLE_FORMAT = f"{OWN}plain", f"{OWN}printable"

# In Python `$` matches before a line break at the end too: no control character is allowed anyway.
_CONTROL = {"type": "string", "pattern": r"[\x00-\x1f\x7f]"}
# Anything but a space and control characters.
SOMETHING = r"[^\x00-\x20\x7f]"


def text_of(pattern: str) -> Json:
    """The JSON Schema of a text that is of the pattern as a whole."""
    return {"type": "string", "pattern": f"^(?:{pattern})$", "not": _CONTROL}


def plain_text(longest: int) -> Json:
    """That of printable text that isn't blank."""
    limits = {"maxLength": longest, "pattern": SOMETHING, "format": PLAIN_FORMAT}
    return {"type": "string", "not": _CONTROL} | limits


def printable_text(longest: int) -> Json:
    """That of printable text that isn't empty."""
    limits = {"minLength": 1, "maxLength": longest, "format": PRINTABLE_FORMAT}
    return {"type": "string", "not": _CONTROL} | limits


def parse_reported(text: str) -> Period:
    """A period of a report that has one before it and one after it. Raises ValueError."""
    period = parse_period(text)
    if not FIRST_YEAR < period.year <= LAST_YEAR:
        raise ValueError(f"the year is outside {FIRST_YEAR + 1} to {LAST_YEAR}")
    return period


def _of(pattern: str) -> Callable[[str], object]:
    match = re.compile(rf"(?:{pattern})\Z").match

    def read(text: str) -> object:
        if not match(text):
            raise ValueError(text)
        return text

    return read


@dataclass(frozen=True)
class Beyond:
    """What the services refuse though the published schema takes it: in words, and examples."""

    refused: str
    examples: tuple[Any, ...]


@dataclass(frozen=True)
class Check:
    """What the services check of a text of a format. `read` raises ValueError."""

    read: Callable[[str], object]
    beyond: Beyond


_YEARS = f"a year outside {FIRST_YEAR} to {LAST_YEAR}"
_REPORTED = f"a year outside {FIRST_YEAR + 1} to {LAST_YEAR}"
_WEEK_53 = "week 53 of a year with 52 weeks"
_SURROGATE = "a lone surrogate, which UTF-8 can't hold"
CHECKS = {
    "date": Check(
        parse_day,
        Beyond(f"a day that doesn't exist; {_YEARS}", ("2017-02-30", "2017-02-29", "0001-01-01")),
    ),
    "date-time": Check(
        parse_instant,
        Beyond(f"a day that doesn't exist; {_YEARS}", ("2017-02-30T09:30:00+08:00",)),
    ),
    WEEK_FORMAT: Check(
        parse_reported, Beyond(f"{_WEEK_53}; {_REPORTED}", ("2017-W53", "1902-W06"))
    ),
    MONTH_FORMAT: Check(parse_reported, Beyond(_REPORTED, ("1902-06",))),
    HALF_YEAR_FORMAT: Check(parse_reported, Beyond(_REPORTED, ("1902-H1",))),
    YEAR_FORMAT: Check(parse_reported, Beyond(_REPORTED, ("1902",))),
    PERIOD_FORMAT: Check(
        parse_reported, Beyond(f"{_WEEK_53}; {_REPORTED}", ("2017-W53", "1902-W06", "1902"))
    ),
    PLAIN_FORMAT: Check(
        _of(PLAIN),
        Beyond(f"nothing but blanks, of other kinds than U+0020; {_SURROGATE}", ("\u3000", "\xa0")),
    ),
    PRINTABLE_FORMAT: Check(_of(f"{PRINTABLE}+"), Beyond(_SURROGATE, ("\ud800",))),
}
# JSON Schema takes 1.0 for an integer.
FRACTION = Beyond("a whole number that is written with a fraction", (1.0,))
# A text as an argument is read without the characters that nobody sees (visible_text.py).
INVISIBLE = Beyond("as an argument: nothing but characters that nobody sees", ("\u200b",))
