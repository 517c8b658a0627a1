"""Ingest: N events wait in supervision's inbox, until all are facts, folded and acknowledged."""

import sys
import time
from contextlib import contextmanager
from itertools import islice

from deploy.local.places import ROOT
from deploy.local.processes import Process
from shared.contracts.envelope import encode
from tests.bench import wire
from tests.bench.peers import pika_limit
from tests.bench.report import against, median
from tests.bench.stage import FIRST_WEEK, timed
from tests.support.district.history import weeks_of_events

EVENTS = 20_000
WARM_UP = 500
WEEKS = 4
# Peers are slow: what they manage of so many is enough to know their rate.
OF_PEERS = 1_000
INBOX = "supervision.inbox"
QUEUE = "bench.ingest"
PEERS = {"nameko": "nameko_mongoengine", "faststream": "faststream_pymongo"}


def run(stage, rounds, say, count=EVENTS):
    """Rates in events a second; `limit_ratio` and `times` are medians of each round's own."""
    told = weeks_of_events(FIRST_WEEK, WEEKS, count + WARM_UP, stage.units)
    events = list(islice(told, count + WARM_UP))
    found = []
    for number in range(rounds):
        limit = limit_rate(stage, events[:count])
        rate = own_rate(stage, events, count)
        peers = {name: peer_rate(stage, name, events[:OF_PEERS]) for name in PEERS}
        say(f"ingest {number + 1}/{rounds}: {rate:.0f}/s of {limit:.0f}/s, peers {peers}")
        found.append({"rate": rate, "limit_rate": limit, **peers})
    return {
        **against(found, "rate", "limit_rate"),
        "peers": {name: median(row[name] for row in found) for name in PEERS},
        "times": {name: median(row["rate"] / row[name] for row in found) for name in PEERS},
    }


def limit_rate(stage, events):
    with queued(stage, events):
        stage.mongo.bench.limit.drop()
        uris = stage.stack.amqp_uri, stage.stack.mongodb_uri
        return len(events) / timed(lambda: pika_limit.run(*uris, QUEUE, len(events)))


def own_rate(stage, events, count):
    """From the moment that supervision, standing ready, may begin."""
    stage.empty("supervision")
    base, facts = len(stage.kept("log")), stage.service_db()["facts"]
    numbered = [after_the_registry(event, base) for event in events]
    with stage.services("supervision"):
        # A service that has run for a while has compiled what it reads events with.
        wire.publish(stage.stack.amqp_uri, numbered[count:])
        stage.until(lambda: stage.ingested(base + WARM_UP))
        with stage.held("supervision"):
            wire.publish(stage.stack.amqp_uri, numbered[:count])
        seconds = timed(lambda: stage.until(lambda: stage.ingested(base + WARM_UP + count)))
    assert stage.depth(INBOX) == 0
    assert facts.count_documents({}) == base + WARM_UP + count
    return count / seconds


def after_the_registry(event, base):
    """Supervision's own log has the registry's units first."""
    own = event["source"] == "/warm/supervision"
    return event | {"sourcesequence": event["sourcesequence"] + base} if own else event


def peer_rate(stage, name, events):
    collection = stage.mongo.bench[name]
    collection.drop()
    peer = Process(f"peer-{name}", stage.stack.home)
    script = ROOT / "tests" / "bench" / "peers" / f"{PEERS[name]}.py"
    uris = stage.stack.amqp_uri, stage.stack.mongodb_uri
    with queued(stage, events):
        peer.start([sys.executable, "-W", "ignore", script, *uris, QUEUE], stage.environment)
        try:
            few = len(events) // 10
            stage.until(lambda: collection.count_documents({}) >= few)
            began, first = time.perf_counter(), collection.count_documents({})
            stage.until(lambda: collection.count_documents({}) == len(events))
            return (len(events) - first) / (time.perf_counter() - began)
        finally:
            peer.stop(grace=2)


@contextmanager
def queued(stage, events):
    """All of them wait in a quorum queue of the bench's own."""
    with stage.channel() as channel:
        channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    wire.send(stage.stack.amqp_uri, QUEUE, map(encode, events))
    try:
        yield
    finally:
        with stage.channel() as channel:
            channel.queue_delete(QUEUE)
