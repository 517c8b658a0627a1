"""The broker as a stranger's client sees it: pika, and none of our code."""

import ssl
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pika


@contextmanager
def channel(amqp_uri):
    """A channel on a connection of its own."""
    parts = urlsplit(amqp_uri)
    parameters = pika.URLParameters(urlunsplit(parts._replace(query="")))
    if parts.query:
        (authority,) = parse_qs(parts.query)["cacertfile"]
        context = ssl.create_default_context(cafile=authority)
        parameters.ssl_options = pika.SSLOptions(context, parts.hostname)
    # kombu writes the virtual host "/" as a second slash; pika reads that as no name.
    parameters.virtual_host = parameters.virtual_host or "/"
    with pika.BlockingConnection(parameters) as connection:
        yield connection.channel()
