"""Taking messages from the broker: many at once, while those before are still being handled.

pika, because it reads what has arrived in one go: half the cost of a message with py-amqp, which
reads each of its three frames in two calls (docs/speed.md).
"""

from collections.abc import Iterable
from typing import Any, Self

import pika

from shared.deliveries import Delivery

HEARTBEAT_SECONDS = 30

# How long it waits for more once nothing seems to be left.
GATHER_SECONDS = 0.003
FEW = 20


def parameters(amqp_uri: str) -> pika.URLParameters:
    """How pika is told of the broker. The URI of the virtual host "/" may end in "//"."""
    found = pika.URLParameters(amqp_uri)
    found.virtual_host = found.virtual_host or "/"
    found.heartbeat = HEARTBEAT_SECONDS
    return found


class Intake:
    """One connection that consumes some queues; not for two green threads at once.

    `size` messages are handed over at once; `prefetch` may be under way unacknowledged.
    """

    def __init__(self, amqp_uri: str, size: int, prefetch: int) -> None:
        self._uri = amqp_uri
        self.size = size
        self._prefetch = prefetch
        self._buffer: list[Delivery] = []
        self._streams = False

    def __enter__(self) -> Self:
        self._connection = pika.BlockingConnection(parameters(self._uri))
        self._channel = self._connection.channel()
        self._channel.basic_qos(prefetch_count=self._prefetch)
        return self

    def __exit__(self, *_: object) -> None:
        # What isn't acknowledged returns to its queue with the connection.
        if self._connection.is_open:
            try:
                self._connection.close()
            except pika.exceptions.ConnectionClosedByBroker:
                # pika gives back what it hasn't handed over. A stream takes nothing back, and the
                # broker closes the connection instead.
                if not self._streams:
                    raise

    def listen(self, queue: str, dead: bool = False, from_start: bool = False) -> None:
        """Consume `queue`; `dead` marks what comes from it. A stream is read `from_start`."""

        def keep(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
            self._buffer.append(Delivery.of(method, properties, body, dead))

        arguments = {"x-stream-offset": "first"} if from_start else None
        self._streams = self._streams or from_start
        self._channel.basic_consume(queue, keep, arguments=arguments)

    def gather(self, seconds: float) -> None:
        """Take what comes, until there is enough or nothing comes any more; wait for `seconds` at
        most for the first. Where only a few come they aren't kept waiting for others."""
        before = -1
        while before < len(self._buffer) < self.size:
            before = len(self._buffer)
            self._connection.process_data_events(GATHER_SECONDS if before else seconds)
            if 0 < len(self._buffer) < FEW:
                return

    @property
    def waiting(self) -> int:
        return len(self._buffer)

    def taken(self) -> list[Delivery]:
        """Up to `size` of the messages that came, in order."""
        batch, self._buffer = self._buffer[: self.size], self._buffer[self.size :]
        return batch

    def ack(self, delivery: Delivery) -> None:
        """This one is done."""
        self._channel.basic_ack(delivery.tag)

    def ack_all(self, batch: Iterable[Delivery]) -> None:
        """The batch is done, and every one before it."""
        self._channel.basic_ack(max(delivery.tag for delivery in batch), multiple=True)
