"""The broker as a foreign client sees it: pika, and none of our code."""

import ssl
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pika


def parameters(amqp_uri):
    """The address as pika takes it, with the authority that it names."""
    parts = urlsplit(amqp_uri)
    found = pika.URLParameters(urlunsplit(parts._replace(query="")))
    if parts.query:
        (authority,) = parse_qs(parts.query)["cacertfile"]
        context = ssl.create_default_context(cafile=authority)
        found.ssl_options = pika.SSLOptions(context, parts.hostname)
    # kombu writes the virtual host "/" as a second slash; pika reads that as no name.
    found.virtual_host = found.virtual_host or "/"
    return found


@contextmanager
def channel(amqp_uri, heartbeat=None):
    """A channel on a connection of its own. With heartbeat 0 the broker never gives it up."""
    found = parameters(amqp_uri)
    if heartbeat is not None:
        found.heartbeat = heartbeat
    with pika.BlockingConnection(found) as connection:
        yield connection.channel()
