"""The contract as an AsyncAPI 3 document: events, streams, and RPC as request and reply."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from deploy.catalogue import asyncapi_messages as messages
from deploy.catalogue.topology import matching
from deploy.local.places import ROOT
from services.supervision.forms.catalogue import FORMS
from shared.contracts.events import published_versions
from shared.contracts.events.declare import EventType
from shared.contracts.rpc import COMMON, DECLARED
from shared.contracts.rpc.declare import Method
from shared.domain.service_names import NAMES
from shared.domain.types import Json
from shared.platform import declarations, topology
from shared.platform.version import project_version

FILE = ROOT / "docs" / "asyncapi.json"
LEVELS = 3
BINDING = "0.3.0"
VHOST = "/"
REPLIES = "rpc.replies"
# Where AsyncAPI looks for these two is the headers; in AMQP 0.9.1 they are properties of a message.
REPLY_TO, CORRELATION_ID = "$message.header#/reply_to", "$message.header#/correlation_id"
ABOUT = (
    "全部事件与远程方法。Every event and every RPC method. Messages are JSON, over AMQP 0.9.1;"
    " those of the stream reports.forms are files. A"
    " deployment gives its address, a user and a password; see docs/catalogue in the repository for"
    " permissions and sizes."
)


def text() -> str:
    """A line for each part of a channel, an operation, a message or a schema: half as large as with
    an indent, and a change shows where it is."""
    return _lines(document(), LEVELS) + "\n"


def _lines(value: Any, levels: int) -> str:
    if not levels or not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    parts = (f"{json.dumps(key)}: {_lines(part, levels - 1)}" for key, part in value.items())
    return "{\n" + ",\n".join(parts) + "\n}"


def write() -> None:
    FILE.write_text(text(), encoding="utf-8")


def document() -> Json:
    """The whole document. It refers to nothing outside."""
    made = messages.Messages()
    channels = {
        **_events(made),
        **_streams(),
        topology.FORM_STREAM: _forms(made),
        **_methods(made),
        REPLIES: _replies(),
        declarations.RECEIPTS: _receipts(made),
    }
    return {
        "asyncapi": "3.0.0",
        "id": "urn:warm",
        "info": {"title": "Warm District", "version": project_version(), "description": ABOUT},
        "defaultContentType": "application/json",
        "servers": {"broker": _server()},
        "channels": channels,
        "operations": dict(_operations()),
        "components": {
            "messages": made.messages,
            "schemas": made.schemas,
            "correlationIds": {"call": {"location": CORRELATION_ID}},
            "securitySchemes": {"user": {"type": "userPassword"}},
        },
    }


def _server() -> Json:
    return {
        "host": "{host}:{port}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ; with TLS in a deployment (`amqps`).",
        "variables": {"host": {"default": "localhost"}, "port": {"default": "5672"}},
        "security": [_ref("components", "securitySchemes", "user")],
    }


def _events(made: messages.Messages) -> dict[str, Json]:
    channels: dict[str, Json] = {}
    for event_type in published_versions():
        channel = channels.setdefault(event_type.name, _event_channel(event_type))
        channel["messages"] |= _listed([made.event(event_type)])
    return channels


def _event_channel(event_type: EventType) -> Json:
    return {
        "address": event_type.routing_key,
        "title": f"{event_type.zh} {event_type.en}",
        "tags": [{"name": event_type.service}],
        "messages": {},
        "bindings": _routing_key(declarations.events_exchange(event_type.service)),
    }


def _streams() -> dict[str, Json]:
    """Each stream with the messages that its bindings lead to it."""
    channels: dict[str, Json] = {}
    definitions = topology.definitions()
    for queue in definitions["queues"]:
        if queue["arguments"].get("x-queue-type") != "stream":
            continue
        name = queue["name"]
        bound = [it for it in definitions["bindings"] if it["destination"] == name]
        names = {it for binding in bound for it in _bound(binding)}
        if names:
            keys = [messages.event_key(it) for it in published_versions() if it.name in names]
            channels[name] = _stream(name, keys)
    return channels


def _stream(name: str, keys: Iterable[str]) -> Json:
    return {
        "address": name,
        "title": f"流 stream {name}",
        "messages": _listed(keys),
        "bindings": _queue(name, durable=True, exclusive=False, autoDelete=False),
    }


def _forms(made: messages.Messages) -> Json:
    """The stream of the files of public issues: the one whose messages are not JSON."""
    keys = [made.form(it.name, it.media_type) for it in FORMS.values()]
    about = (
        "公开版的成文文件。The files of the public edition of each issue, after its publication,"
        " each at least once. The body is the file itself; the headers say which it is."
    )
    return _stream(topology.FORM_STREAM, keys) | {"description": about}


def _bound(binding: Json) -> list[str]:
    """The names of the event types that a binding leads to its queue."""
    return matching(binding["source"].removesuffix(".events"), binding["routing_key"])


def _methods(made: messages.Messages) -> dict[str, Json]:
    channels: dict[str, Json] = {}
    for full, owner, name, method in _declared():
        channel = {
            "address": f"{'{service}' if owner == COMMON else owner}.{name}",
            "title": messages.about(owner, name),
            "tags": [{"name": owner}],
            "messages": _listed([made.request(full, method)]),
            "bindings": _routing_key(topology.RPC_EXCHANGE),
        }
        if owner == COMMON:
            channel["parameters"] = {"service": {"enum": sorted(NAMES)}}
        made.answer(full, method)
        channels[f"rpc.{full}"] = channel
    return channels


def _replies() -> Json:
    """The queue of a caller. Its address is in the request."""
    return {
        "address": None,
        "title": "调用者的答复队列 the caller's own queue for answers",
        "description": f"A queue that the caller declares, named `rpc.reply-…`, exclusive, bound to"
        f" `{topology.RPC_EXCHANGE}` with the `reply_to` of its requests as routing key.",
        "messages": _listed(messages.answer_key(full) for full, *_ in _declared()),
        "bindings": _queue("rpc.reply-{id}", durable=False, exclusive=True, autoDelete=True),
    }


def _receipts(made: messages.Messages) -> Json:
    return {
        "address": "{subscriber}",
        "title": "回执 receipts of subscribers",
        "description": "A subscriber that has an issue says so; supervision reads it.",
        "parameters": {"subscriber": {"description": "the subscriber's own name"}},
        "messages": _listed([made.receipt()]),
        "bindings": _routing_key(declarations.RECEIPTS),
    }


def _operations() -> Iterator[tuple[str, Json]]:
    """What the services do: they send events, receive receipts, and reply to requests."""
    for name in sorted({it.name for it in published_versions()}):
        yield f"send.{name}", {"action": "send", "channel": _ref("channels", name), **_sent()}
    for name in (*_streams(), topology.FORM_STREAM):
        yield f"send.{name}", {"action": "send", "channel": _ref("channels", name), **_sent()}
    receipts = {"action": "receive", "channel": _ref("channels", declarations.RECEIPTS)}
    yield "receive.receipt", receipts
    for full, *_ in _declared():
        answer = _ref("channels", REPLIES, "messages", messages.answer_key(full))
        yield (
            f"receive.{full}",
            {
                "action": "receive",
                "channel": _ref("channels", f"rpc.{full}"),
                "reply": {
                    "address": {"location": REPLY_TO},
                    "channel": _ref("channels", REPLIES),
                    "messages": [answer],
                },
            },
        )


def _sent() -> Json:
    persistent = {"deliveryMode": 2, "timestamp": True, "bindingVersion": BINDING}
    return {"bindings": {"amqp": persistent}}


def _declared() -> Iterator[tuple[str, str, str, Method]]:
    """Full name, owner, name and declaration of every method."""
    for owner, methods in DECLARED.items():
        for name, method in sorted(methods.items()):
            yield f"{owner}.{name}", owner, name, method


def _routing_key(exchange: str) -> Json:
    declared = {"name": exchange, "type": "topic", "durable": True, "autoDelete": False}
    return _amqp({"is": "routingKey", "exchange": declared | {"vhost": VHOST}})


def _queue(name: str, **options: bool) -> Json:
    return _amqp({"is": "queue", "queue": {"name": name, "vhost": VHOST, **options}})


def _amqp(binding: Json) -> Json:
    return {"amqp": binding | {"bindingVersion": BINDING}}


def _listed(keys: Iterable[str]) -> dict[str, Json]:
    return {key: _ref("components", "messages", key) for key in keys}


def _ref(*path: str) -> Json:
    return {"$ref": "#/" + "/".join(path)}
