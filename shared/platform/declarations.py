"""The parts of the broker's definitions format, and what the topology shares with subscribers."""

from shared.contracts.series import report_keys
from shared.domain.form_names import INTERNAL, PUBLIC
from shared.domain.types import Json

# The events that carry the public edition of a report, and those that carry the internal one.
REPORT_KEYS = report_keys("published", "revised", "withdrawn")
INTERNAL_REPORT_KEYS = report_keys("published_internal", "revised_internal", "withdrawn")

# Small notices of issues, without their documents.
NOTICE_KEYS = report_keys("announced")

# Edition → the events that carry it.
EDITION_KEYS = {PUBLIC: REPORT_KEYS, INTERNAL: INTERNAL_REPORT_KEYS}

# Where subscribers say that they have an issue: an exchange, each with its own name as routing key,
# and the queue behind it, which supervision reads.
RECEIPTS = "supervision.receipts"
# A crash of a consumer counts against every prefetched message: with a low limit, healthy messages
# would become dead letters.
DELIVERY_LIMIT = 100
# A limit that nothing reaches. Without one, 4.0 gives up after 20 returns; -1 is "none" there, and
# "at the first return" on 3.10.
NO_LIMIT = 1_000_000_000
# Above the policies that an operator may have for all queues: a queue has only one policy.
PRIORITY = 10

RETURNS = ".return"
# The headers of a message that returns: the queue to which, and the exchange that it was published
# to at first.
RETURN_TO = "warm-return-to"
FIRST_EXCHANGE = "warm-first-exchange"


def events_exchange(service: str) -> str:
    return f"{service}.events"


def return_exchange(service: str) -> str:
    """It leads messages back to the queue that their header RETURN_TO names."""
    return f"{service}{RETURNS}"


def make_exchange(name: str, kind: str = "topic") -> Json:
    return {
        "name": name,
        "vhost": "/",
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def make_queue(name: str, **arguments: str | int) -> Json:
    return {
        "name": name,
        "vhost": "/",
        "durable": True,
        "auto_delete": False,
        "arguments": {key.replace("_", "-"): value for key, value in arguments.items()},
    }


def make_kept_queue(name: str) -> Json:
    """It keeps what came back too often from another queue, until a person acts."""
    return make_queue(name, x_queue_type="quorum", x_delivery_limit=NO_LIMIT)


def make_binding(source: str, queue: str, routing_key: str, **arguments: str) -> Json:
    return {
        "source": source,
        "vhost": "/",
        "destination": queue,
        "destination_type": "queue",
        "routing_key": routing_key,
        "arguments": {key.replace("_", "-"): value for key, value in arguments.items()},
    }


def make_way_back(service: str, queue: str) -> Json:
    """By it `service` returns messages to the queue."""
    return make_binding(return_exchange(service), queue, "", x_match="all", **{RETURN_TO: queue})


def make_policy(queue: str, definition: Json) -> Json:
    return {
        "vhost": "/",
        "name": queue,
        "pattern": f"^{queue.replace('.', '[.]')}$",
        "apply-to": "queues",
        "priority": PRIORITY,
        "definition": definition,
    }


def nothing_dropped(undelivered: str) -> Json:
    """Limit and target of a queue that must lose nothing, not even while the target is missing."""
    return {
        "delivery-limit": DELIVERY_LIMIT,
        "dead-letter-exchange": "",
        "dead-letter-routing-key": undelivered,
        "dead-letter-strategy": "at-least-once",
        "overflow": "reject-publish",
    }
