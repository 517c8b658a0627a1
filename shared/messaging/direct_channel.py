"""A channel on a connection of its own: for queues that are looked at now and then, and for a
message to one queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import amqp
from amqp.exceptions import MessageNacked

from shared.domain.errors import Conflict, DeadlineExceeded
from shared.platform import broker

CONNECT_SECONDS = 5
CONFIRM_SECONDS = 30
CLOSE_SECONDS = 1


@contextmanager
def direct_channel(uri: str) -> Iterator[Any]:
    """What isn't acknowledged on the channel is in its queue again afterwards. Raises
    DeadlineExceeded where the broker doesn't answer as it should."""
    connection: Any = broker.connection(uri, connect_timeout=CONNECT_SECONDS, heartbeat=0)
    try:
        connection.connect()
        channel = connection.default_channel
        channel.auto_decode = False
        yield channel
    except (OSError, amqp.AMQPError) as error:
        reason = f"the broker didn't answer as it should: {broker.describe(error)}"
        raise DeadlineExceeded({"reason": reason}) from error
    finally:
        connection.collect(CLOSE_SECONDS)


def publish_confirmed(
    channel: Any, message: amqp.Message, exchange: str, routing_key: str, queue: str
) -> None:
    """Publish a message that has to reach `queue`, and wait until the broker has it. Raises
    Conflict where it doesn't take it."""
    where = {"exchange": exchange, "routing_key": routing_key}
    try:
        # A message without a queue would be lost: `mandatory` makes it an error.
        channel.basic_publish_confirm(
            message, **where, mandatory=True, confirm_timeout=CONFIRM_SECONDS
        )
    except (amqp.ChannelError, MessageNacked) as error:
        reason = f"the broker didn't take it: {type(error).__name__}"
        raise Conflict({"queue": queue, "reason": reason}) from None


def taken(channel: Any, queue: str, limit: int) -> Iterator[amqp.Message]:
    """Up to `limit` messages of the queue."""
    for _ in range(limit):
        message = channel.basic_get(queue)
        if message is None:
            return
        yield message
