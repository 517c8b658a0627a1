"""Purging the queues and streams of the topology, for tests and demos."""

from typing import Any

from deploy.local.errors import CannotRun
from deploy.local.waiting import wait_until
from shared.platform import broker, topology

CONSUMERS_GONE_SECONDS = 10


def purge_queues(amqp_uri: str) -> None:
    """Remove every message; the topology is complete before and after.

    Raises CannotRun when a queue still has a consumer.
    """
    topology.apply(amqp_uri)
    with broker.connection(amqp_uri) as connection:
        channel = connection.default_channel
        for queue in topology.definitions()["queues"]:
            _purge(channel, queue["name"], queue["arguments"]["x-queue-type"])
    topology.apply(amqp_uri)


def _purge(channel: Any, name: str, kind: str) -> None:
    if kind == "stream":
        channel.queue_delete(name)
        return
    # Not deleted: a quorum queue that is declared again at once meets its predecessor, which is
    # still shutting down, and the broker answers with an internal error (tried: 3.10).
    if not wait_until(lambda: _consumers(channel, name) == 0, CONSUMERS_GONE_SECONDS):
        raise CannotRun(
            f"The queue {name} still has a consumer.", "Stop the program that consumes from it."
        )
    channel.queue_purge(name)


def _consumers(channel: Any, name: str) -> int:
    count: int = channel.queue_declare(name, passive=True).consumer_count
    return count
