"""Messages as they come, and what becomes of those that can't be handled."""

from dataclasses import dataclass, replace
from typing import Any, Self

from bson.errors import InvalidDocument
from pika import BasicProperties
from pymongo.errors import DocumentTooLarge, OperationFailure

from shared.contracts.envelope import Unreadable, encode
from shared.domain.types import Event
from shared.platform import logging_setup
from shared.platform.topology import events_exchange

log = logging_setup.get(__name__)

DELIVERIES = b"x-delivery-count"

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
    # As the broker gave them: decoded by pika, or the bytes of which few are ever asked for.
    given: BasicProperties | bytes = b"\0\0"
    tag: int = 0
    dead: bool = False

    def as_dead(self) -> Self:
        """The dead letter that it is: it is replayed as what it was before the broker gave it
        up."""
        first = self._headers.get("x-first-death-exchange")
        return replace(self, exchange=text(first) if first else self.exchange, dead=True)

    @property
    def message_id(self) -> str:
        return text(self._properties.message_id or "")

    @property
    def before(self) -> int:
        """How often it was delivered before, as a quorum queue counts; a stranger may write there
        what it likes."""
        if isinstance(self.given, bytes) and DELIVERIES not in self.given:
            return 0
        count = self._headers.get(DELIVERIES.decode(), 0)
        return count if isinstance(count, int) else 0

    @property
    def properties(self) -> dict[str, str]:
        """As text that can be stored."""
        given = vars(self._properties).items()
        return {name: _storable(value)[:500] for name, value in given if value is not None}

    @classmethod
    def logged(cls, service: str, event: Event) -> Self:
        """The message that the relay of `service` made of an event in its log."""
        return cls(
            body=encode(event),
            exchange=events_exchange(service),
            routing_key=str(event.get("type", "")).partition(".")[2],
            given=BasicProperties(message_id=_storable(event.get("id", ""))),
        )

    @property
    def _headers(self) -> dict[str, Any]:
        return self._properties.headers or {}

    @property
    def _properties(self) -> BasicProperties:
        if isinstance(self.given, bytes):
            self.given = _decoded(self.given)
        return self.given


def _decoded(properties: bytes) -> BasicProperties:
    """A stranger's may be beyond reading: then there are none."""
    try:
        return BasicProperties().decode(properties)
    except Exception as error:
        log.warning("message properties unreadable", error=type(error).__name__)
        return BasicProperties()


def text(value: str | bytes) -> str:
    """What a stranger wrote, perhaps not in UTF-8."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _storable(value: object) -> str:
    """As text without lone surrogates."""
    plain = text(value) if isinstance(value, bytes) else str(value)
    return plain.encode("utf-8", "replace").decode()


def cause(error: Exception) -> tuple[str, str]:
    """Reason and detail of a message that failed alone."""
    if isinstance(error, Unreadable):
        return error.reason, error.detail
    if isinstance(error, UNSTORABLE):
        return "cannot_be_stored", type(error).__name__
    return "handler_failed", type(error).__name__
