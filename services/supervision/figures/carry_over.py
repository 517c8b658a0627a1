"""Which subjects a briefing reports although nothing happened to them in its week.

The result is stored beside the facts, so that a week can be drafted without reading all of them.
"""

from collections.abc import Sequence

from services.supervision.figures.as_of import as_of, entity_of
from services.supervision.indicators.reporting import ALWAYS, CARRIED_OVER
from shared.contracts.event_times import week_of
from shared.domain.types import Event


def may_carry_over(events: Sequence[Event]) -> bool:
    """May the subject concern weeks in which nothing happened to it?"""
    entity = entity_of(events[0])
    return entity in CARRIED_OVER or entity in ALWAYS


def concerns_every_week(events: Sequence[Event]) -> bool:
    return entity_of(events[0]) in ALWAYS


def carried_weeks(events: Sequence[Event]) -> list[list[str | None]]:
    """[first, until] pairs: the subject is carried over from week `first` until before `until`.

    `until` is None while that goes on.
    """
    entity = entity_of(events[0])
    if entity not in CARRIED_OVER or not any(_is_carried(entity, event) for event in events):
        return []
    found: list[list[str | None]] = []
    was_carried = False
    for week in sorted({week_of(event) for event in events}):
        last = as_of(events, week)
        carried = last is not None and _is_carried(entity, last)
        if carried and not was_carried:
            found.append([str(week), None])
        elif was_carried and not carried:
            found[-1][1] = str(week)
        was_carried = carried
    return found


def _is_carried(entity: str, last: Event) -> bool:
    statuses = CARRIED_OVER[entity]
    return statuses is None or last["data"].get("status") in statuses
