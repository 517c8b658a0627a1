"""Which message is next: the stream's come first, until it brings the one that waits in the queue.

Everything in the queue is in the stream too, in the same order. So the stream is read until it has
brought the message at the head of the queue. What follows is in the queue, without a gap; what came
by both ways is known by then. A message that isn't in the stream, such as a test that went to this
queue alone, is taken when the stream has been quiet for a while, and the stream is read on.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from warm_client.store import Position, Store, fingerprint

QUIET_SECONDS = 5.0


class StreamChanged(Exception):
    """The stream isn't the one that was read before: it has to be read from its beginning."""


@dataclass(frozen=True)
class Message:
    """`offset` is its place in the stream; None for a message of the queue. `source` is what the
    client library acknowledges it by."""

    body: bytes
    offset: int | None
    source: Any


class Merging:
    """The messages of one connection. `is_settled` says whether there is nothing left to do for a
    message. `now` is by a monotonic clock, in seconds.

    `is_live`: the stream isn't needed any more on this connection.
    """

    def __init__(
        self,
        store: Store,
        is_settled: Callable[[bytes], bool],
        reads_stream: bool,
        now: float,
        quiet: float = QUIET_SECONDS,
    ) -> None:
        self._store, self._is_settled, self._quiet = store, is_settled, quiet
        self.is_live = not reads_stream
        self._stream: deque[Message] = deque()
        self._queue: deque[Message] = deque()
        # The first message of the stream has to be the last one that was read before.
        self._expected = store.position
        self._held: Message | None = None
        self._is_news = True
        self._heard = now

    def add(self, message: Message, now: float) -> None:
        """A message was delivered."""
        if message.offset is None:
            self._queue.append(message)
        else:
            self._stream.append(message)
            self._heard = now

    def next(self, now: float) -> Message | None:
        """The message to deal with now, if there is one. Raises StreamChanged."""
        if self._stream and not self.is_live:
            return self._from_stream(self._stream.popleft())
        if self._queue and (self.is_live or self._may_take(self._queue[0], now)):
            self._held = None
            self._is_news = True
            return self._queue.popleft()
        return None

    def done(self, message: Message, now: float) -> None:
        """The message was dealt with, and may be acknowledged."""
        if message.offset is not None:
            self._store.position = Position(message.offset, fingerprint(message.body))
            self._is_news = True
            self._heard = now

    def _from_stream(self, message: Message) -> Message:
        expected, self._expected = self._expected, None
        if expected and expected != Position(message.offset or 0, fingerprint(message.body)):
            raise StreamChanged
        return message

    def _may_take(self, head: Message, now: float) -> bool:
        if self._is_news and self._is_settled(head.body):
            # If it wasn't settled before, the stream has brought it.
            self.is_live = head is self._held
            return True
        self._is_news = False
        self._held = head
        if now - self._heard < self._quiet:
            return False
        if self._expected:
            raise StreamChanged
        return True
