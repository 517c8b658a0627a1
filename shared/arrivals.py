"""Events as they came: read and found to be events, but not taken apart before somebody asks."""

from typing import Self

import msgspec

from shared.types import Event


class Head(msgspec.Struct, gc=False):
    """What is asked of every event."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    recordedtime: str
    orgunit: str
    sourcesequence: int


class Arrival:
    """`head` has at least what a Head has; of the event and its text, JSON, one is given and the
    other made of it when asked for."""

    __slots__ = ("_event", "_text", "head")

    def __init__(self, head: Head, text: str | None = None, event: Event | None = None) -> None:
        self.head = head
        self._text = text
        self._event = event

    @classmethod
    def of(cls, event: Event, text: str | None = None) -> Self:
        """The arrival of an event that is known already."""
        return cls(msgspec.convert(event, Head), text, event)

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
