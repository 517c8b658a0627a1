"""How a subject stood at a period's end. Corrections are applied before events are put in periods.

A correction restates what earlier events stated, perhaps for another period, and replaces them. The
figures follow the same rule, each for the events that feed it.
"""

from collections.abc import Iterable

from services.supervision.indicators.reporting import BEGINS, RESTATED
from shared.contracts.event_times import period_of
from shared.contracts.reports import is_void
from shared.domain.periods import Period
from shared.domain.types import Event

# A finding's correction corrects its report, whatever has become of the finding since. Of the
# correction's data only these fields are used.
FINDING = "supervision.finding"
OF_THE_REPORT = ("kind", "what", "asset", "patrol", "reported_on", "repeat_of")

# Arrangements between relief and volunteering, which don't change how an order stands.
ARRANGEMENTS = ("helpers_asked", "helpers_found")
# Personal data was deleted in the owning service: of what is reported nothing has changed.
ERASED = "erased"
UNREPORTED = (*ARRANGEMENTS, ERASED)


def precedence(event: Event) -> tuple[int, str]:
    """The event with the highest precedence decides for its subject. The id settles ties, which
    valid events don't have."""
    return event["subjectsequence"], event["id"]


def entity_of(event: Event) -> str:
    return str(event["type"].rsplit(".", 1)[0])


def as_of(events: Iterable[Event], period: Period) -> Event | None:
    """The event that states how the subject stood at the period's end.

    None where the subject didn't exist by then, according to the corrections known now.
    """
    still = [event for event in apply_corrections(events) if _verb(event) not in UNREPORTED]
    before = [event for event in still if period_of(event, type(period)) <= period]
    if not before or not _reported_by(still, period):
        return None
    last = max(before, key=precedence)
    return None if last["data"].get("withdrawn") else last


def since_corrected(events: Iterable[Event]) -> list[Event]:
    """The events of what stands for some time, without those that a correction replaces: the last
    beginning before it, and all that followed. In order of entry."""
    ordered = sorted(events, key=precedence)
    if not any(event["type"].endswith(".corrected") for event in ordered):
        return ordered
    kept: list[Event] = []
    for event in ordered:
        if kept and kept[-1]["id"] == event["id"]:
            # Given twice: as a correction it would replace more.
            continue
        if _verb(event) == "corrected":
            begins = (BEGINS.get(entity_of(event)), "corrected")
            while kept and _verb(kept.pop()) not in begins:
                pass
        kept.append(event)
    return kept


def apply_corrections(events: Iterable[Event]) -> list[Event]:
    """The subject's events that no correction has replaced, in order, with corrected data."""
    ordered = sorted(events, key=precedence)
    corrections = [event for event in ordered if _verb(event) == "corrected"]
    if not corrections:
        return ordered
    last = corrections[-1]
    if entity_of(last) in BEGINS:
        return since_corrected(ordered)
    if entity_of(last) == FINDING and is_taken_back([last]):
        return [event for event in ordered if precedence(event) >= precedence(last)]
    restated = ("corrected", *RESTATED.get(entity_of(last), ()))
    kept = [
        event
        for event in ordered
        if _verb(event) not in restated or precedence(event) > precedence(last)
    ]
    if entity_of(last) != FINDING:
        return sorted([*kept, last], key=precedence)
    return _as_corrected(ordered, kept, last)


def is_taken_back(events: Iterable[Event]) -> bool:
    """Was the whole subject withdrawn, voided or marked a duplicate?"""
    return is_void(max(events, key=precedence)["data"])


def _as_corrected(ordered: list[Event], kept: list[Event], correction: Event) -> list[Event]:
    """A finding's corrected report, and its later events with the corrected parts."""
    report = next((event for event in ordered if _verb(event) == "reported"), correction)
    parts = {name: correction["data"][name] for name in OF_THE_REPORT}
    when = {name: correction[name] for name in ("time", "timeprecision")}
    return [
        report | when | {"data": report["data"] | parts},
        *(event | {"data": event["data"] | parts} for event in kept),
    ]


def _reported_by(still: list[Event], period: Period) -> bool:
    """Was the finding reported by the period's end? A correction may have moved its report, and
    then earlier events of it don't count."""
    first = min(still, key=precedence)
    return entity_of(first) != FINDING or period_of(first, type(period)) <= period


def _verb(event: Event) -> str:
    return str(event["type"].rsplit(".", 1)[1])
