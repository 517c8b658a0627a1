"""Emptying the topology's queues and streams, for tests and demos."""

from deploy.local.errors import CannotRun
from deploy.local.waiting import wait_until
from shared.platform import broker, topology

GONE_SECONDS = 10


def empty_queues(amqp_uri):
    """Remove every message; the topology is complete before and after.

    Raises CannotRun when something still consumes from a queue.
    """
    topology.apply(amqp_uri)
    with broker.connection(amqp_uri) as connection:
        channel = connection.default_channel
        for queue in topology.definitions()["queues"]:
            _empty(channel, queue["name"], queue["arguments"]["x-queue-type"])
    topology.apply(amqp_uri)


def _empty(channel, name, kind):
    if kind == "stream":
        channel.queue_delete(name)
        return
    # Not deleted: a quorum queue declared again at once meets its predecessor, which is still
    # ending, and the broker answers with an internal error (tried: 3.10).
    if not wait_until(lambda: _consumers(channel, name) == 0, GONE_SECONDS):
        raise CannotRun(f"{name} still has a consumer.", "Stop what listens there.")
    channel.queue_purge(name)


def _consumers(channel, name):
    return channel.queue_declare(name, passive=True).consumer_count
