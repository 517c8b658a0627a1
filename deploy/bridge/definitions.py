"""What the broker has for partners, in its definitions format: virtual hosts, users, rights.

It follows from the partners' file alone, so that a broker that lost everything gets it again.
"""

import re
from collections.abc import Collection, Iterable

from deploy.bridge.partners import Partner
from shared.domain.types import Json
from shared.platform import permissions
from shared.platform.declarations import NO_LIMIT, events_exchange
from shared.platform.permissions import ALL, BRIDGE, PARTNERS, Rights
from shared.platform.topology import RPC_DELIVERY_LIMIT

# Whatever type the virtual host has by default.
QUORUM = {"x-queue-type": "quorum"}
EVERYTHING = Rights(ALL, ALL, ALL, {})

# Events of a partner that wait in our virtual host: beyond, the oldest are dropped. They can still
# be read from the log of their service.
MOST_EVENTS = 1_000_000
# What a partner may have in its own virtual host. A queue that is full takes no more.
MOST_CONNECTIONS = 50
MOST_QUEUES = 200
MOST_BYTES = 256 * 1024**2
MOST_REQUESTS = 1_000

# Above those that an operator may have for all queues.
PRIORITY = 10


def definitions(partners: Collection[Partner]) -> Json:
    """Everything but the passwords. Users without one can't log in."""
    return {
        "vhosts": [{"name": it.account} for it in partners],
        "users": [permissions.user(it) for it in (BRIDGE, *(it.account for it in partners))],
        "permissions": [
            permissions.permission(BRIDGE, rights_of_bridge(partners)),
            *(
                permissions.permission(user, EVERYTHING, it.account)
                for it in partners
                for user in (it.account, BRIDGE)
            ),
        ],
        "topic_permissions": permissions.topic_permissions(BRIDGE, rights_of_bridge(partners)),
        "parameters": [_limits(it.account) for it in partners],
        "policies": [
            *([_ours()] if partners else []),
            *(policy for it in partners for policy in _policies(it.account)),
        ],
    }


def queues(partners: Iterable[Partner]) -> Json:
    """The queues of partners' events, with their bindings. The bridge declares them too; here they
    are there before it starts, so that no event is lost in between."""
    partners = list(partners)
    lasting = {"vhost": "/", "durable": True, "auto_delete": False, "arguments": QUORUM}
    to_queue = {"vhost": "/", "destination_type": "queue", "arguments": {}}
    return {
        "queues": [{"name": it.events_queue, **lasting} for it in partners],
        "bindings": [
            {
                "source": events_exchange(service),
                "destination": it.events_queue,
                "routing_key": key,
                **to_queue,
            }
            for it in partners
            for service, key in it.bindings
        ],
    }


def with_partners(base: Json, partners: Collection[Partner]) -> Json:
    """Definitions for a whole broker, with what partners need. The bridge's rights follow from
    them, in place of those in `base`."""
    added = definitions(partners)
    kept = {part: base.get(part, []) for part in {*base, *added}}
    for part, name in (("users", "name"), ("permissions", "user"), ("topic_permissions", "user")):
        kept[part] = [it for it in kept[part] if it[name] != BRIDGE]
    return kept | {part: [*kept[part], *more] for part, more in added.items()}


def rights_of_bridge(partners: Iterable[Partner]) -> Rights:
    """In our virtual host: the methods that one of the partners may call, the events that one of
    them may hear, and its own queues."""
    partners = list(partners)
    methods = sorted({method for it in partners for method in it.methods})
    keys: dict[str, set[str]] = {}
    for service, key in (binding for it in partners for binding in it.bindings):
        keys.setdefault(events_exchange(service), set()).add(key)
    return permissions.of_bridge(methods, {name: sorted(found) for name, found in keys.items()})


def _limits(vhost: str) -> Json:
    most = {"max-connections": MOST_CONNECTIONS, "max-queues": MOST_QUEUES}
    return {"component": "vhost-limits", "name": "limits", "vhost": vhost, "value": most}


def _policies(vhost: str) -> list[Json]:
    full = {"max-length-bytes": MOST_BYTES, "overflow": "reject-publish"}
    requests = full | {"max-length": MOST_REQUESTS, "delivery-limit": RPC_DELIVERY_LIMIT}
    return [
        _policy(vhost, "limits", ".*", full, priority=0),
        _policy(vhost, "requests", "^rpc-", requests),
    ]


def _ours() -> Json:
    most = {"delivery-limit": NO_LIMIT, "max-length": MOST_EVENTS}
    return _policy("/", "partners", f"^{re.escape(PARTNERS)}.*", most)


def _policy(
    vhost: str, name: str, pattern: str, definition: Json, priority: int = PRIORITY
) -> Json:
    return {
        "vhost": vhost,
        "name": name,
        "pattern": pattern,
        "apply-to": "queues",
        "priority": priority,
        "definition": definition,
    }
