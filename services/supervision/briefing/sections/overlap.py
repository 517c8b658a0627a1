"""Occasions that several services report: each is counted once, and the overlap is shown."""

from collections import defaultdict

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.rows import (
    Words,
    in_order,
    joined,
    named,
    pair,
    plain,
    unit_name,
)
from shared.contracts.events.relief import ORDER_CATEGORIES
from shared.domain.service_names import NAMES
from shared.domain.types import Event, Json
from shared.domain.wording import both

# The indicators that count occasions of which an activity may be part.
OCCASIONS = ("relief.orders_delivered", "clinics.clinics_held", "jobfairs.fairs_held")
ACTIVITIES = "volunteering.activities_completed"


def overlap(week: FoldedWeek) -> Json:
    """The occasions of the week that are reported more than once.

    Events belong to one occasion where they have the same `activity_key`, or where the key of one
    is the id of another.
    """
    reported = [event for code in (*OCCASIONS, ACTIVITIES) for event in week.counted_events(code)]
    occasions: defaultdict[str, list[Event]] = defaultdict(list)
    for event in sorted(reported, key=_time_and_place):
        occasions[_occasion(event)].append(event)
    shared = [events for events in occasions.values() if len(events) > 1]
    return {
        "rows": in_order([_row(week, events) for events in shared], "orgunit"),
        "told": len(reported),
        "occasions": len(occasions),
    }


def _occasion(event: Event) -> str:
    """The key of its occasion: its own id where it has none, which others then use as their key."""
    key: str = event["data"].get("activity_key") or event["subject"]
    return key


def _time_and_place(event: Event) -> tuple[str, str, str]:
    return event["time"], event["orgunit"], _what(event)["zh"]


def _what(event: Event) -> Words:
    data = event["data"]
    if "name" in data:
        return both(data["name"])
    return plain(data["venue"]) if "venue" in data else named(ORDER_CATEGORIES, data["category"])


def _row(week: FoldedWeek, events: list[Event]) -> Json:
    names = sorted((_name(event) for event in events), key=lambda words: words["zh"])
    first = min(events, key=_time_and_place)
    return {
        "orgunit": first["orgunit"],
        "unit": unit_name(week, first["orgunit"]),
        "said": joined(*names, mark=plain(" = ")),
    }


def _name(event: Event) -> Words:
    service = event["type"].split(".", 1)[0]
    return joined(pair(*NAMES[service]), _what(event), mark=plain(" "))
