"""Messages as they come, and what becomes of those that can't be handled."""

from dataclasses import dataclass, field
from typing import Any, Self

from bson.errors import InvalidDocument
from pymongo.errors import DocumentTooLarge, OperationFailure

from shared.envelope import Unreadable, encode
from shared.topology import events_exchange
from shared.types import Event

# The driver's refusals and the server's: too large, too deep, not BSON.
UNSTORABLE = (InvalidDocument, DocumentTooLarge, OperationFailure, OverflowError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A handler's verdict on one event: park it, with a key of envelope.REASONS."""

    reason: str
    detail: str = ""
    orgunit: str | None = None


@dataclass(slots=True)
class Delivery:
    """A message as it came, undecoded."""

    body: bytes
    exchange: str
    routing_key: str
    properties: dict[str, str] = field(default_factory=dict)
    redelivered: bool = False
    tag: int = 0
    dead: bool = False

    @classmethod
    def of(cls, message: Any, dead: bool = False) -> Self:
        info = message.delivery_info
        # A dead letter is replayed as what it was before the broker gave it up.
        first = (message.headers or {}).get("x-first-death-exchange") if dead else None
        return cls(
            body=bytes(message.body or b""),
            exchange=_storable(first or info["exchange"]),
            routing_key=_storable(info["routing_key"]),
            properties={key: _storable(value)[:500] for key, value in message.properties.items()},
            redelivered=info["redelivered"],
            tag=info["delivery_tag"],
            dead=dead,
        )

    @classmethod
    def logged(cls, service: str, event: Event) -> Self:
        """The message that the relay of `service` made of an event in its log."""
        return cls(
            body=encode(event),
            exchange=events_exchange(service),
            routing_key=str(event.get("type", "")).partition(".")[2],
            properties={"message_id": str(event.get("id", ""))},
        )


def _storable(value: object) -> str:
    """As text without lone surrogates, which the AMQP library lets through."""
    return str(value).encode("utf-8", "replace").decode()


def cause(error: Exception) -> tuple[str, str]:
    """Reason and detail of a message that failed alone."""
    if isinstance(error, Unreadable):
        return error.reason, error.detail
    if isinstance(error, UNSTORABLE):
        return "cannot_be_stored", type(error).__name__
    return "handler_failed", type(error).__name__
