"""The broker's permissions, declared once: services, subscribers and people's tools have only the
permissions that they need.

A permission names resources (queues, exchanges) by regular expression. On a topic exchange two more
expressions limit the routing keys that may be published and bound to. Without a permission to
configure, nothing can be declared: the topology exists already (`shared/platform/topology.py`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.form_names import INTERNAL, PUBLIC
from shared.domain.types import Json
from shared.platform.declarations import (
    EDITION_KEYS,
    NOTICE_KEYS,
    RECEIPTS,
    events_exchange,
    return_exchange,
)
from shared.platform.subscribers import ARCHIVE, OWNER, Account, subscriber_queue
from shared.platform.topology import (
    FORM_STREAM,
    FORMS,
    INTERNAL_REPORT_STREAM,
    KEY_STREAM,
    LOG_STREAM,
    REPORT_STREAM,
    RPC_EXCHANGE,
    SERVICES,
    SUBSCRIPTIONS,
    dead_queue,
    inbox_queue,
    rpc_queue,
    undelivered_queue,
)

NOTHING = "^$"
ALL = ".*"

# Service → the services whose methods it calls: all load the registry from supervision, relief asks
# volunteering for helpers, supervision reads the log of every service.
CALLED_SERVICES = {
    **{service: {"supervision"} for service in SERVICES},
    "relief": {"supervision", "volunteering"},
    "supervision": set(SERVICES),
}

# The user of people's tools: `./warm briefing`, `./warm deadletters` and so on.
OFFICE = "office"
# The user of an office's own program that reads the internal edition of reports.
READER = "reader"
# The user of readers of small notices, by MQTT or STOMP, for which the broker makes queues itself.
NOTICES = "notices"
# The user of the bridge to partners. Its rights follow from what partners are allowed
# (deploy/bridge/definitions.py): while there is none, it may do nothing.
BRIDGE = "bridge"
# The user that declares the topology in a deployment, and does nothing else.
KEEPER = "keeper"

# Edition → the streams of the reports that its subscribers may read.
STREAMS = {
    PUBLIC: (REPORT_STREAM, FORM_STREAM),
    INTERNAL: (REPORT_STREAM, FORM_STREAM, INTERNAL_REPORT_STREAM),
}

# What the names of the bridge's queues begin with.
PARTNERS = "partner."

REPLY_QUEUES = r"rpc\.reply-.*"
UNDELIVERED_OF_SUBSCRIBERS = r"sub\.[^.]+\.undelivered"
NOTICE_QUEUES = "(mqtt|stomp)-subscription-.*"


@dataclass(frozen=True)
class Rights:
    """Patterns of the resources that a user may configure, write and read.

    `topics` maps each topic exchange that it may use to two patterns of routing keys: those that it
    may publish, and those that it may bind to.
    """

    configure: str
    write: str
    read: str
    topics: dict[str, tuple[str, str]]


def identities() -> dict[str, Rights]:
    """Broker user → its permissions."""
    services = {service: _of_service(service) for service in SERVICES}
    return services | {
        ARCHIVE.name: of_subscriber(ARCHIVE),
        OFFICE: _of_office(),
        READER: _of_reader(),
        NOTICES: _of_notices(),
        BRIDGE: of_bridge((), {}),
    }


def definitions(*keepers: str) -> Json:
    """Users and their permissions, in the broker's definitions format.

    `keepers` may declare and remove everything. Users without a password can't log in.
    """
    known = identities() | {name: Rights(ALL, ALL, ALL, {}) for name in keepers}
    return {
        "users": [user(name) for name in known],
        **granted(known),
    }


def granted(known: Mapping[str, Rights]) -> Json:
    """The permissions of users, in the broker's definitions format."""
    return {
        "permissions": [permission(name, rights) for name, rights in known.items()],
        "topic_permissions": [
            limit for name, rights in known.items() for limit in topic_permissions(name, rights)
        ],
    }


def _of_service(service: str) -> Rights:
    own = events_exchange(service)
    sources: dict[str, list[str]] = {}
    for source, key in SUBSCRIPTIONS[service]:
        sources.setdefault(events_exchange(source), []).append(key)
    queues = [inbox_queue(service), dead_queue(service), rpc_queue(service)]
    # What came back too often may hold personal data: only its service reads and returns it.
    queues += [undelivered_queue(service)]
    # Supervision compares its facts with all published events, and reads subscribers' receipts.
    queues += [LOG_STREAM, RECEIPTS] if service == "supervision" else []
    kept = [UNDELIVERED_OF_SUBSCRIBERS] if service == OWNER else []
    written = [inbox_queue(service), return_exchange(service), RPC_EXCHANGE]
    written += [FORMS] if service == OWNER else []
    subscribed = {exchange: (NOTHING, _any(*_names(*keys))) for exchange, keys in sources.items()}
    return Rights(
        configure=_any(REPLY_QUEUES),
        write=_any(*_names(own, *written), REPLY_QUEUES),
        read=_any(*_names(*queues, *sources, RPC_EXCHANGE), *kept, REPLY_QUEUES),
        topics={
            **subscribed,
            own: (ALL, subscribed.get(own, (NOTHING, NOTHING))[1]),
            **({FORMS: (ALL, NOTHING)} if service == OWNER else {}),
            RPC_EXCHANGE: (_replies_and_methods_of(CALLED_SERVICES[service]), REPLY_ADDRESSES),
        },
    )


def of_subscriber(account: Account) -> Rights:
    """It reads its queues, and the streams of its edition from their beginning."""
    source, keys = events_exchange(OWNER), EDITION_KEYS.get(account.reports or "")
    read, write, topics = [*account.sources, KEY_STREAM], [RECEIPTS], {}
    if account.reports and keys:
        read += [*STREAMS[account.reports], source]
        # To bind its queue again, where somebody has unbound it.
        write += [subscriber_queue(account.name)]
        topics[source] = (NOTHING, _any(*_names(*keys)))
    # By its own name alone: so a receipt is known to be of its sender.
    topics[RECEIPTS] = (_exactly(account.name), NOTHING)
    return Rights(
        configure=NOTHING,
        write=_any(*_names(*write)),
        read=_any(*_names(*read)),
        topics=topics,
    )


def _of_office() -> Rights:
    """It calls the methods of every service and reads the replies, nothing else."""
    exchange = re.escape(RPC_EXCHANGE)
    return Rights(
        configure=_any(REPLY_QUEUES),
        write=_any(exchange, REPLY_QUEUES),
        read=_any(exchange, REPLY_QUEUES),
        topics={RPC_EXCHANGE: (f"^{_methods_of(SERVICES)}", REPLY_ADDRESSES)},
    )


def _of_reader() -> Rights:
    return Rights(
        configure=NOTHING,
        write=NOTHING,
        read=_any(*_names(INTERNAL_REPORT_STREAM, KEY_STREAM)),
        topics={},
    )


def _of_notices() -> Rights:
    source = events_exchange("supervision")
    return Rights(
        configure=_any(NOTICE_QUEUES),
        write=_any(NOTICE_QUEUES),
        read=_any(NOTICE_QUEUES, *_names(source)),
        topics={source: (NOTHING, _any(*_names(*NOTICE_KEYS)))},
    )


def of_bridge(methods: Iterable[str], keys: Mapping[str, Iterable[str]]) -> Rights:
    """It calls these methods, and binds queues of its own to these keys of exchanges of events."""
    own = rf"{re.escape(PARTNERS)}.*"
    return Rights(
        configure=_any(REPLY_QUEUES, own),
        write=_any(re.escape(RPC_EXCHANGE), REPLY_QUEUES, own),
        read=_any(re.escape(RPC_EXCHANGE), REPLY_QUEUES, own, *_names(*keys)),
        topics={
            RPC_EXCHANGE: (_any(*_names(*methods)), REPLY_ADDRESSES),
            **{exchange: (NOTHING, _any(*_names(*allowed))) for exchange, allowed in keys.items()},
        },
    )


def _names(*names: str) -> Iterable[str]:
    return map(re.escape, names)


def _any(*patterns: str) -> str:
    return f"^({'|'.join(patterns)})$"


def _exactly(name: str) -> str:
    return f"^{re.escape(name)}$"


def _methods_of(services: Iterable[str]) -> str:
    return rf"({'|'.join(map(re.escape, sorted(services)))})\."


def _replies_and_methods_of(called: set[str]) -> str:
    """Keys that name no method (replies go to the caller's address), or a method of `called`."""
    others = set(SERVICES) - called
    return f"^(?!{_methods_of(others)})" if others else ALL


# Addresses of replies: no method, and no pattern that would match the requests to a service.
REPLY_ADDRESSES = f"^(?!{_methods_of(SERVICES)})[^*#]+$"


def user(name: str, *tags: str) -> Json:
    """A broker user without a password, in the broker's definitions format."""
    return {
        "name": name,
        "password_hash": "",
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": list(tags),
    }


def permission(name: str, rights: Rights, vhost: str = "/") -> Json:
    return {
        "user": name,
        "vhost": vhost,
        "configure": rights.configure,
        "write": rights.write,
        "read": rights.read,
    }


def topic_permissions(name: str, rights: Rights) -> list[Json]:
    return [
        {"user": name, "vhost": "/", "exchange": exchange, "write": write, "read": read}
        for exchange, (write, read) in rights.topics.items()
    ]
