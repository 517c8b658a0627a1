"""Occasions that two services tell of: each is counted once, and shown."""

from services.supervision.sections.rows import both, in_order, joined, named, pair, plain, unit_name
from shared.events.relief import ORDER_CATEGORIES
from shared.services import NAMES

# What an activity may be part of: entity → the indicator that counts it as an occasion.
OCCASIONS = {
    "relief.order": "relief.orders_delivered",
    "clinics.clinic": "clinics.clinics_held",
    "jobfairs.fair": "jobfairs.fairs_held",
}
ACTIVITIES = "volunteering.activities_completed"


def overlap(week):
    """Activities of the week that share their occasion with an order, a clinic or a fair of it,
    and the number of occasions with and without counting these twice."""
    told = [event for code in OCCASIONS.values() for event in week.events_of(code)]
    activities = week.events_of(ACTIVITIES)
    found = _by_key(told)
    shared = [
        (event, found[event["data"]["activity_key"]])
        for event in activities
        if event["data"]["activity_key"] in found
    ]
    return {
        "rows": in_order([_row(week, *both_sides) for both_sides in shared], "orgunit"),
        "told": len(told) + len(activities),
        "occasions": len(told) + len(activities) - len(shared),
    }


def _by_key(events):
    """Each occasion by its id and by its key; of two with one key, the earlier."""
    keys = {event["subject"]: event for event in events}
    for event in sorted(events, key=_time_and_place):
        key = event["data"].get("activity_key")
        if key:
            keys.setdefault(key, event)
    return keys


def _time_and_place(event):
    return event["time"], event["orgunit"], _what(event)["zh"]


def _what(event):
    data = event["data"]
    return plain(data["venue"]) if "venue" in data else named(ORDER_CATEGORIES, data["category"])


def _row(week, activity, other):
    service = other["type"].split(".", 1)[0]
    return {
        "orgunit": activity["orgunit"],
        "unit": unit_name(week, activity["orgunit"]),
        "activity": both(activity["data"]["name"]),
        "service": service,
        "with": joined(pair(*NAMES[service]), _what(other), mark=plain(" ")),
    }
