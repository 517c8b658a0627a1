"""What a district's year takes on disk: `python -m tests.bench.growth`.

Half a year of seeded events is stored as the services store it, on a real database and a real
broker. Sizes are those after compression, in MB for 100,000 facts; docs/operations.md has them.
"""

import hashlib
import json
import os
import uuid
from itertools import groupby
from operator import itemgetter

from bson import Binary
from pymongo import MongoClient

from deploy.local import orgunit_list
from deploy.local.console import say
from deploy.local.places import DATA
from deploy.local.signals import terminate_like_interrupt
from deploy.local.stacks import named_stack
from services.supervision.facts.evidence import Evidence
from services.supervision.facts.fact_store import FactStore, fact_of
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.indexes import INDEXES
from shared.contracts.messages import Message
from shared.domain.periods import Week, parse_instant
from shared.messaging.event_log import entry
from shared.platform import database
from tests.bench import wire
from tests.support import plain_amqp
from tests.support.district.history import weeks_of_events

EVENTS = 50_000
WEEKS = 26
COMMANDS = 20_000
LETTERS = 5_000
SCALE = 100_000


def stored(service_db, name, documents, count):
    """Insert, and give the MB of data and of indexes for 100,000 of what is counted."""
    for start in range(0, len(documents), 5000):
        service_db[name].insert_many(documents[start : start + 5000])
    return size(service_db, name, count)


def size(service_db, name, count):
    service_db.client.admin.command("fsync")
    stats = service_db.command("collStats", name)
    sizes = {"data": stats["storageSize"], "indexes": stats["totalIndexSize"]}
    return {kind: round(number / count * SCALE / 1e6, 1) for kind, number in sizes.items()}


def aggregates(events):
    """As the services leave them: the last state, and a command for each event."""
    ordered = sorted(events, key=itemgetter("subject", "subjectsequence"))
    for subject, own in groupby(ordered, key=itemgetter("subject")):
        steps = list(own)
        commands = [command(step["subjectsequence"], subject) for step in steps]
        kind = steps[-1]["type"].split(".")[1].title()
        about = {"_id": subject, "_cls": f"Aggregate.{kind}", "orgunit": steps[-1]["orgunit"]}
        moments = {step["type"].rsplit(".", 1)[1]: step["time"] for step in steps}
        rest = {"version": len(steps), "commands": commands, "pending": [], "moments": moments}
        yield about | steps[-1]["data"] | rest


def command(version, subject):
    identity = str(uuid.uuid4())
    return {
        "id": identity,
        "method": "record_visits",
        "arguments": hashlib.sha256(identity.encode()).hexdigest(),
        "actor": "person:office",
        "recorded": parse_instant("2017-02-06T09:30:00+08:00"),
        "result": {"id": subject, "version": version, "status": "raised"},
    }


def moved(number, forgotten):
    for version in range(number):
        one = command(version, "stock:410103001")
        about = {"command_of": "stock:410103001"}
        kept = {"commands": [one], "command_recorded": one["recorded"]}
        left = {"commands": [{"id": one["id"]}]}
        yield {"_id": f"command:{one['id']}", **about, **(left if forgotten else kept)}


def letters(events, body):
    for event in events:
        text = json.dumps(event, ensure_ascii=False).encode()
        yield {
            "_id": hashlib.sha256(text).hexdigest()[:32],
            **({"body": Binary(text)} if body else {}),
            "size": len(text),
            "exchange": "relief.events",
            "routing_key": event["type"].split(".", 1)[1],
            "properties": {"message_id": event["id"], "content_type": "application/json"},
            "reason": "handler_failed",
            "detail": "WriteError",
            "orgunit": None,
            "state": "resolved",
            "attempts": 1,
            "seen": 1,
            **dict.fromkeys(("first_seen", "last_seen", "resolved"), parse_instant(event["time"])),
            "next_try": None,
        }


def in_database(client, events):
    client.drop_database("warm_growth")
    service_db = client["warm_growth"]
    database.create_indexes(service_db, {**database.INDEXES, **INDEXES})
    number = len(events)
    found = {
        "facts": stored(service_db, "facts", list(map(fact_of, events)), number),
        "log": stored(service_db, "log", logged(events), number),
        "aggregates": stored(service_db, "aggregates", list(aggregates(events)), number),
    }
    Evidence(service_db["evidence"], service_db["facts"]).seal(last_numbers(events))
    found["evidence"] = size(service_db, "evidence", number)
    figures = FigureCache(service_db, FactStore(service_db["facts"]))
    subjects = sorted({event["subject"] for event in events})
    for start in range(0, len(subjects), 2000):
        some = set(subjects[start : start + 2000])
        figures.pending.confirm(figures.pending.announce(some), some)
    while figures.fold():
        pass
    found |= {name: size(service_db, name, number) for name in ("figures", "levels")}
    for name, forgotten in (("moved commands", False), ("forgotten commands", True)):
        service_db["aggregates"].drop()
        database.create_indexes(service_db, {"aggregates": INDEXES["aggregates"]})
        moves = list(moved(COMMANDS, forgotten))
        found[name] = stored(service_db, "aggregates", moves, COMMANDS)
    for name, body in (("dead letters", True), ("dead letters without bodies", False)):
        service_db["parked"].drop()
        database.create_indexes(service_db, {"parked": database.INDEXES["parked"]})
        kept = list(letters(events[:LETTERS], body))
        found[name] = stored(service_db, "parked", kept, LETTERS)
    client.drop_database("warm_growth")
    return found


def logged(events):
    return [
        entry(Message.of(event)) | {"_id": number} for number, event in enumerate(events, start=1)
    ]


def last_numbers(events):
    found = {}
    for event in events:
        source = event["source"].rsplit("/", 1)[1]
        found[source] = max(found.get(source, 0), event["sourcesequence"])
    return found


def at_the_broker(stack, events):
    """MB below the broker's folder: while nobody takes them, and when all are taken."""
    folder = stack.home / "broker"
    before = on_disk(folder)
    wire.publish(stack.amqp_uri, events)
    full = on_disk(folder) - before
    with plain_amqp.channel(stack.amqp_uri) as channel:
        channel.queue_purge("supervision.inbox")
    scale = SCALE / len(events) / 1e6
    return {
        "not taken": round(full * scale, 1),
        "taken": round((on_disk(folder) - before) * scale, 1),
        "of it warm.log": round(on_disk(folder, "stream") * scale, 1),
    }


def on_disk(folder, part=""):
    found = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
    return sum(os.path.getsize(path) for path in found if part in path)


def main():
    rows = orgunit_list.read_units(DATA / "erqi_divisions.csv")
    units = [row["code"] for row in rows if row["level"] == "community"]
    events = list(weeks_of_events(Week(2017, 6), WEEKS, EVENTS, units))
    say(f"{len(events)} events of {WEEKS} weeks")
    with named_stack("bench", say) as stack:
        stack.start_infrastructure()
        with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
            found = in_database(client, events)
        found["broker"] = at_the_broker(stack, events)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    terminate_like_interrupt()
    main()
