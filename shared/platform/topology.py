"""The broker's topology: exchanges, queues, streams and bindings, declared once.

`deploy/broker/definitions.json` is written from here, so that operators load the topology that the
services expect. Services declare nothing: they check it (`check`) and log what is missing.
"""

from collections.abc import Callable, Iterable
from typing import Any

from shared.domain.service_names import NAMES
from shared.domain.types import Json
from shared.platform import broker
from shared.platform.declarations import (
    DELIVERY_LIMIT,
    INTERNAL_REPORT_KEYS,
    RECEIPTS,
    REPORT_KEYS,
    events_exchange,
    make_binding,
    make_exchange,
    make_kept_queue,
    make_policy,
    make_queue,
    make_way_back,
    nothing_dropped,
    return_exchange,
)
from shared.platform.subscribers import ARCHIVE

SERVICES = tuple(sorted(NAMES))

# Service → (source service, routing key) of each binding of its queue `<service>.inbox`.
SUBSCRIPTIONS = {
    **{
        service: [("supervision", "orgunit.*"), ("supervision", "calendar.*")]
        for service in SERVICES
        if service != "supervision"
    },
    "supervision": [(service, "#") for service in SERVICES],
}

# The events of the keys that sign reports.
KEY_KEYS = ("key.announced", "key.retired")

# More aren't taken until supervision has read some: the sender's confirm says so.
MOST_RECEIPTS = 10_000

RPC_EXCHANGE = "nameko-rpc"
LOG_STREAM = "warm.log"
REPORT_STREAM = "reports"
INTERNAL_REPORT_STREAM = "reports.internal"
# The public keys that check issues: every subscriber may read it.
KEY_STREAM = "keys"
# The forms of public editions, and the exchange through which supervision sends them there.
FORM_STREAM = FORMS = "reports.forms"

# A request that kills its service is given up after eleven starts, half a minute. Healthy requests
# that were prefetched with it go the same way, which is safe: nobody waits for them any more, and
# returned they are carried out once.
RPC_DELIVERY_LIMIT = 10
# For connecting, and for each answer, where a person or a health check waits for counts.
CONNECT_SECONDS = 2
# The same for people's tools, which rather wait than call a busy broker unreachable.
PATIENT_SECONDS = 6


def inbox_queue(service: str) -> str:
    return f"{service}.inbox"


def dead_queue(service: str) -> str:
    return f"{service}.dead"


def rpc_queue(service: str) -> str:
    return f"rpc-{service}"


def undelivered_queue(service: str) -> str:
    """It keeps what came back too often from the requests and the dead letters of a service."""
    return f"{service}.undelivered"


def undelivered_exchange(service: str) -> str:
    """It leads requests that came back too often, and not those that expired, to the queue."""
    return f"{service}.undelivered"


def undelivered_queues(service: str) -> dict[str, tuple[str, ...]]:
    """The queues of undelivered messages that `service` looks after, each with the queues that its
    messages come from. Supervision published the reports."""
    queues: dict[str, tuple[str, ...]] = {
        undelivered_queue(service): (rpc_queue(service), dead_queue(service))
    }
    if service == "supervision":
        queues[undelivered_queue(service)] += (RECEIPTS,)
        queues |= ARCHIVE.undelivered_queues()
    return queues


def policies() -> list[Json]:
    """Delivery limits, and where messages go that came back too often, in the broker's definitions
    format. They are policies because the arguments of a deployed queue can't change.

    A request isn't dead-lettered at least once: it has an expiry, and expired ones would wait for
    ever for a route. Its caller knows that nothing is promised, and repeats it.
    """
    found = []
    for service in SERVICES:
        requests = {
            "delivery-limit": RPC_DELIVERY_LIMIT,
            "dead-letter-exchange": undelivered_exchange(service),
        }
        found.append(make_policy(rpc_queue(service), requests))
        undelivered = undelivered_queue(service)
        found.append(make_policy(dead_queue(service), nothing_dropped(undelivered)))
    found += ARCHIVE.policies()
    undelivered = undelivered_queue("supervision")
    limited = nothing_dropped(undelivered) | {"max-length": MOST_RECEIPTS}
    return [*found, make_policy(RECEIPTS, limited)]


def _inbox(service: str) -> Json:
    return make_queue(
        inbox_queue(service),
        x_queue_type="quorum",
        x_dead_letter_exchange=dead_queue(service),
        x_dead_letter_strategy="at-least-once",
        x_overflow="reject-publish",
        x_delivery_limit=DELIVERY_LIMIT,
    )


def definitions() -> Json:
    """The whole topology, in the broker's definitions format."""
    exchanges = [make_exchange(RPC_EXCHANGE), make_exchange(RECEIPTS), make_exchange(FORMS)]
    queues = [
        make_queue(RECEIPTS, x_queue_type="quorum"),
        make_queue(LOG_STREAM, x_queue_type="stream"),
        make_queue(REPORT_STREAM, x_queue_type="stream"),
        make_queue(INTERNAL_REPORT_STREAM, x_queue_type="stream"),
        make_queue(KEY_STREAM, x_queue_type="stream"),
        make_queue(FORM_STREAM, x_queue_type="stream"),
    ]
    bindings = []
    for service in SERVICES:
        exchanges += [
            make_exchange(events_exchange(service)),
            make_exchange(dead_queue(service), "fanout"),
            make_exchange(undelivered_exchange(service), "headers"),
            make_exchange(return_exchange(service), "headers"),
        ]
        queues += [
            _inbox(service),
            make_queue(dead_queue(service), x_queue_type="quorum"),
            make_queue(rpc_queue(service), x_queue_type="quorum"),
        ]
        bindings += [
            make_binding(events_exchange(service), LOG_STREAM, "#"),
            make_binding(dead_queue(service), dead_queue(service), ""),
            make_binding(RPC_EXCHANGE, rpc_queue(service), f"{service}.*"),
            *inbox_bindings(service),
            *_undelivered_bindings(service),
        ]
        queues.append(make_kept_queue(undelivered_queue(service)))
    source = events_exchange("supervision")
    bindings += [make_binding(source, REPORT_STREAM, key) for key in REPORT_KEYS]
    bindings += [make_binding(source, INTERNAL_REPORT_STREAM, key) for key in INTERNAL_REPORT_KEYS]
    bindings += [make_binding(source, KEY_STREAM, key) for key in KEY_KEYS]
    bindings.append(make_binding(FORMS, FORM_STREAM, "#"))
    # Each subscriber may send by its own name alone.
    bindings.append(make_binding(RECEIPTS, RECEIPTS, "#"))
    queues += ARCHIVE.queues()
    bindings += ARCHIVE.bindings()
    return {
        "vhosts": [{"name": "/"}],
        "exchanges": exchanges,
        "queues": queues,
        "bindings": bindings,
        "policies": policies(),
    }


def _undelivered_bindings(service: str) -> list[Json]:
    given_up = {"x_match": "any-with-x", "x_first_death_reason": "delivery_limit"}
    exchange, queue = undelivered_exchange(service), undelivered_queue(service)
    sources = undelivered_queues(service)[queue]
    back = [make_way_back(service, source) for source in sources]
    return [make_binding(exchange, queue, "", **given_up), *back]


def inbox_bindings(service: str) -> list[Json]:
    return [
        make_binding(events_exchange(source), inbox_queue(service), key)
        for source, key in SUBSCRIPTIONS[service]
    ]


def apply(amqp_uri: str) -> None:
    """Declare the topology over AMQP, for a broker that did not load the definitions file."""
    declared = definitions()
    with broker.connection(amqp_uri) as connection:
        channel = connection.default_channel
        for item in declared["exchanges"]:
            channel.exchange_declare(item["name"], item["type"], durable=True, auto_delete=False)
        for item in declared["queues"]:
            channel.queue_declare(
                item["name"], durable=True, auto_delete=False, arguments=item["arguments"]
            )
        _bind(channel, declared["bindings"])


def check(amqp_uri: str, service: str) -> list[str]:
    """The exchanges and queues that `service` needs and the broker lacks, each with its error.

    AMQP can't check whether a binding exists. Binding again is idempotent and needs no permission
    to configure, so the bindings of the inbox are made here when nothing else is missing.
    """
    exchanges = [events_exchange(service), RPC_EXCHANGE, return_exchange(service)]
    exchanges += [events_exchange(source) for source, _ in SUBSCRIPTIONS[service]]
    queues = [inbox_queue(service), dead_queue(service), rpc_queue(service)]
    queues += undelivered_queues(service)
    if service == "supervision":
        exchanges, queues = [*exchanges, RECEIPTS, FORMS], [*queues, RECEIPTS, FORM_STREAM]
    missing = []
    with broker.connection(amqp_uri) as connection:
        for name in exchanges:
            missing += _missing(connection, _check_exchange, name)
        for name in queues:
            missing += _missing(connection, _check_queue, name)
        if not missing:
            missing = _refused_bindings(connection, service)
    return missing


def depth(amqp_uri: str, queue: str) -> int:
    """The number of messages in a queue or stream."""
    count: int = _declared(amqp_uri, queue).message_count
    return count


def _refused_bindings(connection: Any, service: str) -> list[str]:
    """Bind the inbox. A broker that still has the permissions of the release before refuses a new
    binding."""
    try:
        _bind(connection.channel(), inbox_bindings(service))
    except connection.channel_errors as error:
        return [f"bindings of {inbox_queue(service)}: {error}"]
    return []


def inbox_depth(amqp_uri: str, service: str) -> int:
    """The number of messages in the inbox of a service that no consumer has taken."""
    return depth(amqp_uri, inbox_queue(service))


def undelivered(amqp_uri: str) -> dict[str, int]:
    """The queues that keep undelivered messages, and how many each has."""
    queues = [queue for service in SERVICES for queue in undelivered_queues(service)]
    with broker.connection(amqp_uri, connect_timeout=PATIENT_SECONDS) as connection:
        channel = connection.default_channel
        return {queue: channel.queue_declare(queue, passive=True).message_count for queue in queues}


def instances(amqp_uri: str, service: str) -> int:
    """The number of processes of a service that take requests."""
    count: int = _declared(amqp_uri, rpc_queue(service), PATIENT_SECONDS).consumer_count
    return count


def _declared(amqp_uri: str, queue: str, seconds: float = CONNECT_SECONDS) -> Any:
    """The broker's counts for an existing queue."""
    limits = {"connect_timeout": seconds, "answer_seconds": seconds}
    with broker.connection(amqp_uri, **limits) as connection:
        return connection.default_channel.queue_declare(queue, passive=True)


def _check_exchange(channel: Any, name: str) -> None:
    channel.exchange_declare(name, "topic", passive=True)


def _check_queue(channel: Any, name: str) -> None:
    channel.queue_declare(name, passive=True)


def _missing(connection: Any, check: Callable[[Any, str], None], name: str) -> list[str]:
    channel = connection.channel()
    try:
        check(channel, name)
    except connection.channel_errors as error:
        return [f"{name}: {error}"]
    channel.close()
    return []


def _bind(channel: Any, bindings: Iterable[Json]) -> None:
    for item in bindings:
        channel.queue_bind(
            item["destination"], item["source"], item["routing_key"], arguments=item["arguments"]
        )
