"""Who may do what at the broker, declared once: services, subscribers and people's tools get the
least they need.

A right names resources (queues, exchanges) by regular expression; on a topic exchange a second one
tells which routing keys may be published, and which may be bound to. Who has no right to
configure can make nothing: the topology is there (`shared/platform/topology.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.types import Json
from shared.platform.topology import (
    LOG_STREAM,
    REPORT_KEYS,
    REPORT_STREAM,
    RPC_EXCHANGE,
    SERVICES,
    SUBSCRIBERS,
    SUBSCRIPTIONS,
    dead_queue,
    events_exchange,
    inbox_queue,
    rpc_queue,
    subscriber_queue,
)

NOTHING = "^$"
ALL = ".*"

# Whose methods a service calls: the registry's owner; helpers for a delivery; everybody's log.
ASKS = {
    **{service: {"supervision"} for service in SERVICES},
    "relief": {"supervision", "volunteering"},
    "supervision": set(SERVICES),
}

# What people's tools log in as: `./warm briefing`, `./warm deadletters` and so on.
OFFICE = "office"
# What declares the topology in a deployment, and does nothing else.
KEEPER = "keeper"

REPLY_QUEUES = r"rpc\.reply-.*"


@dataclass(frozen=True)
class Rights:
    """Patterns of what an identity may configure, write and read; `topics` has for each topic
    exchange that it may use the keys that it may publish and those that it may bind to."""

    configure: str
    write: str
    read: str
    topics: dict[str, tuple[str, str]]


def identities() -> dict[str, Rights]:
    """Broker user → what it may do."""
    services = {service: _of_service(service) for service in SERVICES}
    subscribers = {name: _of_subscriber(name) for name in SUBSCRIBERS}
    return services | subscribers | {OFFICE: _of_office()}


def definitions(*keepers: str) -> Json:
    """Users and what they may do, in the broker's own definitions format; `keepers` may declare and
    remove everything.

    Nobody can log in as one of these users before it gets a password.
    """
    known = identities() | {name: Rights(ALL, ALL, ALL, {}) for name in keepers}
    return {
        "users": [user(name) for name in known],
        "permissions": [_permission(name, rights) for name, rights in known.items()],
        "topic_permissions": [
            _topic_permission(name, exchange, *keys)
            for name, rights in known.items()
            for exchange, keys in rights.topics.items()
        ],
    }


def _of_service(service: str) -> Rights:
    own = events_exchange(service)
    sources: dict[str, list[str]] = {}
    for source, key in SUBSCRIPTIONS[service]:
        sources.setdefault(events_exchange(source), []).append(key)
    queues = [inbox_queue(service), dead_queue(service), rpc_queue(service)]
    # Supervision compares its facts with everything that was ever published.
    queues += [LOG_STREAM] if service == "supervision" else []
    heard = {exchange: (NOTHING, _any(*_names(*keys))) for exchange, keys in sources.items()}
    return Rights(
        configure=_any(REPLY_QUEUES),
        write=_any(*_names(own, inbox_queue(service), RPC_EXCHANGE), REPLY_QUEUES),
        read=_any(*_names(*queues, *sources, RPC_EXCHANGE), REPLY_QUEUES),
        topics={
            **heard,
            own: (ALL, heard.get(own, (NOTHING, NOTHING))[1]),
            RPC_EXCHANGE: (_answers_and_methods_of(ASKS[service]), ADDRESSES),
        },
    )


def _of_subscriber(name: str) -> Rights:
    source, queue = events_exchange("supervision"), subscriber_queue(name)
    return Rights(
        configure=NOTHING,
        write=_exactly(queue),
        read=_any(*_names(queue, REPORT_STREAM, source)),
        topics={source: (NOTHING, _any(*_names(*REPORT_KEYS)))},
    )


def _of_office() -> Rights:
    """It asks every service by its methods, hears the answers, and nothing more."""
    exchange = re.escape(RPC_EXCHANGE)
    return Rights(
        configure=_any(REPLY_QUEUES),
        write=_any(exchange, REPLY_QUEUES),
        read=_any(exchange, REPLY_QUEUES),
        topics={RPC_EXCHANGE: (f"^{_methods_of(SERVICES)}", ADDRESSES)},
    )


def _names(*names: str) -> Iterable[str]:
    return map(re.escape, names)


def _any(*patterns: str) -> str:
    return f"^({'|'.join(patterns)})$"


def _exactly(name: str) -> str:
    return f"^{re.escape(name)}$"


def _methods_of(services: Iterable[str]) -> str:
    return rf"({'|'.join(map(re.escape, sorted(services)))})\."


def _answers_and_methods_of(asked: set[str]) -> str:
    """Keys that name no method (answers go where the caller says), or one of those `asked`."""
    others = set(SERVICES) - asked
    return f"^(?!{_methods_of(others)})" if others else ALL


# Where an answer is sent: to no method, and not by a pattern that catches what others are asked.
ADDRESSES = f"^(?!{_methods_of(SERVICES)})[^*#]+$"


def user(name: str, *tags: str) -> Json:
    """A broker user without a password, in the broker's own definitions format."""
    return {
        "name": name,
        "password_hash": "",
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": list(tags),
    }


def _permission(name: str, rights: Rights) -> Json:
    return {
        "user": name,
        "vhost": "/",
        "configure": rights.configure,
        "write": rights.write,
        "read": rights.read,
    }


def _topic_permission(name: str, exchange: str, write: str, read: str) -> Json:
    return {"user": name, "vhost": "/", "exchange": exchange, "write": write, "read": read}
