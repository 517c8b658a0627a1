"""Taking messages from the broker: many at once, while those before are still being handled.

pika, because it reads what has arrived in one go: half the cost of a message with py-amqp, which
reads each of its three frames in two calls (docs/speed.md).
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Self

import eventlet
import pika
from eventlet.event import Event as Signal
from eventlet.greenthread import GreenThread

from shared.deliveries import Delivery

HEARTBEAT_SECONDS = 30
# How long the wire waits for messages before it looks whether it shall stop.
WIRE_SECONDS = 1

# How long it waits for more once nothing seems to be left.
GATHER_SECONDS = 0.003
FEW = 20


class Cancelled(Exception):
    """The broker no longer lets us consume a queue: it was deleted, perhaps."""


def parameters(amqp_uri: str) -> pika.URLParameters:
    """How pika is told of the broker. The URI of the virtual host "/" may end in "//"."""
    found = pika.URLParameters(amqp_uri)
    found.virtual_host = found.virtual_host or "/"
    found.heartbeat = HEARTBEAT_SECONDS
    return found


class Intake:
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
        self._arrived = Signal()
        self._error: Exception | None = None
        self._stopping = False
        self._wire: GreenThread | None = None

    def __enter__(self) -> Self:
        self._connection = pika.BlockingConnection(parameters(self._uri))
        self._channel = self._connection.channel()
        self._channel.basic_qos(prefetch_count=self._prefetch)
        self._channel.add_on_cancel_callback(lambda _frame: self._fail(Cancelled()))
        return self

    def __exit__(self, *_: object) -> None:
        # What isn't acknowledged returns to its queue with the connection.
        self._stopping = True
        if self._wire:
            self._soon(lambda: None)
            self._wire.wait()
        else:
            self._connection.close()

    def listen(self, queues: dict[str, bool], from_start: bool = False) -> None:
        """Consume queues (name → does it hold dead letters?) from now on; a stream `from_start`."""
        arguments = {"x-stream-offset": "first"} if from_start else None
        for queue, dead in queues.items():
            self._channel.basic_consume(queue, partial(self._keep, dead), arguments=arguments)
        self._wire = eventlet.spawn(self._work)

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

        def tell() -> None:
            self._channel.basic_ack(delivery.tag)
            told.send(None)

        self._soon(tell)
        with eventlet.Timeout(WIRE_SECONDS, False):
            told.wait()

    def ack_all(self, batch: list[Delivery]) -> None:
        """The batch is done, and every one before it."""
        last = max(delivery.tag for delivery in batch)
        self._soon(lambda: self._channel.basic_ack(last, multiple=True))

    def _keep(self, dead: bool, _channel: Any, method: Any, properties: Any, body: bytes) -> None:
        self._buffer.append(Delivery.of(method, properties, body, dead))
        if not self._arrived.ready():
            self._arrived.send(None)

    def _await_first(self, seconds: float) -> None:
        if not self._buffer and not self._error:
            self._arrived = Signal()
            with eventlet.Timeout(seconds, False):
                self._arrived.wait()

    def _soon(self, work: Callable[[], None]) -> None:
        if self._error:
            raise self._error
        self._connection.add_callback_threadsafe(work)

    def _work(self) -> None:
        try:
            while not self._stopping:
                self._connection.process_data_events(WIRE_SECONDS)
            self._connection.close()
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._error = self._error or error
        if not self._arrived.ready():
            self._arrived.send(None)
