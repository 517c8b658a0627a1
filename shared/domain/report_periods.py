"""The longer periods of which reports are made: months, half-years and years."""

import re
from calendar import monthrange
from datetime import date
from typing import Self

from shared.domain.periods import Period, Week

MONTHS_IN_HALF_YEAR = 6

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_HALF_YEAR = re.compile(r"([0-9]{4})-H([12])")
_YEAR = re.compile(r"([0-9]{4})")


def parse_period(text: str) -> Period:
    """2017-W06, 2017-02, 2017-H1 or 2017 → Week, Month, HalfYear or Year. Raises ValueError."""
    if match := _MONTH.fullmatch(text):
        return Month(int(match[1]), int(match[2]))
    if match := _HALF_YEAR.fullmatch(text):
        return HalfYear(int(match[1]), int(match[2]))
    if match := _YEAR.fullmatch(text):
        return Year(int(match[1]))
    if "W" in text:
        return Week.parse(text)
    raise ValueError(f"not a period like 2017-W06, 2017-02, 2017-H1 or 2017: {text!r}")


class Month(Period):
    """A calendar month."""

    __slots__ = ()

    def _require_existing(self) -> None:
        if not 1 <= self.number <= 12:
            raise ValueError(f"there is no month {self.number}")

    @classmethod
    def of_day(cls, day: date) -> Self:
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def ordinal(self) -> int:
        return self.year * 12 + self.number


class HalfYear(Period):
    """January to June, or July to December."""

    __slots__ = ()

    def _require_existing(self) -> None:
        if self.number not in (1, 2):
            raise ValueError(f"there is no half-year {self.number}")

    @classmethod
    def of_day(cls, day: date) -> Self:
        return cls(day.year, 1 if day.month <= MONTHS_IN_HALF_YEAR else 2)

    def __str__(self) -> str:
        return f"{self.year:04}-H{self.number}"

    @property
    def first_day(self) -> date:
        return date(self.year, 1 if self.number == 1 else MONTHS_IN_HALF_YEAR + 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 6, 30) if self.number == 1 else date(self.year, 12, 31)

    @property
    def ordinal(self) -> int:
        return self.year * 2 + self.number


class Year(Period):
    """A calendar year."""

    __slots__ = ()

    def _require_existing(self) -> None:
        if self.number:
            raise ValueError("a year has no number beside it")

    @classmethod
    def of_day(cls, day: date) -> Self:
        return cls(day.year)

    def __str__(self) -> str:
        return f"{self.year:04}"

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 12, 31)

    @property
    def ordinal(self) -> int:
        return self.year
