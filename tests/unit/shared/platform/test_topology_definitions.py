"""The broker's definitions file is the declared topology, and the topology holds together."""

import json

from deploy import broker_definitions
from shared.contracts.events import EVENT_TYPES
from shared.platform import topology

DEFINITIONS = topology.definitions()
QUEUES = {queue["name"]: queue["arguments"] for queue in DEFINITIONS["queues"]}
EXCHANGES = {exchange["name"]: exchange["type"] for exchange in DEFINITIONS["exchanges"]}
BINDINGS = {
    (item["source"], item["destination"], item["routing_key"]) for item in DEFINITIONS["bindings"]
}


def test_the_definitions_file_is_what_the_code_declares():
    written = json.loads(broker_definitions.FILE.read_text("utf-8"))
    assert written == broker_definitions.definitions(), "stale: run `python -m deploy.catalogue`"


def test_every_name_is_declared_once():
    for kind in ("exchanges", "queues"):
        names = [item["name"] for item in DEFINITIONS[kind]]
        assert len(set(names)) == len(names)
    assert len(BINDINGS) == len(DEFINITIONS["bindings"])


def test_every_binding_joins_what_is_declared():
    assert {source for source, _, _ in BINDINGS} <= EXCHANGES.keys()
    assert {queue for _, queue, _ in BINDINGS} <= QUEUES.keys()


def test_every_event_reaches_the_log_and_supervision():
    for service in topology.SERVICES:
        for queue in ("warm.log", "supervision.inbox"):
            assert (f"{service}.events", queue, "#") in BINDINGS


def test_what_an_inbox_gives_up_is_kept_and_never_dropped():
    for service in topology.SERVICES:
        inbox = QUEUES[f"{service}.inbox"]
        assert inbox["x-queue-type"] == QUEUES[f"{service}.dead"]["x-queue-type"] == "quorum"
        assert inbox["x-dead-letter-exchange"] == f"{service}.dead"
        assert inbox["x-dead-letter-strategy"] == "at-least-once"
        # At-least-once dead-lettering works with no other overflow behaviour.
        assert inbox["x-overflow"] == "reject-publish"
        assert (f"{service}.dead", f"{service}.dead", "") in BINDINGS
        assert EXCHANGES[f"{service}.dead"] == "fanout"


def test_reports_reach_the_stream_and_every_subscriber():
    published = EVENT_TYPES["supervision.briefing.published"].routing_key
    for queue in ("reports", "sub.archive.reports"):
        assert ("supervision.events", queue, published) in BINDINGS


def test_everything_outlives_a_restart_of_the_broker():
    assert all(item["durable"] for item in DEFINITIONS["exchanges"] + DEFINITIONS["queues"])
