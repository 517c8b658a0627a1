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
from amqp.transport import SSLTransport
from kombu import Connection

from shared.domain.types import Json

SECURE = "amqps"
AUTHORITY = "cacertfile"
FORM = "must be like amqp://user:password@host:port/%2F, special characters in it as %XX"


class Address:
    """Raises ValueError for what is no address, and for parameters that nobody would heed; never
    says a part of it that may be the password's."""

    def __init__(self, uri: str) -> None:
        try:
            parts = urlsplit(uri)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError(FORM) from None
        # A password with a bare / ? or # in it ends the host too early, and what follows looks
        # like a path or a parameter.
        if not host or "@" in f"{parts.path}{parts.query}" or "#" in uri:
            raise ValueError(FORM)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.authority = given.pop(AUTHORITY, None)
        self.secure = parts.scheme == SECURE
        self.host = host
        # As every library understands it.
        self.plain = urlunsplit(parts._replace(query=""))
        if given:
            raise ValueError(f"has parameters that aren't known: {', '.join(sorted(given))}")
        if self.authority is not None and not self.secure:
            raise ValueError(f"has {AUTHORITY}, which needs {SECURE}://")
        if self.authority == "":
            raise ValueError(f"has {AUTHORITY} without a file")

    @property
    def tls(self) -> Json | bool:
        """What py-amqp, and with it kombu and nameko, is told."""
        if not self.secure:
            return False
        # Not as a `context`: with that, nothing limits how long shaking hands may take.
        verified = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": self.host}
        return {**verified, "ca_certs": self.authority}

    def context(self) -> ssl.SSLContext:
        """What pika is told. Raises OSError when the authority can't be read."""
        return ssl.create_default_context(cafile=self.authority)


def checked(uri: str) -> str:
    """The same, of which an authority that it names can be read. Raises ValueError."""
    address = Address(uri)
    if address.secure:
        try:
            address.context()
        except ssl.SSLError:
            raise ValueError(f"has no certificate in {AUTHORITY}: {address.authority}") from None
        except OSError as error:
            raise ValueError(f"has {AUTHORITY}: {error.strerror}: {address.authority}") from None
    return uri


def connection(uri: str, **options: Any) -> Connection:
    """Not yet connected. `options` are kombu's."""
    address = Address(uri)
    return Connection(address.plain, ssl=address.tls, **options)


def nameko_config(uri: str) -> Json:
    """What nameko's own consumer and publisher of RPC are configured with."""
    address = Address(uri)
    return {"AMQP_URI": address.plain, "AMQP_SSL": address.tls}


def pika_parameters(uri: str) -> pika.URLParameters:
    address = Address(uri)
    found = pika.URLParameters(address.plain)
    # The URI of the virtual host "/" may end in "//".
    found.virtual_host = found.virtual_host or "/"
    if address.secure:
        found.ssl_options = pika.SSLOptions(address.context(), address.host)
    return found


def why(error: Exception) -> str:
    """Its name, and of a server's certificate that is refused what is wrong with it."""
    told = getattr(error, "verify_message", "")
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


def _leave(_transport: SSLTransport) -> None:
    """In place of py-amqp's farewell, which waits for the other side's: a server that hangs would
    hold up whoever leaves it, and eventlet fails a green thread that leaves while another reads.
    Plain connections take no leave either."""


SSLTransport._shutdown_transport = _leave
