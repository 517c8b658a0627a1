"""Messages as they come, and what becomes of those that can't be handled."""

from dataclasses import dataclass
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
    message_id: str = ""
    # How often it was delivered before.
    before: int = 0
    tag: int = 0
    dead: bool = False
    # As the broker gave them: pika's BasicProperties.
    raw_properties: Any = None

    @classmethod
    def of(cls, method: Any, properties: Any, body: bytes, dead: bool = False) -> Self:
        # A dead letter is replayed as what it was before the broker gave it up.
        first = (properties.headers or {}).get("x-first-death-exchange") if dead else None
        return cls(
            body,
            _text(first or method.exchange),
            _text(method.routing_key),
            _text(properties.message_id or ""),
            _deliveries(properties.headers),
            method.delivery_tag,
            dead,
            properties,
        )

    @property
    def properties(self) -> dict[str, str]:
        """As text that can be stored."""
        given = vars(self.raw_properties) if self.raw_properties else {}
        found = {name: _storable(value)[:500] for name, value in given.items() if value is not None}
        return found | ({"message_id": self.message_id[:500]} if self.message_id else {})

    @classmethod
    def logged(cls, service: str, event: Event) -> Self:
        """The message that the relay of `service` made of an event in its log."""
        return cls(
            body=encode(event),
            exchange=events_exchange(service),
            routing_key=str(event.get("type", "")).partition(".")[2],
            message_id=_storable(event.get("id", "")),
        )


def _deliveries(headers: Any) -> int:
    """As a quorum queue counts them; a stranger may write there what it likes."""
    count = (headers or {}).get("x-delivery-count", 0)
    return count if isinstance(count, int) else 0


def _text(value: str | bytes) -> str:
    """What a stranger wrote, perhaps not in UTF-8: then it comes as bytes."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _storable(value: object) -> str:
    """As text without lone surrogates."""
    return str(value).encode("utf-8", "replace").decode()


def cause(error: Exception) -> tuple[str, str]:
    """Reason and detail of a message that failed alone."""
    if isinstance(error, Unreadable):
        return error.reason, error.detail
    if isinstance(error, UNSTORABLE):
        return "cannot_be_stored", type(error).__name__
    return "handler_failed", type(error).__name__
