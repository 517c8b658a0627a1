"""The broker as a stranger's client sees it: pika, and none of our code."""

from contextlib import contextmanager

import pika


@contextmanager
def channel(amqp_uri):
    """A channel on a connection of its own."""
    parameters = pika.URLParameters(amqp_uri)
    # kombu writes the virtual host "/" as a second slash; pika reads that as no name.
    parameters.virtual_host = parameters.virtual_host or "/"
    with pika.BlockingConnection(parameters) as connection:
        yield connection.channel()
