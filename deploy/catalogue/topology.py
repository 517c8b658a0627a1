"""The broker's exchanges, queues, streams, bindings and policies, subscriptions, permissions."""

import re
from collections.abc import Iterator

from deploy.catalogue.events import reference
from deploy.catalogue.markdown import Row, code, codes, table
from shared.contracts.events import EVENT_TYPES
from shared.domain.types import Json
from shared.platform import declarations, permissions, topology
from shared.platform.callers import CALLERS
from shared.platform.subscribers import ARCHIVE, OWNER, subscriber_queue

SUBSCRIPTION_HEADS = (
    "订阅者 subscriber",
    "队列 queue",
    "发布者 publisher",
    "路由键 key",
    "事件 events",
)
EXCHANGE_HEADS = ("交换机 exchange", "类型 kind")
QUEUE_HEADS = ("队列 queue", "参数 arguments")
PERMISSION_HEADS = ("用户 user", "声明 configure", "写 write", "读 read")
TOPIC_HEADS = ("用户 user", "交换机 exchange", "可发布 may publish", "可绑定 may bind to")
POLICY_HEADS = ("队列 queue", "策略 policy")
CALLER_HEADS = ("用户 user", "可代表 may act for", "说明", "meaning")
BINDING_HEADS = ("交换机 exchange", "路由键或标头 key or header", "队列 queue")


def lines() -> Iterator[str]:
    definitions = topology.definitions()
    yield from (
        "Everything is durable. When the broker starts, it loads users, permissions and policies",
        "from a file that `./warm init-deploy` or the local stack makes. The rest is declared over",
        "AMQP. `deploy/broker/definitions.json` has all of it, without passwords. Services check",
        "that their part is there, and declare nothing.",
        "",
        "## 谁订阅谁 Subscriptions",
        "",
        *table(SUBSCRIPTION_HEADS, sorted(_subscriptions())),
        "## 交换机 Exchanges",
        "",
        *table(EXCHANGE_HEADS, sorted(map(_exchange, definitions["exchanges"]))),
        "## 队列与流 Queues and streams",
        "",
        *table(QUEUE_HEADS, sorted(map(_queue, definitions["queues"]))),
        "## 策略 Policies",
        "",
        "Delivery limits, and where a message goes that came back to its queue more often. What is",
        "in `*.undelivered` waits for a person: `./warm deadletters undelivered`. The headers",
        "exchange `<service>.undelivered` drops requests that expired; `<service>.return` leads a",
        "message back to the queue that its header `warm-return-to` names.",
        "",
        *table(POLICY_HEADS, sorted(map(_policy, definitions["policies"]))),
        "## 绑定 Bindings",
        "",
        *table(BINDING_HEADS, sorted(map(_binding, definitions["bindings"]))),
        "## 权限 Permissions",
        "",
        "Regular expressions of names, and of routing keys on topic exchanges. The database user",
        "of a service reads and writes the service's own database, `warm_<service>`, and no other.",
        "",
        *table(PERMISSION_HEADS, sorted(_permissions())),
        *table(TOPIC_HEADS, sorted(_topics())),
        "## 谁以谁的名义 Who acts for whom",
        "",
        "Each request names its broker user in the property `user_id`; the broker refuses another",
        "one. A command whose `actor` its user may not act for is refused with `Forbidden`. Users",
        "in the setting `WARM_TRUSTED_USERS` may act for anybody: that of a local stack.",
        "",
        *table(CALLER_HEADS, map(_caller, CALLERS)),
    )


def _permissions() -> Iterator[Row]:
    for name, it in permissions.identities().items():
        yield code(name), *map(_pattern, (it.configure, it.write, it.read))


def _topics() -> Iterator[Row]:
    for name, it in permissions.identities().items():
        for exchange, keys in it.topics.items():
            yield code(name), code(exchange), *map(_pattern, keys)


def _caller(name: str) -> Row:
    it = CALLERS[name]
    return code(name), code(it.actors), it.zh, it.en


def _pattern(pattern: str) -> str:
    return "—" if pattern == permissions.NOTHING else code(pattern)


def _subscriptions() -> Iterator[Row]:
    for service, subscriptions in topology.SUBSCRIPTIONS.items():
        for source, key in subscriptions:
            yield _subscription(service, topology.inbox_queue(service), source, key)
    for key in declarations.REPORT_KEYS:
        yield _subscription(ARCHIVE.name, subscriber_queue(ARCHIVE.name), OWNER, key)


def _subscription(subscriber: str, queue: str, source: str, key: str) -> Row:
    return subscriber, code(queue), source, code(key), _events(source, key)


def _events(source: str, key: str) -> str:
    if key == "#":
        return "全部 all"
    return ", ".join(map(reference, matching(source, key))) or "尚未发布 not published yet"


def matching(source: str, key: str) -> list[str]:
    """The event types of `source` that reach a queue bound with `key`; `*` stands for one word, `#`
    for any."""
    pattern = re.escape(key).replace(r"\*", r"[^.]+").replace(r"\#", ".*")
    types = (item for item in EVENT_TYPES.values() if item.service == source)
    return sorted(item.name for item in types if re.fullmatch(pattern, item.routing_key))


def _exchange(item: Json) -> Row:
    return code(item["name"]), item["type"]


def _queue(item: Json) -> Row:
    arguments = (f"{name}={value}" for name, value in sorted(item["arguments"].items()))
    return code(item["name"]), codes(arguments)


def _policy(item: Json) -> Row:
    definition = (f"{name}={value}" for name, value in sorted(item["definition"].items()))
    return code(item["name"]), codes(definition)


def _binding(item: Json) -> Row:
    arguments = item["arguments"].items()
    headers = (f"{name}={value}" for name, value in arguments if name != "x-match")
    key = code(item["routing_key"]) if item["routing_key"] else codes(headers) or "—"
    return code(item["source"]), key, code(item["destination"])
