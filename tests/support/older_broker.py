"""The broker of 0.2.0."""

import json
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "broker_definitions_0.2.0.json"
# Added as the guide of that release said: its name beside `archive` in SUBSCRIBERS.
WEBSITE = "website"
NAMED_BY = {
    "users": "name",
    "permissions": "user",
    "topic_permissions": "user",
    "queues": "name",
    "bindings": "destination",
}


def released():
    """The definitions of that release; users have no passwords."""
    return json.loads(FILE.read_text("utf-8"))


def with_a_second_subscriber():
    """The same, with `website`."""
    found = released()
    for part, key in NAMED_BY.items():
        archives = [it for it in found[part] if "archive" in it[key]]
        found[part] += json.loads(json.dumps(archives).replace("archive", WEBSITE))
    return found


def declare(channel, found):
    """Declare exchanges, queues and bindings, as that release did over AMQP."""
    for it in found["exchanges"]:
        channel.exchange_declare(it["name"], it["type"], durable=True)
    for it in found["queues"]:
        channel.queue_declare(it["name"], durable=True, arguments=it["arguments"])
    for it in found["bindings"]:
        channel.queue_bind(it["destination"], it["source"], it["routing_key"], it["arguments"])
