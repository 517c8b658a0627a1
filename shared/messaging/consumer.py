"""Taking messages from the broker: many at once, while those before are still being handled."""

from collections.abc import Callable
from functools import partial
from typing import Any, Self

import eventlet
import pika
from eventlet.event import Event as Signal

from shared.messaging.amqp_decoder import DecodingConnection
from shared.messaging.deliveries import Delivery
from shared.platform import broker

HEARTBEAT_SECONDS = 30
CONNECT_SECONDS = 30
TOLD_SECONDS = 1
CLOSE_SECONDS = 5

# How long it waits for more once nothing seems to be left.
GATHER_SECONDS = 0.003
FEW = 20


class Cancelled(Exception):
    """The broker no longer lets us consume a queue: it was deleted, perhaps."""


def parameters(amqp_uri: str) -> pika.URLParameters:
    found = broker.pika_parameters(amqp_uri)
    found.heartbeat = HEARTBEAT_SECONDS
    return found


class Consumer:
    """Consumes some queues on a connection of its own, in a green thread of its own.

    That thread does nothing but pika's work: a green `select` may wake its thread once more later,
    when it waits for something else (tests/integration/assumptions/test_green_threads.py).

    `size` messages are handed over at once; `prefetch` may be under way unacknowledged.
    """

    def __init__(self, amqp_uri: str, size: int, prefetch: int) -> None:
        self._uri = amqp_uri
        self.size = size
        self._prefetch = prefetch
        self._buffer: list[Delivery] = []
        self._arrived, self._open, self._listening = Signal(), Signal(), Signal()
        self._asked: set[str] = set()
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        self._wire = DecodingConnection(
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
        # What isn't acknowledged returns to its queue with the connection.
        if not self._thread.dead:
            self._wire.ioloop.add_callback_threadsafe(self._close)
        with eventlet.Timeout(CLOSE_SECONDS, False):
            self._thread.wait()
        self._thread.kill()

    def listen(self, queues: dict[str, bool], from_start: bool = False) -> None:
        """Consume queues (name → does it hold dead letters?) from now on; a stream `from_start`.

        Raises what the broker refuses one of them with.
        """
        arguments = {"x-stream-offset": "first"} if from_start else None
        self._asked = set(queues)
        for queue, dead in queues.items():
            keep = self._keep_dead if dead else self._keep
            more = {"arguments": arguments, "callback": partial(self._on_consuming, queue)}
            self._soon(partial(self._wire.consume, self._channel, queue, keep, **more))
        self._await(self._listening)

    def gather(self, seconds: float) -> None:
        """Wait for messages, until there are enough or no more seem to come, for `seconds` at most
        for the first. Where only a few come they aren't kept waiting for others.

        Raises what the connection ended with.
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

    def taken(self) -> list[Delivery]:
        """Up to `size` of the messages that came, in order."""
        batch, self._buffer = self._buffer[: self.size], self._buffer[self.size :]
        return batch

    def ack(self, delivery: Delivery) -> None:
        """This one is done; returns once the broker has been told."""
        told = Signal()
        self._soon(lambda: self._channel.basic_ack(delivery.tag))
        # What is to be sent is sent before the next thing is done.
        self._soon(lambda: self._soon(told.send))
        with eventlet.Timeout(TOLD_SECONDS, False):
            told.wait()

    def ack_all(self, batch: list[Delivery]) -> None:
        """The batch is done, and every one before it."""
        last = max(delivery.tag for delivery in batch)
        self._soon(lambda: self._channel.basic_ack(last, multiple=True))

    def _keep(self, delivery: Delivery) -> None:
        self._buffer.append(delivery)
        self._wake()

    def _keep_dead(self, delivery: Delivery) -> None:
        self._keep(delivery.as_dead())

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
        self._wire.ioloop.add_callback_threadsafe(work)

    def _work(self) -> None:
        try:
            self._wire.ioloop.start()
        except Exception as error:
            self._fail(error)
        finally:
            self._wire.ioloop.close()

    def _close(self) -> None:
        if not (self._wire.is_closing or self._wire.is_closed):
            self._wire.close()

    def _on_connection(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda _channel, why: self._fail(why))
        channel.add_on_cancel_callback(lambda _frame: self._fail(Cancelled()))
        channel.basic_qos(prefetch_count=self._prefetch, callback=lambda _frame: _send(self._open))

    def _on_consuming(self, queue: str, _frame: Any) -> None:
        self._asked.discard(queue)
        if not self._asked:
            _send(self._listening)

    def _on_close(self, _connection: Any, why: BaseException | str) -> None:
        self._fail(why if isinstance(why, BaseException) else ConnectionError(why))
        self._wire.ioloop.stop()

    def _fail(self, error: BaseException) -> None:
        self._error = self._error or error
        for signal in (self._arrived, self._open, self._listening):
            _send(signal)


def _send(signal: Signal) -> None:
    if not signal.ready():
        signal.send(None)
