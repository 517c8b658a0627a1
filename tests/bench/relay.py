"""The relay: pending events in aggregates, until they are numbered, confirmed and out of them."""

import random
import time
from collections import defaultdict

from kombu.utils.url import parse_url

from shared.contracts.envelope import CONTENT_TYPE, encode
from shared.contracts.messages import unsent
from shared.domain.periods import parse_instant
from tests.bench.peers import amqp_confirms
from tests.bench.report import against
from tests.bench.stage import FIRST_WEEK, timed
from tests.support.district.history import numbered, week_of_events

EVENTS = 10_000
SWEEP_SECONDS = 1
EXCHANGE = "relief.events"
INBOX = "supervision.inbox"


def run(stage, rounds, say, count=EVENTS):
    """Rates in events a second; the limit publishes the same messages and does no more."""
    events = of_relief(stage, count)
    found = []
    for number in range(rounds):
        limit, rate = limit_rate(stage, events), own_rate(stage, events)
        say(f"relay {number + 1}/{rounds}: {rate:.0f}/s of {limit:.0f}/s")
        found.append({"rate": rate, "limit_rate": limit})
    return against(found, "rate", "limit_rate")


def of_relief(stage, count):
    told = week_of_events(random.Random(1), FIRST_WEEK, 3 * count, stage.units)
    return [event for event in told if event["source"] == "/warm/relief"][:count]


def limit_rate(stage, events):
    stage.empty()
    messages = [
        (event["type"].split(".", 1)[1], encode(event), properties(event))
        for event in numbered(events)
    ]
    address = broker_address(stage.stack.amqp_uri)
    seconds = timed(lambda: amqp_confirms.run(address, EXCHANGE, messages))
    assert stage.depth(INBOX) == len(events)
    return len(events) / seconds


def own_rate(stage, events):
    stage.empty("relief")
    service_db = stage.service_db("relief")
    documents = aggregates(events)
    with stage.services("relief", WARM_SWEEP_SECONDS=str(SWEEP_SECONDS)):
        with stage.held("relief"):
            service_db["aggregates"].insert_many(documents)
            # Its sweep is due: it begins at once when it may.
            time.sleep(SWEEP_SECONDS)
        left = {"pending.id": {"$exists": True}}
        gone = lambda: service_db["aggregates"].find_one(left, {"_id": 1}) is None  # noqa: E731
        seconds = timed(lambda: stage.until(gone))
    assert service_db["log"].count_documents({}) == len(events)
    assert stage.depth(INBOX) == len(events)
    return len(events) / seconds


def aggregates(events):
    """As commands leave them: with their events pending."""
    pending = defaultdict(list)
    for event in events:
        pending[event["subject"]].append(event)
    return [
        {
            "_id": subject,
            "_cls": "Aggregate.Bench",
            "orgunit": own[0]["orgunit"],
            "version": len(own),
            "commands": [{"id": event["id"], "result": {}} for event in own],
            "pending": list(map(unsent, own)),
        }
        for subject, own in pending.items()
    ]


def properties(event):
    """What the message says of itself, as py-amqp takes it."""
    return {
        "content_type": CONTENT_TYPE,
        "content_encoding": "utf-8",
        "delivery_mode": 2,
        "message_id": event["id"],
        "type": event["type"],
        "app_id": event["source"].rsplit("/", 1)[1],
        "correlation_id": event["correlationid"],
        "timestamp": int(parse_instant(event["recordedtime"]).timestamp()),
        "application_headers": {"ce-mode": "structured"},
    }


def broker_address(amqp_uri):
    parts = parse_url(amqp_uri)
    return {
        "host": f"{parts['hostname']}:{parts['port']}",
        "userid": parts["userid"],
        "password": parts["password"],
        "virtual_host": "/",
    }
