"""Working days by China's real calendar: holidays, and the weekends worked in exchange.

The State Council announces the calendar by one notice a year. The library knows the notices up to
its release; later ones are entered (docs/how-to/enter-a-calendar-notice.md). Of a day that no known
notice decides, nobody knows whether it is a working day: Monday to Friday is only a guess, and what
was counted across such a day is provisional.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from chinese_calendar import holidays, workdays

from shared.domain.types import Json

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
# The New Year's holiday may begin in December, and be worked for on a weekend before it: the notice
# of the next year decides about the days from this one on. The earliest so far was the 29th.
_LAST_WEEK = (12, 25)


def notice_year(day: date) -> int:
    """The year of the notice that decides whether the day is a working day."""
    return day.year + ((day.month, day.day) >= _LAST_WEEK)


def first_decided(year: int) -> date:
    """The first day about which the notice of a year decides."""
    return date(year - 1, *_LAST_WEEK)


def last_decided(year: int) -> date:
    """The last day about which the notice of a year decides."""
    return date(year, *_LAST_WEEK) - _ONE_DAY


@dataclass(frozen=True)
class Notice:
    """One year's calendar: days `off`, and weekend days that are `worked`."""

    year: int
    off: frozenset[date]
    worked: frozenset[date]

    @classmethod
    def from_state(cls, state: Json) -> Self:
        """The notice of the state that `supervision.calendar.*` events carry."""
        ranges = [
            (date.fromisoformat(holiday["first"]), date.fromisoformat(holiday["last"]))
            for holiday in state["holidays"]
        ]
        off = frozenset(day for first, last in ranges for day in days_from(first, last))
        return cls(state["year"], off, frozenset(map(date.fromisoformat, state["working"])))

    def is_workday(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def differences(self, other: "Notice") -> list[date]:
        """The days that are working days by only one of the two notices, in order."""
        named = self.off | self.worked | other.off | other.worked
        return sorted(day for day in named if self.is_workday(day) != other.is_workday(day))


def days_from(first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, both included."""
    return (first + timedelta(days=after) for after in range((last - first).days + 1))


def _of_library() -> dict[int, Notice]:
    off: defaultdict[int, set[date]] = defaultdict(set)
    worked: defaultdict[int, set[date]] = defaultdict(set)
    for days, by_year in ((holidays, off), (workdays, worked)):
        for day in days:
            by_year[notice_year(day)].add(day)
    return {year: Notice(year, frozenset(off[year]), frozenset(worked[year])) for year in off}


# Year → its notice, as far as the library knows.
PUBLISHED = _of_library()


class Due(NamedTuple):
    """A due day: the `workdays`-th working day after the day `after`.

    It is provisional where the way to it crosses days that no known notice decides: `awaits` is the
    year of the first notice that is missing, None of a final day.
    """

    day: date
    awaits: int | None
    after: date
    workdays: int


class Calendar:
    """The working days by the library's notices and by those that were `entered`.

    Of a year that both have, the entered one holds: a person has checked it.
    """

    def __init__(self, entered: Iterable[Notice] = ()) -> None:
        self._notices = PUBLISHED | {notice.year: notice for notice in entered}

    @property
    def years(self) -> list[int]:
        """The years whose notices are known."""
        return sorted(self._notices)

    def known(self, day: date) -> bool:
        """Whether a known notice decides about the day."""
        return notice_year(day) in self._notices

    def is_workday(self, day: date) -> bool:
        """Whether the date is a working day; a guess where it isn't `known`. Raises TypeError for a
        datetime."""
        # A datetime is in no calendar, so a holiday would pass for a working day.
        if isinstance(day, datetime):
            raise TypeError("a working day is a date, not a datetime")
        notice = self._notices.get(notice_year(day))
        return notice.is_workday(day) if notice else day.weekday() < _SATURDAY

    def due(self, after: date, count: int) -> Due:
        """The `count`-th working day after `after`, and which notice it waits for. `after` itself
        for 0. Raises ValueError below 0."""
        day = self.add_workdays(after, count)
        unknown = (it for it in days_from(after + _ONE_DAY, day) if not self.known(it))
        first = next(unknown, None)
        return Due(day, notice_year(first) if first else None, after, count)

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; the day itself for 0. Raises ValueError below
        0."""
        if count < 0:
            raise ValueError(f"can't add {count} working days")
        while count:
            day += _ONE_DAY
            count -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """The number of working days after `start`, up to and including `end`.

        The inverse of `add_workdays`. Raises ValueError if `end` is before `start`.
        """
        if end < start:
            raise ValueError(f"{end} is before {start}")
        return sum(map(self.is_workday, days_from(start + _ONE_DAY, end)))
