"""What is kept beside the facts, so that a week can be drafted without reading all of them: which
subjects stand or are still told of, and from which week until before which."""

from services.supervision.figures.as_of import as_of, entity_of
from services.supervision.indicators.reporting import ALWAYS, CARRIED_OVER
from shared.contracts.envelope import week_of


def may_carry_over(events):
    """Is it one of those that may concern weeks in which nothing happened to them?"""
    entity = entity_of(events[0])
    return entity in CARRIED_OVER or entity in ALWAYS


def concerns_every_week(events):
    return entity_of(events[0]) in ALWAYS


def carried_weeks(events):
    """[first, until] pairs of weeks in which the subject is told of though nothing happened to it;
    `until` is None while that goes on."""
    entity = entity_of(events[0])
    if entity not in CARRIED_OVER or not any(_still(entity, event) for event in events):
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
    statuses = CARRIED_OVER[entity]
    return statuses is None or last["data"].get("status") in statuses
