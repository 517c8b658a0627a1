"""The broker's topology: exchanges, queues, streams and bindings, declared once.

`deploy/broker/definitions.json` is written from here, so that operators load the topology that the
services expect. Services declare nothing: they check it (`check`) and log what is missing.
"""

from collections.abc import Callable, Iterable
from typing import Any

from shared.domain.service_names import NAMES
from shared.domain.types import Json
from shared.platform import broker

SERVICES = tuple(sorted(NAMES))

# Service → (source service, routing key) of each binding of its queue `<service>.inbox`.
SUBSCRIPTIONS = {
    **{service: [("supervision", "orgunit.*")] for service in SERVICES if service != "supervision"},
    "supervision": [(service, "#") for service in SERVICES],
}

# `briefing.withdrawn` is reserved: nothing publishes it yet.
REPORT_KEYS = ("briefing.published", "briefing.revised", "briefing.withdrawn")

# Report consumers outside the system that have a queue and a user of their own.
SUBSCRIBERS = ("archive",)

RPC_EXCHANGE = "nameko-rpc"
LOG_STREAM = "warm.log"
REPORT_STREAM = "reports"

# A crash of a consumer counts against every prefetched message: with a low limit, healthy messages
# would become dead letters.
DELIVERY_LIMIT = 100

CONNECT_SECONDS = 2


def events_exchange(service: str) -> str:
    return f"{service}.events"


def inbox_queue(service: str) -> str:
    return f"{service}.inbox"


def dead_queue(service: str) -> str:
    return f"{service}.dead"


def rpc_queue(service: str) -> str:
    return f"rpc-{service}"


def subscriber_queue(name: str) -> str:
    return f"sub.{name}.reports"


def _exchange(name: str, kind: str = "topic") -> Json:
    return {
        "name": name,
        "vhost": "/",
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, **arguments: str | int) -> Json:
    return {
        "name": name,
        "vhost": "/",
        "durable": True,
        "auto_delete": False,
        "arguments": {key.replace("_", "-"): value for key, value in arguments.items()},
    }


def _binding(source: str, queue: str, routing_key: str) -> Json:
    return {
        "source": source,
        "vhost": "/",
        "destination": queue,
        "destination_type": "queue",
        "routing_key": routing_key,
        "arguments": {},
    }


def _inbox(service: str) -> Json:
    return _queue(
        inbox_queue(service),
        x_queue_type="quorum",
        x_dead_letter_exchange=dead_queue(service),
        x_dead_letter_strategy="at-least-once",
        x_overflow="reject-publish",
        x_delivery_limit=DELIVERY_LIMIT,
    )


def definitions() -> Json:
    """The whole topology, in the broker's definitions format."""
    exchanges = [_exchange(RPC_EXCHANGE)]
    queues = [
        _queue(LOG_STREAM, x_queue_type="stream"),
        _queue(REPORT_STREAM, x_queue_type="stream"),
    ]
    bindings = []
    for service in SERVICES:
        exchanges += [_exchange(events_exchange(service)), _exchange(dead_queue(service), "fanout")]
        queues += [
            _inbox(service),
            _queue(dead_queue(service), x_queue_type="quorum"),
            _queue(rpc_queue(service), x_queue_type="quorum"),
        ]
        bindings += [
            _binding(events_exchange(service), LOG_STREAM, "#"),
            _binding(dead_queue(service), dead_queue(service), ""),
            _binding(RPC_EXCHANGE, rpc_queue(service), f"{service}.*"),
            *inbox_bindings(service),
        ]
    for name in SUBSCRIBERS:
        queues.append(_queue(subscriber_queue(name), x_queue_type="quorum"))
    for queue in [REPORT_STREAM, *map(subscriber_queue, SUBSCRIBERS)]:
        bindings += [_binding(events_exchange("supervision"), queue, key) for key in REPORT_KEYS]
    return {
        "vhosts": [{"name": "/"}],
        "exchanges": exchanges,
        "queues": queues,
        "bindings": bindings,
    }


def inbox_bindings(service: str) -> list[Json]:
    return [
        _binding(events_exchange(source), inbox_queue(service), key)
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
    exchanges = [events_exchange(service), RPC_EXCHANGE]
    exchanges += [events_exchange(source) for source, _ in SUBSCRIPTIONS[service]]
    queues = [inbox_queue(service), dead_queue(service), rpc_queue(service)]
    missing = []
    with broker.connection(amqp_uri) as connection:
        for name in exchanges:
            missing += _missing(connection, _check_exchange, name)
        for name in queues:
            missing += _missing(connection, _check_queue, name)
        if not missing:
            _bind(connection.channel(), inbox_bindings(service))
    return missing


def inbox_depth(amqp_uri: str, service: str) -> int:
    """The number of messages in the inbox of a service that no consumer has taken."""
    depth: int = _declared(amqp_uri, inbox_queue(service)).message_count
    return depth


def instances(amqp_uri: str, service: str) -> int:
    """The number of processes of a service that take requests."""
    count: int = _declared(amqp_uri, rpc_queue(service)).consumer_count
    return count


def _declared(amqp_uri: str, queue: str) -> Any:
    """The broker's counts for an existing queue."""
    with broker.connection(amqp_uri, connect_timeout=CONNECT_SECONDS) as connection:
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
        channel.queue_bind(item["destination"], item["source"], item["routing_key"])
