"""Publishing with pipelined confirms: many messages under way, each one confirmed."""

import time
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from eventlet.semaphore import Semaphore

from shared.contracts.messages import Message
from shared.messaging.amqp_encoder import encode
from shared.platform import broker

CONFIRM_SECONDS = 30
CLOSE_SECONDS = 1
# Handed to the socket at once.
WRITE_BYTES = 65_536


class NotConfirmed(Exception):
    """The broker refused a message or didn't confirm it in time: publish all of them again."""


class Publisher:
    """One connection. Green threads may publish at once: while one waits for its confirms another
    one sends."""

    def __init__(self, amqp_uri: str) -> None:
        self._uri = amqp_uri
        self._open_connection: _Confirming | None = None
        self._sending, self._opening = Semaphore(), Semaphore()

    def publish(self, exchange: str, messages: Iterable[Message]) -> None:
        """Publish and wait until each message is confirmed.

        Raises NotConfirmed, or the connection's own errors; then none may be taken as published.
        """
        connection = self._opened()
        try:
            with self._sending:
                tags = connection.send(exchange, messages)
            connection.await_confirms(tags)
        except BaseException:
            # Whoever else waits on it finds it closed, and publishes again.
            connection.close()
            if self._open_connection is connection:
                self._open_connection = None
            raise

    def close(self) -> None:
        if self._open_connection:
            self._open_connection.close()
        self._open_connection = None

    def _opened(self) -> "_Confirming":
        with self._opening:
            if self._open_connection is None:
                self._open_connection = _Confirming(self._uri)
            return self._open_connection


class _Confirming:
    """A connection that knows which of its messages aren't confirmed yet."""

    def __init__(self, uri: str) -> None:
        self._connection: Any = broker.connection(uri, heartbeat=0)
        self._connection.connect()
        channel = self._channel = self._connection.default_channel
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        # In the order of their numbers.
        self._waiting: dict[int, None] = {}
        self._refused: set[int] = set()
        self._next_tag = 1
        self._reading = Semaphore()
        self._closed = False

    def close(self) -> None:
        self._closed = True
        self._connection.collect(CLOSE_SECONDS)

    def send(self, exchange: str, messages: Iterable[Message]) -> range:
        """Send them without waiting; returns their numbers."""
        first, channel = self._next_tag, self._channel.channel_id
        largest, unsent = self._channel.connection.frame_max, bytearray()
        for message in messages:
            unsent += encode(message, exchange, channel, largest)
            self._waiting[self._next_tag] = None
            self._next_tag += 1
            if len(unsent) >= WRITE_BYTES:
                self._write(bytes(unsent))
                unsent.clear()
        if unsent:
            self._write(bytes(unsent))
        return range(first, self._next_tag)

    def _write(self, data: bytes) -> None:
        if self._closed:
            raise NotConfirmed("the connection was closed")
        self._channel.connection.transport.write(data)

    def await_confirms(self, tags: range) -> None:
        """Wait until each of these is confirmed. Raises NotConfirmed."""
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._left(tags):
            with self._reading:
                # Whoever read before may have read these too.
                if self._left(tags):
                    self._read(deadline - time.monotonic())

    def _left(self, tags: range) -> bool:
        if self._closed:
            raise NotConfirmed("the connection was closed")
        if any(tag in self._refused for tag in tags):
            raise NotConfirmed(f"{len(self._refused)} refused")
        # They are confirmed in no particular order, but mostly in theirs: the last first.
        return any(tag in self._waiting for tag in reversed(tags))

    def _read(self, seconds: float) -> None:
        try:
            if seconds <= 0:
                raise TimeoutError
            self._connection.drain_events(timeout=seconds)
        except TimeoutError as error:
            raise NotConfirmed(f"{len(self._waiting)} without an answer") from error

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused |= self._settle(tag, multiple)

    def _settle(self, tag: int, multiple: bool) -> set[int]:
        if not multiple:
            self._waiting.pop(tag, None)
            return {tag}
        settled = set(takewhile(lambda waiting: waiting <= tag, self._waiting))
        for one in settled:
            del self._waiting[one]
        return settled
