"""Publishing with pipelined confirms: many messages are sent before the first is confirmed."""

import time
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from amqp import AMQPError
from eventlet.semaphore import Semaphore

from shared.contracts.messages import Message
from shared.messaging.amqp_encoder import encode
from shared.platform import broker
from shared.platform.limited_connection import BrokerAlarm

CONFIRM_SECONDS = 30
CLOSE_SECONDS = 1
# Bytes given to the socket at once.
WRITE_BYTES = 65_536


class NotConfirmed(Exception):
    """The broker refused a message or didn't confirm it in time: publish all messages again."""


class Publisher:
    """One connection for several green threads: while one waits for confirms, another one sends."""

    def __init__(self, amqp_uri: str) -> None:
        self._uri = amqp_uri
        self._current: _ConfirmingConnection | None = None
        self._sending, self._opening = Semaphore(), Semaphore()

    def publish(self, exchange: str, messages: Sequence[Message]) -> None:
        """Publish and wait until each message is confirmed.

        Raises BrokerAlarm, NotConfirmed, or the connection's own errors; then no message counts as
        published.
        """
        was_kept = self._current is not None
        try:
            self._publish(exchange, messages)
        except BrokerAlarm:
            raise
        except (OSError, AMQPError):
            # A connection that ended while nothing was sent is noticed by its next use alone.
            if not was_kept:
                raise
            self._publish(exchange, messages)

    def _publish(self, exchange: str, messages: Sequence[Message]) -> None:
        connection = self._connected()
        try:
            with self._sending:
                tags = connection.send(exchange, messages)
            connection.await_confirms(tags)
        except BrokerAlarm:
            # The connection is kept: the broker would keep each one until the alarm ends.
            raise
        except BaseException:
            # Other threads that wait on it find it closed, and publish again.
            connection.close()
            if self._current is connection:
                self._current = None
            raise

    def close(self) -> None:
        if self._current:
            self._current.close()
        self._current = None

    def _connected(self) -> "_ConfirmingConnection":
        with self._opening:
            if self._current is None:
                self._current = _ConfirmingConnection(self._uri)
            return self._current


class _ConfirmingConnection:
    """A connection with the numbers of its messages that aren't confirmed yet."""

    def __init__(self, uri: str) -> None:
        self._connection: Any = broker.connection(uri, heartbeat=0)
        self._connection.connect()
        self._amqp = self._connection.connection
        channel = self._channel = self._connection.default_channel
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        # The unconfirmed messages, in the order of their numbers.
        self._waiting: dict[int, None] = {}
        self._refused: set[int] = set()
        self._next_tag = 1
        self._reading = Semaphore()
        self._closed = False

    def close(self) -> None:
        self._closed = True
        self._connection.collect(CLOSE_SECONDS)

    def send(self, exchange: str, messages: Iterable[Message]) -> range:
        """Send messages without waiting. Returns their numbers. Raises BrokerAlarm."""
        self._refuse_while_blocked()
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

    def _refuse_while_blocked(self) -> None:
        if self._amqp.blocked:
            with self._reading:
                # Whether the alarm has ended meanwhile.
                self._amqp.refuse_while_blocked()

    def _write(self, data: bytes) -> None:
        if self._closed:
            raise NotConfirmed("the connection was closed")
        self._channel.connection.transport.write(data)

    def await_confirms(self, tags: range) -> None:
        """Wait until all of these are confirmed. Raises NotConfirmed, BrokerAlarm."""
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._left(tags):
            self._refuse_while_blocked()
            with self._reading:
                # The thread that read before may have read these confirms too.
                if self._left(tags):
                    self._read(deadline - time.monotonic())

    def _left(self, tags: range) -> bool:
        if self._closed:
            raise NotConfirmed("the connection was closed")
        if any(tag in self._refused for tag in tags):
            raise NotConfirmed(f"{len(self._refused)} messages refused")
        # Confirms mostly come in the order of the messages, so the last one is checked first.
        return any(tag in self._waiting for tag in reversed(tags))

    def _read(self, seconds: float) -> None:
        try:
            if seconds <= 0:
                raise TimeoutError
            self._connection.drain_events(timeout=seconds)
        except TimeoutError as error:
            raise NotConfirmed(f"{len(self._waiting)} messages not confirmed in time") from error

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
