"""How a subject stood at a week's end, by its events: corrections decide before weeks do.

A correction says again what an earlier event said, and may say it of another week: whatever was
said before it no longer stands. This is what the figures go by as well, each for its own events.
"""

from collections.abc import Iterable

from services.supervision.indicators.reporting import RESTATED
from shared.contracts.envelope import week_of
from shared.domain.periods import Period
from shared.domain.types import Event

# A finding's correction is of its report, whatever became of it since; these are taken out of it.
FINDING = "supervision.finding"
OF_THE_REPORT = ("kind", "what", "asset", "patrol", "reported_on", "repeat_of")
# Taken back: it never was.
TAKEN_BACK = ("withdrawn", "voided", "duplicate")

# What relief and volunteering arrange between them moves no order.
ASIDE = ("helpers_asked", "helpers_found")


def rank(event: Event) -> tuple[int, str]:
    """Among events of one subject the highest decides; the id only settles impossible ties."""
    return event["subjectsequence"], event["id"]


def entity_of(event: Event) -> str:
    return str(event["type"].rsplit(".", 1)[0])


def as_of(events: Iterable[Event], week: Period) -> Event | None:
    """The event that says how the subject stood at the week's end; None where it wasn't there yet,
    or by what is known now never was there then."""
    still = [event for event in standing(events) if _verb(event) not in ASIDE]
    before = [event for event in still if week_of(event) <= week]
    if not before or not _reported_by(still, week):
        return None
    return max(before, key=rank)


def standing(events: Iterable[Event]) -> list[Event]:
    """The subject's events that no correction has replaced, in order, each as corrected."""
    ordered = sorted(events, key=rank)
    corrections = [event for event in ordered if _verb(event) == "corrected"]
    if not corrections:
        return ordered
    last = corrections[-1]
    if entity_of(last) == FINDING and never_was([last]):
        return [event for event in ordered if rank(event) >= rank(last)]
    again = ("corrected", *RESTATED.get(entity_of(last), ()))
    kept = [event for event in ordered if _verb(event) not in again or rank(event) > rank(last)]
    if entity_of(last) != FINDING:
        return sorted([*kept, last], key=rank)
    return _as_corrected(ordered, kept, last)


def never_was(events: Iterable[Event]) -> bool:
    """Was all of it taken back?"""
    state = max(events, key=rank)["data"]
    return state.get("status") in TAKEN_BACK or state.get("withdrawn") is True


def _as_corrected(ordered: list[Event], kept: list[Event], correction: Event) -> list[Event]:
    """A finding's report as corrected, and what became of it."""
    report = next((event for event in ordered if _verb(event) == "reported"), correction)
    parts = {name: correction["data"][name] for name in OF_THE_REPORT}
    when = {name: correction[name] for name in ("time", "timeprecision")}
    return [
        report | when | {"data": report["data"] | parts},
        *(event | {"data": event["data"] | parts} for event in kept),
    ]


def _reported_by(still: list[Event], week: Period) -> bool:
    """A finding that was reported later, as corrected, can't have been closed before."""
    first = min(still, key=rank)
    return entity_of(first) != FINDING or week_of(first) <= week


def _verb(event: Event) -> str:
    return str(event["type"].rsplit(".", 1)[1])
