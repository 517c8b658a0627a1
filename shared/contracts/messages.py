"""Events as text: stored and sent as JSON, and decoded only where they are needed."""

from typing import Self

import msgspec

from shared.domain.types import Document, Event


class Head(msgspec.Struct, gc=False):
    """The attributes that every reader of an event needs."""

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
    """`head` has at least the attributes of a Head. Of the event and its JSON text one is given;
    the other one is made of it when it is needed."""

    __slots__ = ("_event", "_text", "head")

    def __init__(self, head: Head, text: str | None = None, event: Event | None = None) -> None:
        self.head = head
        self._text = text
        self._event = event

    @classmethod
    def of(cls, event: Event, text: str | None = None) -> Self:
        """The message of a decoded event."""
        return cls(msgspec.convert(event, Head), text, event)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The message of an event's text, of our own writing. Raises msgspec.DecodeError."""
        return cls(_HEAD.decode(text), text)

    @property
    def text(self) -> str:
        """Raises UnicodeError or OverflowError if the event can't be encoded, and so not stored."""
        if self._text is None:
            self._text = msgspec.json.encode(self._event).decode()
        return self._text

    @property
    def event(self) -> Event:
        if self._event is None:
            self._event = msgspec.json.decode(self.text)
        return self._event


def event_of(document: Document) -> Event:
    """The event of a document that stores it as text."""
    event: Event = msgspec.json.decode(document["event"])
    return event


def unsent(event: Event) -> Document:
    """An event without its number, as it is stored in its aggregate's `pending`."""
    return {"id": event["id"], "event": msgspec.json.encode(event).decode()}


def numbered(text: str, number: int) -> str:
    """The text of an unsent event, completed with its number in its source's log."""
    return f'{text[:-1]},"sourcesequence":{number}}}'
