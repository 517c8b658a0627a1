"""Weeks, and instants as text, in the programme's time zone. Longer periods: report_periods.py."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Self, TypeVar
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# How precisely the time of a fact is known; its instant is the start of that interval.
PRECISIONS = ("second", "part_of_day", "day", "week")

# The hours at which morning, afternoon and evening end.
PARTS_OF_DAY_END = (12, 18, 24)

# Before 1901 the zone's offset isn't in whole minutes, which RFC 3339 can't write. After the last
# year there must be room for one more week and its end.
FIRST_YEAR, LAST_YEAR = 1902, 9997

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def _require_known_year(year: int, last: int = LAST_YEAR) -> None:
    if not FIRST_YEAR <= year <= last:
        raise ValueError(f"the year {year} is outside {FIRST_YEAR} to {last}")


def _require_offset(instant: datetime) -> None:
    if instant.utcoffset() is None:
        raise ValueError(f"{instant} has no offset from UTC")


def parse_instant(text: str) -> datetime:
    """RFC 3339 text with an offset → aware datetime with that offset. Raises ValueError."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"not an instant like 2017-02-06T09:30:00+08:00: {text!r}")
    instant = datetime.fromisoformat(text)
    if not FIRST_YEAR < instant.year < LAST_YEAR:
        _require_known_year(instant.year)
        # It is stored in the programme's zone, where it may be in another year.
        _require_known_year(instant.astimezone(SHANGHAI).year)
    return instant


def parse_day(text: str) -> date:
    """A calendar date → `date`. Raises ValueError."""
    day = date.fromisoformat(text)
    _require_known_year(day.year)
    return day


def format_instant(instant: datetime) -> str:
    """An aware datetime as RFC 3339 text in the programme's zone, the only form that is written.

    Microseconds are written only if they aren't 0. Raises ValueError for a naive datetime.
    """
    _require_offset(instant)
    _require_known_year(instant.year)
    return instant.astimezone(SHANGHAI).isoformat()


@dataclass(frozen=True, order=True, slots=True)
class Period(ABC):
    """An interval of whole days that a report is made of: a week, a month, a half-year or a year.

    Periods of one kind are in an order, and follow each other without a gap. Raises ValueError for
    one that doesn't exist.
    """

    year: int
    # Which one of the year.
    number: int = 0

    def __post_init__(self) -> None:
        _require_known_year(self.year, LAST_YEAR + 1)
        self._require_existing()

    @abstractmethod
    def _require_existing(self) -> None:
        """Raise ValueError where the year has no such period."""

    @classmethod
    @abstractmethod
    def of_day(cls, day: date) -> Self:
        """The period that a calendar date is in."""

    @classmethod
    def of(cls, instant: datetime) -> Self:
        """The period of an aware datetime. Raises ValueError for a naive one."""
        _require_offset(instant)
        _require_known_year(instant.year)
        return cls.of_day(instant.astimezone(SHANGHAI).date())

    @classmethod
    def of_week(cls, week: "Week") -> Self:
        """The period to which a week belongs as a whole: that of its Thursday."""
        return cls.of_day(week.first_day + timedelta(days=3))

    def weeks(self) -> list["Week"]:
        """The weeks that belong to the period, in order."""
        return [week for week in self.weeks_touched() if self.of_week(week) == self]

    def weeks_touched(self) -> list["Week"]:
        """The weeks of its days, in order."""
        weeks = [Week.of_day(self.first_day)]
        while weeks[-1].last_day < self.last_day:
            weeks.append(weeks[-1].next())
        return weeks

    @property
    @abstractmethod
    def first_day(self) -> date: ...

    @property
    @abstractmethod
    def last_day(self) -> date: ...

    @property
    def start(self) -> datetime:
        return _midnight(self.first_day)

    @property
    def end(self) -> datetime:
        """The first instant after the period."""
        return _end_of_day(self.last_day)

    @property
    def cutoff(self) -> datetime:
        """The cut-off, when its report is drafted: Monday noon after the week of its last day. So
        everything is in that is known only to a week, and that a briefing has."""
        return _end_of_day(Week.of_day(self.last_day).last_day).replace(hour=12)

    @property
    @abstractmethod
    def ordinal(self) -> int:
        """Its place in the order of its kind; the next one has the next number."""

    def contains(self, instant: datetime) -> bool:
        _require_offset(instant)
        # Two datetimes of one zone are compared by local time, which isn't unique when clocks go
        # back.
        return self.start.astimezone(UTC) <= instant.astimezone(UTC) < self.end.astimezone(UTC)

    @lru_cache(maxsize=4096)  # noqa: B019
    def next(self) -> Self:
        return self.of_day(self.last_day + timedelta(days=1))

    def previous(self) -> Self:
        return self.of_day(self.first_day - timedelta(days=1))


class Week(Period):
    """An ISO week, Monday 00:00 to Monday 00:00."""

    __slots__ = ()

    def _require_existing(self) -> None:
        try:
            date.fromisocalendar(self.year, self.number, 1)
        except ValueError as error:
            raise ValueError(f"{self.year} has no week {self.number}") from error

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read text of the form 2017-W06. Raises ValueError."""
        match = _WEEK.fullmatch(text)
        if not match:
            raise ValueError(f"not an ISO week like 2017-W06: {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of_day(cls, day: date) -> Self:
        year, week, _ = day.isocalendar()
        return cls(year, week)

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

    @property
    def first_day(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return date.fromisocalendar(self.year, self.number, 7)

    @property
    def ordinal(self) -> int:
        return self.last_day.toordinal() // 7


AnyPeriod = TypeVar("AnyPeriod", bound=Period)


def start_of_day(day: date) -> datetime:
    """The first instant of a calendar day."""
    return _midnight(day)


def interval_end(start: datetime, precision: str) -> datetime:
    """The first instant after the interval that begins at `start` and is as long as the precision
    says; `start` itself for an instant."""
    if precision == "second":
        return start
    if precision == "week":
        return Week.of(start).end
    local = start.astimezone(SHANGHAI)
    end = 24 if precision == "day" else next(h for h in PARTS_OF_DAY_END if local.hour < h)
    midnight = _midnight(local.date() + timedelta(days=end // 24))
    return midnight.replace(hour=end % 24)


@lru_cache(maxsize=4096)
def _end_of_day(day: date) -> datetime:
    return _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
