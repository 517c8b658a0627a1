"""The RPC methods of the calendar, which supervision answers."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from shared.contracts.events.calendar import MOST_HOLIDAYS, MOST_WORKING, CalendarState, Holiday
from shared.contracts.fields import (
    Day,
    Flag,
    Many,
    Part,
    Text,
    Whole,
)
from shared.contracts.rpc.declare import (
    Arguments,
    Changed,
    CommandSchema,
    Query,
    create,
    query,
)
from shared.domain.types import Json
from shared.domain.workdays import days_from, first_decided, last_decided

# Before the first year there were other holidays; a year after the last one is a slip.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# The longest so far had ten days.
LONGEST_HOLIDAY = timedelta(days=15)
# Days that are holidays in every year: (month, day).
ALWAYS_OFF = ((1, 1), (5, 1), (10, 1))
_SATURDAY = 5


class NewHoliday(Holiday, Arguments):
    """A holiday from `first` to `last`, both included."""


class AnnounceCalendar(CommandSchema):
    """`working` are the weekend days that are worked in exchange. With `correct`, the notice may
    contradict one that is known; then a `reason` is needed."""

    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, required=True)
    holidays = Many(Part(NewHoliday), required=True, least=1, most=MOST_HOLIDAYS)
    working = Many(Day(), required=True, most=MOST_WORKING)
    document = Text(load_default=None)
    correct = Flag(load_default=False)
    reason = Text(load_default=None)

    @validates_schema
    def _a_calendar(self, data: Json, **_: Any) -> None:
        if data["correct"] and not data["reason"]:
            raise ValidationError({"reason": ["Must be given with correct, such as 更正通知."]})
        problems = {
            "holidays": list(_problems_of_holidays(data["year"], data["holidays"])),
            "working": list(_problems_of_working(data["year"], data["holidays"], data["working"])),
        }
        found = {name: texts for name, texts in problems.items() if texts}
        if found:
            raise ValidationError(found)


def _problems_of_holidays(year: int, holidays: list[Json]) -> Iterator[str]:
    seen: set[date] = set()
    for holiday in holidays:
        name, first, last = holiday["name"], holiday["first"], holiday["last"]
        if not first <= last <= first + LONGEST_HOLIDAY:
            yield f"Must be last days up to 15 days after the first, such as {first}: {name}."
            continue
        days = set(days_from(first, last))
        if not (first_decided(year) <= first and last <= last_decided(year)):
            yield f"{_wanted(year)}: {name}."
        if both := seen & days:
            yield f"Must be days that no other holiday has, such as {last}: {name}, {min(both)}."
        seen |= days
    for month, day in ALWAYS_OFF:
        if date(year, month, day) not in seen:
            yield f"Must be all holidays of the year, such as {date(year, month, day)}."


def _problems_of_working(year: int, holidays: list[Json], working: list[date]) -> Iterator[str]:
    off = {it for holiday in holidays for it in days_from(holiday["first"], holiday["last"])}
    for day in working:
        if not first_decided(year) <= day <= last_decided(year):
            yield f"{_wanted(year)}: {day}."
        elif day.weekday() < _SATURDAY:
            yield f"Must be Saturdays or Sundays, such as 2017-02-04: {day}."
        elif day in off:
            yield f"Must be days that are no holidays, such as 2017-02-04: {day}."
    if len(set(working)) < len(working):
        yield f"Must be days that differ, such as {working[0]}."


def _wanted(year: int) -> str:
    first, last = first_decided(year), last_decided(year)
    return f"Must be days from {first} to {last}, such as {date(year, 1, 1)}"


class KnownNotice(Schema):
    state = fields.Nested(CalendarState, required=True)
    version = Whole(least=1, required=True)


METHODS = {
    "announce_calendar": create(AnnounceCalendar, Changed),
    "calendar": query(Query, Many(fields.Nested(KnownNotice), most=None)),
}
