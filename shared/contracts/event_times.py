"""When an event happened: its instant, and the week or the longer period that it belongs to."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from shared.domain.periods import AnyPeriod, Period, Week, parse_day, parse_instant
from shared.domain.types import Event


def happened(event: Event, attribute: str = "time") -> datetime:
    """The event's `time`, or its `recordedtime`, as an aware datetime."""
    return parse_instant(event[attribute])


def in_time(events: Collection[Event], then: Callable[[Event], Any]) -> list[Event]:
    """The events in the order of their times, those of one instant in the order of `then`."""
    # As text the times of one zone have the same order, and needn't be parsed.
    plain = all(_is_plain(event["time"]) for event in events)
    time = itemgetter("time") if plain else happened
    return sorted(events, key=lambda event: (time(event), then(event)))


def period_of(event: Event, kind: type[AnyPeriod]) -> AnyPeriod:
    """The period of this kind in which the event happened.

    What is known only to its week is, as a whole, in the longer period of that week's Thursday.
    """
    if kind is Week:
        return cast(AnyPeriod, week_of(event))
    if event["timeprecision"] == "week":
        return kind.of_week(week_of(event))
    return _period_at(event["time"], kind)


def week_of(event: Event) -> Week:
    """The week in which the event happened."""
    return week_at(event["time"])


def week_at(time: str) -> Week:
    """The week of an instant that is given as text."""
    if _is_plain(time):
        return _week_of_day(time[:10])
    return Week.of(parse_instant(time))


def week_name(time: str) -> str:
    """As `week_at`, with the week as text too."""
    if _is_plain(time):
        return _name_of_week(time[:10])
    return str(Week.of(parse_instant(time)))


def _is_plain(time: str) -> bool:
    """Whether the text begins with the local date. Until 1991 the zone had summer times."""
    return time.endswith("+08:00") and time[:4] >= "1992"


def _period_at(time: str, kind: type[AnyPeriod]) -> AnyPeriod:
    if _is_plain(time):
        return cast(AnyPeriod, _period_of_day(time[:10], kind))
    return kind.of(parse_instant(time))


@lru_cache(maxsize=4096)
def _period_of_day(text: str, kind: type[Period]) -> Period:
    return kind.of_day(parse_day(text))


@lru_cache(maxsize=4096)
def _week_of_day(text: str) -> Week:
    return Week.of_day(parse_day(text))


@lru_cache(maxsize=4096)
def _name_of_week(text: str) -> str:
    return str(_week_of_day(text))
