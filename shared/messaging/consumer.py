"""Takes messages from the broker, many at once, while earlier ones are still being handled."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Self

import eventlet
import pika
from eventlet.event import Event as Signal

from shared.contracts import limits
from shared.messaging.amqp_decoder import DecodingConnection
from shared.messaging.deliveries import Delivery
from shared.platform import broker

# Where to begin in a stream.
Offset = int | str | datetime

HEARTBEAT_SECONDS = 30
CONNECT_SECONDS = 30
ACK_SECONDS = 1
CLOSE_SECONDS = 5

# The wait for more messages after which none seem to be left.
GATHER_SECONDS = 0.003
# With so few messages there is no wait for more.
FEW = 20


class Cancelled(Exception):
    """The broker ended the consumption of a queue, for example because it was deleted."""


def parameters(amqp_uri: str) -> pika.URLParameters:
    found = broker.pika_parameters(amqp_uri)
    found.heartbeat = HEARTBEAT_SECONDS
    return found


class Consumer:
    """Consumes queues with a connection and a green thread of its own.

    The thread does only pika's work: a green `select` may wake its thread once more later, while it
    waits for something else (tests/integration/assumptions/test_green_threads.py).

    At most `size` messages are taken at once; at most `prefetch` are unacknowledged. No more are
    read while those that nobody took have INBOX_BYTES.
    """

    def __init__(self, amqp_uri: str, size: int, prefetch: int) -> None:
        self._uri = amqp_uri
        self.size = size
        self._prefetch = prefetch
        self._buffer: list[Delivery] = []
        self._buffered, self._paused = 0, False
        self._arrived, self._open, self._listening = Signal(), Signal(), Signal()
        self._requested: set[str] = set()
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        self._connection = DecodingConnection(
            parameters(self._uri),
            on_open_callback=self._on_connection,
            on_open_error_callback=self._on_close,
            on_close_callback=self._on_close,
        )
        self._thread = eventlet.spawn(self._work)
        try:
            self._await(self._open)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # Unacknowledged messages return to their queue when the connection closes.
        if not self._thread.dead:
            self._connection.ioloop.add_callback_threadsafe(self._close)
        with eventlet.Timeout(CLOSE_SECONDS, False):
            self._thread.wait()
        self._thread.kill()

    def listen(
        self, queues: dict[str, bool], from_start: bool = False, offset: Offset | None = None
    ) -> None:
        """Begin to consume queues (name → whether it holds dead letters); a stream `from_start`, or
        from an `offset`: a number, "last" for its last chunk, or an instant.

        Raises the error with which the broker refuses one of them.
        """
        offset = "first" if from_start else offset
        arguments = {"x-stream-offset": offset} if offset is not None else None
        self._requested = set(queues)
        for queue, dead in queues.items():
            handler = self._add_dead if dead else self._add
            more = {"arguments": arguments, "callback": partial(self._on_consuming, queue)}
            consume = partial(self._connection.consume, self._channel, queue, handler, **more)
            self._soon(consume)
        self._await(self._listening)

    def gather(self, seconds: float) -> None:
        """Wait for messages: up to `seconds` for the first one, then until there are `size` of them
        or no more seem to come. A few messages don't wait for more.

        Raises the error that ended the connection.
        """
        self._await_first(seconds)
        before = FEW
        while before < len(self._buffer) < self.size:
            before = len(self._buffer)
            eventlet.sleep(GATHER_SECONDS)
        if self._error:
            raise self._error

    @property
    def waiting(self) -> int:
        return len(self._buffer)

    @property
    def full(self) -> bool:
        """Whether more messages wait than are taken at once."""
        return self._paused or self.waiting >= self.size

    def taken(self) -> list[Delivery]:
        """Up to `size` of the received messages, in order, with BATCH_BYTES at most if there are
        several."""
        batch = list(limits.page(self._buffer[: self.size], _bytes, limits.BATCH_BYTES))
        del self._buffer[: len(batch)]
        self._buffered -= sum(map(_bytes, batch))
        if self._paused and self._buffered <= limits.INBOX_BYTES // 2:
            self._paused = False
            self._soon(self._connection.resume)
        return batch

    def ack(self, delivery: Delivery) -> None:
        """Acknowledge one message; returns once the acknowledgement is sent."""
        sent = Signal()
        self._soon(lambda: self._channel.basic_ack(delivery.tag))
        # The connection writes pending data before it runs the next callback.
        self._soon(lambda: self._soon(sent.send))
        with eventlet.Timeout(ACK_SECONDS, False):
            sent.wait()

    def ack_all(self, batch: list[Delivery]) -> None:
        """Acknowledge the batch, and every message before it."""
        last = max(delivery.tag for delivery in batch)
        self._soon(lambda: self._channel.basic_ack(last, multiple=True))

    def _add(self, delivery: Delivery) -> None:
        self._buffer.append(delivery)
        self._buffered += _bytes(delivery)
        if self._buffered > limits.INBOX_BYTES and not self._paused:
            self._paused = True
            self._connection.pause()
        self._wake()

    def _add_dead(self, delivery: Delivery) -> None:
        self._add(delivery.as_dead())

    def _await_first(self, seconds: float) -> None:
        if not self._buffer and not self._error:
            self._arrived = Signal()
            with eventlet.Timeout(seconds, False):
                self._arrived.wait()

    def _await(self, signal: Signal) -> None:
        with eventlet.Timeout(CONNECT_SECONDS, False):
            signal.wait()
        if self._error or not signal.ready():
            raise self._error or TimeoutError("the broker doesn't answer")

    def _wake(self) -> None:
        _send(self._arrived)

    def _soon(self, work: Callable[[], None]) -> None:
        if self._error:
            raise self._error
        self._connection.ioloop.add_callback_threadsafe(work)

    def _work(self) -> None:
        try:
            self._connection.ioloop.start()
        except Exception as error:
            self._fail(error)
        finally:
            self._connection.ioloop.close()

    def _close(self) -> None:
        if not (self._connection.is_closing or self._connection.is_closed):
            self._connection.close()

    def _on_connection(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda _channel, error: self._fail(error))
        channel.add_on_cancel_callback(lambda _frame: self._fail(Cancelled()))
        channel.basic_qos(prefetch_count=self._prefetch, callback=lambda _frame: _send(self._open))

    def _on_consuming(self, queue: str, _frame: Any) -> None:
        self._requested.discard(queue)
        if not self._requested:
            _send(self._listening)

    def _on_close(self, _connection: Any, error: BaseException | str) -> None:
        self._fail(error if isinstance(error, BaseException) else ConnectionError(error))
        self._connection.ioloop.stop()

    def _fail(self, error: BaseException) -> None:
        self._error = self._error or error
        for signal in (self._arrived, self._open, self._listening):
            _send(signal)


def _bytes(delivery: Delivery) -> int:
    return len(delivery.body)


def _send(signal: Signal) -> None:
    if not signal.ready():
        signal.send(None)
