"""Received messages, and the reasons for which they are rejected."""

from dataclasses import dataclass, replace
from typing import Any, Self

from bson.errors import InvalidDocument
from pika import BasicProperties
from pymongo.errors import DocumentTooLarge, OperationFailure

from shared.contracts.envelope import Unreadable, encode
from shared.domain.types import Event
from shared.platform import logging_setup
from shared.platform.declarations import FIRST_EXCHANGE, RETURNS, events_exchange

log = logging_setup.get(__name__)

DELIVERY_COUNT = b"x-delivery-count"

# Content that the driver or the database refuses: too large, too deep, not BSON.
UNSTORABLE = (InvalidDocument, DocumentTooLarge, OperationFailure, OverflowError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A handler's verdict that an event is a dead letter; `reason` is a key of envelope.REASONS."""

    reason: str
    detail: str = ""
    orgunit: str | None = None


@dataclass(slots=True)
class Delivery:
    """A received message, undecoded."""

    body: bytes
    exchange: str
    routing_key: str
    # Decoded by pika, or as bytes, which are rarely decoded.
    raw_properties: BasicProperties | bytes = b"\0\0"
    tag: int = 0
    dead: bool = False

    def as_dead(self) -> Self:
        """The message as a dead letter, with the exchange that it came through at first."""
        # Only the service writes to its exchange of returns: there its own word counts.
        returned = self.exchange.endswith(RETURNS)
        first = self._headers.get(FIRST_EXCHANGE if returned else "x-first-death-exchange")
        return replace(self, exchange=text(first) if first else self.exchange, dead=True)

    @property
    def message_id(self) -> str:
        return text(self._properties.message_id or "")

    @property
    def previous_deliveries(self) -> int:
        """How often a quorum queue delivered it before. A publisher may have set any value."""
        if isinstance(self.raw_properties, bytes) and DELIVERY_COUNT not in self.raw_properties:
            return 0
        count = self._headers.get(DELIVERY_COUNT.decode(), 0)
        return count if isinstance(count, int) else 0

    @property
    def offset(self) -> int:
        """Its place in the stream that it was read from; -1 if it came from elsewhere."""
        found = self._headers.get("x-stream-offset", -1)
        return found if isinstance(found, int) else -1

    @property
    def properties(self) -> dict[str, str]:
        """The message's properties as text that can be stored."""
        decoded = vars(self._properties).items()
        return {name: _storable(value)[:500] for name, value in decoded if value is not None}

    @classmethod
    def logged(cls, service: str, event: Event) -> Self:
        """The message of an event in the log of `service`, as its relay published it."""
        return cls(
            body=encode(event),
            exchange=events_exchange(service),
            routing_key=str(event.get("type", "")).partition(".")[2],
            raw_properties=BasicProperties(message_id=_storable(event.get("id", ""))),
        )

    @property
    def _headers(self) -> dict[str, Any]:
        return self._properties.headers or {}

    @property
    def _properties(self) -> BasicProperties:
        if isinstance(self.raw_properties, bytes):
            self.raw_properties = _decoded(self.raw_properties)
        return self.raw_properties


def _decoded(properties: bytes) -> BasicProperties:
    """The decoded properties; none if an untrusted publisher made them unreadable."""
    try:
        return BasicProperties().decode(properties)
    except Exception as error:
        log.warning("message properties unreadable", error=type(error).__name__)
        return BasicProperties()


def text(value: str | bytes) -> str:
    """Text of an untrusted publisher, which may not be UTF-8."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _storable(value: object) -> str:
    """The value as text without lone surrogates."""
    plain = text(value) if isinstance(value, bytes) else str(value)
    return plain.encode("utf-8", "replace").decode()


def reason_of(error: Exception) -> tuple[str, str]:
    """Reason and detail of a message that failed when it was handled alone."""
    if isinstance(error, Unreadable):
        return error.reason, error.detail
    if isinstance(error, UNSTORABLE):
        return "cannot_be_stored", type(error).__name__
    return "handler_failed", type(error).__name__
