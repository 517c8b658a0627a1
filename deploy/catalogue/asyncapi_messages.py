"""The messages of the AsyncAPI document, with their schemas and the golden examples."""

from typing import Any

from deploy.catalogue import examples
from deploy.catalogue.markdown import summary
from shared.contracts.catalogue import event_document, method_document
from shared.contracts.envelope import EnvelopeSchema, event_schema
from shared.contracts.events.declare import EventType
from shared.contracts.issue_files import FORM, FormHeaders
from shared.contracts.json_schema import DEFINITIONS, json_schema, opened, published
from shared.contracts.receipts import Receipt
from shared.contracts.rpc import COMMON
from shared.contracts.rpc.declare import Method
from shared.contracts.rpc.error_schemas import error_schema
from shared.domain.errors import WarmError
from shared.domain.service_names import service_class
from shared.domain.types import Json
from shared.service import deadlines
from shared.service.base_service import Service

FORMAT = "application/schema+json;version=draft-2020-12"
RECEIPT = "receipt"
ENVELOPE = EnvelopeSchema.__name__
_FORM_HEADERS = opened(json_schema(FormHeaders))
# Of a schema that is part of another one's.
_OWN = ("$schema", "$id")
_HEADERS = {"type": "object", "properties": {"ce-mode": {"type": "string", "const": "structured"}}}


def event_key(event_type: EventType) -> str:
    return f"{event_type.name}.{event_type.version}"


def request_key(full: str) -> str:
    return f"rpc.{full}.request"


def answer_key(full: str) -> str:
    return f"rpc.{full}.answer"


def about(owner: str, name: str) -> str:
    """What a method does."""
    return summary(getattr(Service if owner == COMMON else service_class(owner), name))


class Messages:
    """`messages` and `schemas` for the components of the document, by their keys. A definition that
    many schemas have is there once."""

    def __init__(self) -> None:
        self.messages: dict[str, Json] = {}
        self.schemas: dict[str, Json] = {}

    def event(self, event_type: EventType) -> str:
        """Add a version of an event. Returns the key of the message."""
        document = event_document(event_type)
        until = document.get("$comment")
        title = f"{event_type.zh} {event_type.en}"
        message = {
            "name": event_type.name,
            "title": f"{title} ({until})" if until else title,
            "headers": _HEADERS,
            "correlationId": {"location": "$message.payload#/correlationid"},
            "tags": [{"name": event_type.service}],
        }
        example = examples.event(event_type)
        return self._add(event_key(event_type), message, self._event(document), example)

    def request(self, full: str, method: Method) -> str:
        """Add the request for a method. Returns the key of the message."""
        arguments = self._whole(method_document(full, method)["arguments"])
        payload = {
            "type": "object",
            "required": ["args", "kwargs"],
            "properties": {"args": {"type": "array", "maxItems": 0}, "kwargs": arguments},
        }
        instant = {"type": "string", "format": "date-time"}
        message = {
            "name": full,
            "headers": {"type": "object", "properties": {deadlines.HEADER: instant}},
            "correlationId": {"$ref": "#/components/correlationIds/call"},
        }
        return self._add(request_key(full), message, payload, examples.request(full))

    def answer(self, full: str, method: Method) -> str:
        """Add the answer of a method. Returns the key of the message."""
        result = self._whole(method_document(full, method)["result"])
        done = {"properties": {"result": result, "error": {"type": "null"}}}
        errors = [self._error(error) for error in method.raises]
        failed = {"properties": {"result": {"type": "null"}, "error": {"anyOf": [*errors, OTHER]}}}
        payload = {"type": "object", "required": ["result", "error"], "anyOf": [done, failed]}
        message = {"name": full, "correlationId": {"$ref": "#/components/correlationIds/call"}}
        failure = examples.failure(method.raises[0])
        return self._add(answer_key(full), message, payload, examples.answer(full), failure)

    def receipt(self) -> str:
        """Add the receipt of a subscriber. Returns the key of the message."""
        message = {"name": RECEIPT, "title": "回执 receipt"}
        payload = self._whole(opened(json_schema(Receipt)))
        return self._add(RECEIPT, message, payload, examples.receipt())

    def form(self, name: str, media_type: str) -> str:
        """Add a file of an issue, whose bytes are the body. Returns the key of the message."""
        key = f"{FORM}.{name}"
        payload = {"contentMediaType": media_type, "description": "The bytes of the file."}
        self.messages[key] = {
            "name": FORM,
            "title": f"成文文件 file of an issue: {name}",
            "contentType": media_type,
            "headers": {"schemaFormat": FORMAT, "schema": self._whole(_FORM_HEADERS)},
            "payload": {"schemaFormat": FORMAT, "schema": payload},
            "bindings": {"amqp": {"messageType": FORM, "bindingVersion": "0.3.0"}},
            "examples": [{"headers": examples.form(name)}],
        }
        return key

    def _add(self, key: str, message: Json, payload: Json, *shown: Json) -> str:
        self.messages[key] = message | {
            "contentType": "application/json",
            "bindings": {"amqp": {"contentEncoding": "utf-8", "bindingVersion": "0.3.0"}},
            "payload": {"schemaFormat": FORMAT, "schema": payload},
            "examples": [{"payload": it} for it in shown],
        }
        return key

    def _event(self, document: Json) -> Json:
        """What every event has, and what differs in this one."""
        common, parts = published(event_schema(None), ""), document[DEFINITIONS]
        known = common[DEFINITIONS][ENVELOPE]["properties"]
        named = {
            name: it for name, it in parts[ENVELOPE]["properties"].items() if it != known[name]
        }
        own = {"type": "object", "properties": self._referring(named, parts)}
        return {"allOf": [self._whole(common), own]}

    def _error(self, error: type[WarmError]) -> Json:
        return self._refer(error.__name__, self._whole(error_schema(error)))

    def _whole(self, schema: Json) -> Json:
        """A published schema with references into the components in place of its definitions."""
        parts = schema.get(DEFINITIONS, {})
        rest = {name: it for name, it in schema.items() if name not in (*_OWN, DEFINITIONS)}
        found: Json = self._referring(rest, parts)
        return found

    def _referring(self, schema: Any, parts: Json) -> Any:
        if isinstance(schema, list):
            return [self._referring(it, parts) for it in schema]
        if not isinstance(schema, dict):
            return schema
        found = {name: self._referring(it, parts) for name, it in schema.items() if name != "$ref"}
        if not isinstance(schema.get("$ref"), str):
            return found | ({"$ref": schema["$ref"]} if "$ref" in schema else {})
        name = schema["$ref"].rsplit("/", 1)[1]
        return found | self._refer(name, self._referring(parts[name], parts))

    def _refer(self, name: str, schema: Json) -> Json:
        """A reference to the schema in the components; different ones of a name get a number."""
        whole = {"schemaFormat": FORMAT, "schema": schema}
        key, number = name, 1
        while self.schemas.setdefault(key, whole) != whole:
            number += 1
            key = f"{name}{number}"
        return {"$ref": f"#/components/schemas/{key}/schema"}


# An error that isn't one of the declared ones.
OTHER: Json = {
    "type": "object",
    "required": ["exc_type", "value"],
    "properties": {
        "exc_type": {
            "type": "string",
            "not": {"enum": [error.__name__ for error in WarmError.__subclasses__()]},
        },
        "value": {"type": "string"},
    },
}
