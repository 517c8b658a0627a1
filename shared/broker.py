"""How the broker is reached: by its address alone, in plain or with TLS.

    amqp://user:password@host:5672/%2F
    amqps://user:password@host:5671/%2F?cacertfile=/path/authority.pem

The parameter is RabbitMQ's own (https://www.rabbitmq.com/docs/uri-query-parameters); without it the
system's authorities are trusted. With `amqps` the server's certificate and name are always checked;
left alone, py-amqp doesn't look at the name (tests/integration/test_tls.py).
"""

import ssl
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import pika
from kombu import Connection

from shared.types import Json

SECURE = "amqps"
AUTHORITY = "cacertfile"


class Address:
    """Raises ValueError for parameters that nobody would heed; never says the address itself."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.authority = given.pop(AUTHORITY, None)
        self.secure = parts.scheme == SECURE
        self.host = parts.hostname or ""
        # As every library understands it.
        self.plain = urlunsplit(parts._replace(query=""))
        if given:
            raise ValueError(f"has parameters that aren't known: {', '.join(sorted(given))}")
        if self.authority is not None and not self.secure:
            raise ValueError(f"has {AUTHORITY}, which needs {SECURE}://")

    @property
    def ssl(self) -> Json | bool:
        """What py-amqp, and with it kombu and nameko, is told."""
        if not self.secure:
            return False
        # A context of defaults checks the certificate; the name is checked when it is asked for.
        context = {"cafile": self.authority, "check_hostname": True}
        return {"context": context, "server_hostname": self.host}


def connection(uri: str, **options: Any) -> Connection:
    """Not yet connected. `options` are kombu's."""
    address = Address(uri)
    return Connection(address.plain, ssl=address.ssl, **options)


def nameko_config(uri: str) -> Json:
    """What nameko's own consumer and publisher of RPC are configured with."""
    address = Address(uri)
    return {"AMQP_URI": address.plain, "AMQP_SSL": address.ssl}


def pika_parameters(uri: str) -> pika.URLParameters:
    address = Address(uri)
    found = pika.URLParameters(address.plain)
    # The URI of the virtual host "/" may end in "//".
    found.virtual_host = found.virtual_host or "/"
    if address.secure:
        context = ssl.create_default_context(cafile=address.authority)
        found.ssl_options = pika.SSLOptions(context, address.host)
    return found
