"""A district's weeks as its services tell of them: seeded, realistic, as many as are wanted."""

import copy
import random
import uuid
from datetime import date, timedelta

from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.events import EVENT_TYPES
from shared.domain.periods import format_instant
from tests.support.district.histories import blank

SEED = 20170206

# Kind → (how often, the verbs of its life with the status that each leaves behind).
KINDS = {
    "relief.order": (
        25,
        [
            ("raised", "raised"),
            ("claimed", "claimed"),
            ("delivered", "delivered"),
            ("confirmed", "confirmed"),
        ],
    ),
    "relief.visit": (30, [("recorded", None)]),
    "volunteering.activity": (20, [("published", "published"), ("completed", "completed")]),
    "volunteering.hours": (15, [("recorded", "recorded"), ("verified", "verified")]),
    "volunteering.volunteer": (2, [("registered", "registered")]),
    "clinics.clinic": (2, [("planned", "planned"), ("held", "held"), ("tallied", "tallied")]),
    "jobfairs.hire": (3, [("recorded", "recorded")]),
    "supervision.finding": (
        3,
        [("reported", "reported"), ("rectified", "rectified"), ("closed", "closed")],
    ),
}


def week_of_events(chance, period, count, units):
    """About `count` events of lives that begin in one week, in the order in which they happened,
    without their numbers. Some end in the week after."""
    told = []
    kinds, shares = list(KINDS), [share for share, _ in KINDS.values()]
    while len(told) < count:
        [kind] = chance.choices(kinds, shares)
        told += _life(chance, kind, period, chance.choice(units))
    return told


def numbered(events, last=None):
    """The same with the numbers that their services give them, from `last` (source → number) on."""
    last = {} if last is None else last
    for event in events:
        number = last[event["source"]] = last.get(event["source"], 0) + 1
        yield {**event, "sourcesequence": number}


def weeks_of_events(first, weeks, count, units, seed=SEED):
    """`count` events, evenly over so many weeks from `first` on, and what is left of the last one.
    What begins in a week is the same whatever weeks are before it."""
    last, period, open_lives = {}, first, []
    for _ in range(weeks):
        chance = random.Random(f"{seed}:{period}")
        told = open_lives + week_of_events(chance, period, count // weeks, units)
        told.sort(key=lambda event: (event["time"], event["id"]))
        end = format_instant(period.end)
        open_lives = [event for event in told if event["time"] >= end]
        yield from numbered(told[: len(told) - len(open_lives)], last)
        period = period.next()
    yield from numbered(open_lives, last)


def _life(chance, kind, period, unit):
    subject = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    time = period.start + timedelta(minutes=chance.randrange(7 * 24 * 60))
    steps = KINDS[kind][1]
    # One in ten takes its time for the last step.
    slow = chance.random() < 0.1
    for version, (verb, status) in enumerate(steps, 1):
        identity = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        name = f"{kind}.{verb}"
        at = format_instant(time)
        yield {
            "specversion": "1.0",
            "id": identity,
            "source": f"/warm/{kind.split('.')[0]}",
            "type": name,
            "subject": subject,
            "time": at,
            "timeprecision": "second",
            "recordedtime": at,
            "orgunit": unit,
            "subjectsequence": version,
            "correlationid": identity,
            "causationid": identity,
            "dataschema": EVENT_TYPES[name].dataschema,
            "datacontenttype": CONTENT_TYPE,
            "data": _data(chance, name, status, at[:10]),
        }
        days = 5 if slow and version == len(steps) - 1 else 1
        time += timedelta(minutes=chance.randrange(5, days * 24 * 60))


def _data(chance, name, status, day):
    data = copy.deepcopy(_BLANK[name])
    if status:
        data["status"] = status
    for field in ("raised_on", "planned_for", "first_planned_for", "held_on", "reported_on"):
        if field in data:
            data[field] = day
    if "items" in data:
        due = str(date.fromisoformat(day) + timedelta(days=7))
        data |= {"due": due, "items": [{"item": "大米", "claimed_by": None}], "delivered_on": None}
        data["delivered_on"] = day if status in ("delivered", "confirmed") else None
    for field, part in data.items():
        if isinstance(part, dict) and "qualifier" in part:
            data[field] = part | {"value": str(chance.randrange(1, 60)), "qualifier": "exact"}
    return data


_BLANK = {
    f"{kind}.{verb}": blank(EVENT_TYPES[f"{kind}.{verb}"].data)
    for kind, (_, steps) in KINDS.items()
    for verb, _ in steps
}
