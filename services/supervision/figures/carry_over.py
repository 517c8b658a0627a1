"""What is kept beside the facts, so that a week can be drafted without reading all of them: which
subjects stand or are still told of, and from which week until before which."""

from services.supervision.briefing.week import REGISTRY, STILL_TOLD
from services.supervision.figures.as_of import as_of, entity_of
from services.supervision.indicators import FED_BY
from shared.contracts.envelope import week_of
from shared.contracts.events import EVENT_TYPES

# What concerns every week, whenever it happened.
ALWAYS = (REGISTRY, "supervision.reporter")

# Event types that a cell or a subject is kept up to date by.
REMEMBERED = frozenset(
    name
    for name in EVENT_TYPES
    if name in FED_BY or name.rsplit(".", 1)[0] in (*STILL_TOLD, *ALWAYS)
)


def may_be_told(events):
    """Is it one of those that may concern weeks in which nothing happened to them?"""
    entity = entity_of(events[0])
    return entity in STILL_TOLD or entity in ALWAYS


def concerns_every_week(events):
    return entity_of(events[0]) in ALWAYS


def told_weeks(events):
    """[first, until] pairs of weeks in which the subject is told of though nothing happened to it;
    `until` is None while that goes on."""
    entity = entity_of(events[0])
    if entity not in STILL_TOLD or not any(_still(entity, event) for event in events):
        return []
    found, told = [], False
    for week in sorted({week_of(event) for event in events}):
        last = as_of(events, week)
        still = last is not None and _still(entity, last)
        if still and not told:
            found.append([str(week), None])
        elif told and not still:
            found[-1][1] = str(week)
        told = still
    return found


def _still(entity, last):
    statuses = STILL_TOLD[entity]
    return statuses is None or last["data"].get("status") in statuses
