"""Events as text: how they are kept and sent, and not taken apart before somebody asks."""

from typing import Self

import msgspec

from shared.domain.types import Document, Event


class Head(msgspec.Struct, gc=False):
    """What is asked of every event."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    recordedtime: str
    orgunit: str
    correlationid: str
    sourcesequence: int


_HEAD = msgspec.json.Decoder(Head)


class Message:
    """`head` has at least what a Head has; of the event and its text, JSON, one is given and the
    other made of it when asked for."""

    __slots__ = ("_event", "_text", "head")

    def __init__(self, head: Head, text: str | None = None, event: Event | None = None) -> None:
        self.head = head
        self._text = text
        self._event = event

    @classmethod
    def of(cls, event: Event, text: str | None = None) -> Self:
        """The message of an event that is known already."""
        return cls(msgspec.convert(event, Head), text, event)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """One that was written here. Raises msgspec.DecodeError."""
        return cls(_HEAD.decode(text), text)

    @property
    def text(self) -> str:
        """Raises UnicodeError or OverflowError for what can't be written, and so not stored."""
        if self._text is None:
            self._text = msgspec.json.encode(self._event).decode()
        return self._text

    @property
    def event(self) -> Event:
        if self._event is None:
            self._event = msgspec.json.decode(self.text)
        return self._event


def event_of(kept: Document) -> Event:
    """The event of a document that keeps it as text."""
    event: Event = msgspec.json.decode(kept["event"])
    return event


def unsent(event: Event) -> Document:
    """An event as it waits in its aggregate for its number."""
    return {"id": event["id"], "event": msgspec.json.encode(event).decode()}


def numbered(text: str, number: int) -> str:
    """The text of an unsent event with its place in its source's log."""
    return f'{text[:-1]},"sourcesequence":{number}}}'
