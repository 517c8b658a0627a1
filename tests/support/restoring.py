"""The topology, put back after a test took some of it away."""

import amqp
from kombu.exceptions import KombuError

from shared.platform import topology


def restore(running):
    """A quorum queue can't be declared while its predecessor of that name still ends."""
    running.wait(lambda: _applied(running.stack.amqp_uri))


def _applied(amqp_uri):
    try:
        topology.apply(amqp_uri)
    except (OSError, amqp.AMQPError, KombuError):
        return False
    return True
