"""The broker's address: `amqp://user:password@host:port/vhost`, or `amqps://` for TLS, where
`?cacertfile=FILE` names the authority if the system doesn't trust it already."""

import logging
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import pika

CONNECT_SECONDS = 5

# pika logs one failure a dozen times, as errors; we log it once. Who wants its log sets its level.
if logging.getLogger("pika").level == logging.NOTSET:
    logging.getLogger("pika").setLevel(logging.CRITICAL)


class BadAddress(ValueError):
    """The argument says what is wrong, without quoting the address, which has a password."""


@dataclass(frozen=True)
class Address:
    """`uri` is the address without `cacertfile`. It isn't shown where the object is printed."""

    uri: str = field(repr=False)
    user: str
    tls: ssl.SSLContext | None = field(repr=False, default=None)

    @classmethod
    def of(cls, address: "Address | str") -> "Address":
        """Raises BadAddress."""
        return address if isinstance(address, Address) else cls.from_text(address)

    @classmethod
    def from_file(cls, path: Path | str) -> Self:
        """The address in a file, which keeps the password out of process lists. Raises BadAddress,
        OSError."""
        return cls.from_text(Path(path).read_text(encoding="utf-8"))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Raises BadAddress."""
        try:
            parts = urlsplit(text.strip())
            query = dict(parse_qsl(parts.query))
            known = parts.scheme in ("amqp", "amqps") and parts.hostname and parts.port != 0
        except ValueError:
            known = False
        if not known:
            raise BadAddress("need amqp://user:password@host:port/vhost") from None
        authority = query.pop("cacertfile", None)
        # Some libraries write the virtual host "/" as a second slash, which others read as no name.
        path = "/%2F" if parts.path in ("", "/", "//") else parts.path
        uri = urlunsplit(parts._replace(path=path, query=urlencode(query)))
        if parts.scheme == "amqp":
            if authority:
                raise BadAddress("cacertfile needs amqps://")
            return cls(uri, unquote(parts.username or "guest"))
        return cls(uri, unquote(parts.username or "guest"), _tls(authority))

    def pika_parameters(self) -> Any:
        """As pika takes it. Raises BadAddress."""
        try:
            parameters = pika.URLParameters(self.uri)
        except (ValueError, IndexError, KeyError):
            raise BadAddress("the address has parameters that pika doesn't take") from None
        if self.tls:
            parameters.ssl_options = pika.SSLOptions(self.tls, urlsplit(self.uri).hostname)
        parameters.socket_timeout = parameters.stack_timeout = CONNECT_SECONDS
        return parameters


def _tls(authority: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise BadAddress(f"cacertfile {authority}: {error}") from None
