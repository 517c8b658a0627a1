"""Occasions that several tell of: each is counted once, and shown."""

from collections import defaultdict

from services.supervision.briefing.sections.rows import (
    both,
    in_order,
    joined,
    named,
    pair,
    plain,
    unit_name,
)
from shared.contracts.events.relief import ORDER_CATEGORIES
from shared.domain.service_names import NAMES

# What an activity may be part of: the indicators that count occasions.
OCCASIONS = ("relief.orders_delivered", "clinics.clinics_held", "jobfairs.fairs_held")
ACTIVITIES = "volunteering.activities_completed"


def overlap(week):
    """What is of one occasion: things of the week with one `activity_key`, or with the id of one of
    them as their key. Each occasion is one, however many tell of it."""
    told = [event for code in (*OCCASIONS, ACTIVITIES) for event in week.events_of(code)]
    occasions = defaultdict(list)
    for event in sorted(told, key=_time_and_place):
        occasions[_occasion(event)].append(event)
    shared = [events for events in occasions.values() if len(events) > 1]
    return {
        "rows": in_order([_row(week, events) for events in shared], "orgunit"),
        "told": len(told),
        "occasions": len(occasions),
    }


def _occasion(event):
    """Its key, or its own id, which is the key of what others do for it."""
    return event["data"].get("activity_key") or event["subject"]


def _time_and_place(event):
    return event["time"], event["orgunit"], _what(event)["zh"]


def _what(event):
    data = event["data"]
    if "name" in data:
        return both(data["name"])
    return plain(data["venue"]) if "venue" in data else named(ORDER_CATEGORIES, data["category"])


def _row(week, events):
    told = sorted((_said(event) for event in events), key=lambda words: words["zh"])
    first = min(events, key=_time_and_place)
    return {
        "orgunit": first["orgunit"],
        "unit": unit_name(week, first["orgunit"]),
        "said": joined(*told, mark=plain(" = ")),
    }


def _said(event):
    service = event["type"].split(".", 1)[0]
    return joined(pair(*NAMES[service]), _what(event), mark=plain(" "))
