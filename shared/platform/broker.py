"""The broker's address, and connections to it with and without TLS.

    amqp://user:password@host:5672/%2F
    amqps://user:password@host:5671/%2F?cacertfile=/path/authority.pem

The parameter is RabbitMQ's own (https://www.rabbitmq.com/docs/uri-query-parameters); without it the
system's authorities are trusted. With `amqps` the server's certificate and name are always checked;
by default py-amqp doesn't check the name (tests/integration/test_tls.py).
"""

import ssl
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import pika
from amqp.transport import SSLTransport
from kombu import Connection

from shared.domain.types import Json
from shared.platform.limited_connection import ANSWER_SECONDS

SECURE = "amqps"
AUTHORITY = "cacertfile"
# As whom an address without a user logs in.
ANONYMOUS = "guest"
FORM = "must be like amqp://user:password@host:port/%2F, with special characters as %XX"


class Address:
    """Raises ValueError for an invalid address and for unknown parameters.

    The message never contains a part that may belong to the password.
    """

    def __init__(self, uri: str) -> None:
        try:
            parts = urlsplit(uri)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError(FORM) from None
        # A password that contains / ? or # ends the host too early: the rest of the address looks
        # like a path or a parameter.
        if not host or "@" in f"{parts.path}{parts.query}" or "#" in uri:
            raise ValueError(FORM)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.authority = given.pop(AUTHORITY, None)
        self.secure = parts.scheme == SECURE
        self.host = host
        # Without the parameter, which not every library accepts.
        self.plain = urlunsplit(parts._replace(query=""))
        if given:
            raise ValueError(f"has unknown parameters: {', '.join(sorted(given))}")
        if self.authority is not None and not self.secure:
            raise ValueError(f"has {AUTHORITY}, which needs {SECURE}://")
        if self.authority == "":
            raise ValueError(f"has {AUTHORITY} without a file")

    @property
    def tls(self) -> Json | bool:
        """The option `ssl` of py-amqp, kombu and nameko."""
        if not self.secure:
            return False
        # Not as a `context`: with one, the TLS handshake has no time limit.
        verified = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": self.host}
        return {**verified, "ca_certs": self.authority}

    def context(self) -> ssl.SSLContext:
        """The TLS context for pika. Raises OSError if the authority can't be read."""
        return ssl.create_default_context(cafile=self.authority)


def checked(uri: str) -> str:
    """`uri`, if it is valid and its authority file can be read. Raises ValueError."""
    address = Address(uri)
    if address.secure:
        try:
            address.context()
        except ssl.SSLError:
            raise ValueError(f"has no certificate in {AUTHORITY}: {address.authority}") from None
        except OSError as error:
            raise ValueError(f"has {AUTHORITY}: {error.strerror}: {address.authority}") from None
    return uri


class _OneAttempt(Connection):
    """Connects within its limit: kombu tries twice, with two seconds between."""

    def _ensure_connection(self, *args: Any, **options: Any) -> Any:
        return self._connection if self.connected else self._connection_factory()


def connection(uri: str, answer_seconds: float = ANSWER_SECONDS, **options: Any) -> Connection:
    """A kombu connection, not yet connected. A wait for an answer of the broker, or for room in the
    socket, ends after `answer_seconds`. `options` are kombu's."""
    address, limits = Address(uri), {"answer_seconds": answer_seconds}
    return _OneAttempt(address.plain, ssl=address.tls, transport_options=limits, **options)


def user_of(uri: str) -> str:
    """The broker user as whom an address logs in."""
    return connection(uri).userid or ANONYMOUS


def cluster_name(uri: str, seconds: float = 5) -> str:
    """The name of the broker's cluster, which every client is given when it connects."""
    with connection(uri, connect_timeout=seconds) as opened:
        name: str = opened.connection.server_properties.get("cluster_name", "")
        return name


def nameko_config(uri: str) -> Json:
    """The configuration of nameko's RPC consumer and publisher."""
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


def describe(error: Exception) -> str:
    """The name of the error, and why a server's certificate was refused."""
    problem = getattr(error, "verify_message", "")
    return f"{type(error).__name__}: {problem}" if problem else type(error).__name__


def _no_shutdown(_transport: SSLTransport) -> None:
    """Replaces py-amqp's TLS shutdown, which waits for the server's answer.

    A hanging server would block the caller, and eventlet fails a green thread that shuts down while
    another one reads. Connections without TLS have no such step.
    """


SSLTransport._shutdown_transport = _no_shutdown
