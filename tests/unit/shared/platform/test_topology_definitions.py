"""The broker's definitions file is the declared topology, and the topology holds together."""

import hashlib
import json
import re

from deploy import broker_definitions
from shared.contracts.events import EVENT_TYPES
from shared.platform import declarations, topology

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


POLICIES = {policy["name"]: policy for policy in DEFINITIONS["policies"]}
KEPT = {
    queue: sources
    for service in topology.SERVICES
    for queue, sources in topology.undelivered_queues(service).items()
}


def test_every_queue_that_has_no_limit_of_its_own_has_one_by_policy():
    quorum = {name: it for name, it in QUEUES.items() if it["x-queue-type"] == "quorum"}
    assert all("x-queue-type" in arguments for arguments in QUEUES.values())
    limits = {name: it["x-delivery-limit"] for name, it in quorum.items() if len(it) > 1}
    limits |= {name: it["definition"]["delivery-limit"] for name, it in POLICIES.items()}
    assert limits.keys() == quorum.keys()
    # 3.10 gives up at the first return where the limit isn't positive.
    assert min(limits.values()) > 0


def test_a_policy_is_for_its_queue_alone():
    for name, policy in POLICIES.items():
        assert [it for it in QUEUES if re.search(policy["pattern"], it)] == [name]


def test_what_comes_back_too_often_has_a_queue_that_is_there_and_a_way_back():
    assert {source for sources in KEPT.values() for source in sources} == POLICIES.keys()
    for kept, sources in KEPT.items():
        assert QUEUES[kept] == {"x-queue-type": "quorum", "x-delivery-limit": declarations.NO_LIMIT}
        for source in sources:
            assert _target(source) == kept
            assert (source, {"x-match": "all", declarations.RETURN_TO: source}) in [
                (it["destination"], it["arguments"])
                for it in DEFINITIONS["bindings"]
                if it["source"].endswith(".return")
            ]


def test_nothing_but_requests_can_be_lost_on_its_way():
    for name, policy in POLICIES.items():
        strategy = policy["definition"].get("dead-letter-strategy")
        assert strategy == (None if name.startswith("rpc-") else "at-least-once")


def _target(source):
    definition = POLICIES[source]["definition"]
    if not definition["dead-letter-exchange"]:
        return definition["dead-letter-routing-key"]
    [target] = [
        it["destination"]
        for it in DEFINITIONS["bindings"]
        if it["source"] == definition["dead-letter-exchange"]
    ]
    return target


def test_the_name_of_the_cluster_says_which_queues_lack_their_policy():
    digest = hashlib.sha256(broker_definitions.FILE.read_bytes()).hexdigest()[:12]
    assert broker_definitions.lacking(f"warm/{digest}/complete") == ()
    assert broker_definitions.lacking(f"warm/{digest}/rpc-relief,relief.dead") == [
        "rpc-relief",
        "relief.dead",
    ]
    for other in ("rabbit@localhost", "warm/000000000000/complete", ""):
        assert broker_definitions.lacking(other) is None
