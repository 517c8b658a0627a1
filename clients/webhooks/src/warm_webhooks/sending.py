"""One request: a message is posted, and the answer judged. Its body isn't read."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from warm_webhooks.addresses import resolve
from warm_webhooks.endpoints import Endpoint

# For each step, and for the whole request of a receiver that sends a byte now and then.
STEP_SECONDS, TOTAL_SECONDS = 15.0, 30.0
LONGEST_PAUSE = 24 * 3600.0


@dataclass(frozen=True)
class Outcome:
    """`delivered`; else `why` not, whether the receiver is `gone` for good, and the seconds for
    which it wants to be left alone, if it says so."""

    delivered: bool
    why: str = ""
    gone: bool = False
    pause: float = 0.0


def post(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Send the body to the endpoint. Redirects aren't followed: they count as failures."""
    try:
        return _judged(*_answer(endpoint, headers, body))
    except OSError as error:
        return Outcome(False, why=f"{type(error).__name__}: {error.strerror or error}")
    except http.client.HTTPException as error:
        # Its text may quote what the receiver sent.
        return Outcome(False, why=type(error).__name__)


def _answer(
    endpoint: Endpoint, headers: Mapping[str, str], body: bytes
) -> tuple[int, Callable[[str], str | None]]:
    parts = urlsplit(endpoint.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = resolve(host, port, endpoint.allow)
    connection = http.client.HTTPConnection(host, port, timeout=STEP_SECONDS)
    connection.sock = _connected(address, host, port, secure)
    with _limited(connection):
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"content-type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.getheader


def _connected(address: str, host: str, port: int, secure: bool) -> socket.socket:
    """A connection to that very address; the certificate has to be the host's."""
    plain = socket.create_connection((address, port), timeout=STEP_SECONDS)
    if not secure:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@contextmanager
def _limited(connection: http.client.HTTPConnection) -> Iterator[None]:
    def cut() -> None:
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(TOTAL_SECONDS, cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


def _judged(status: int, header: Callable[[str], str | None]) -> Outcome:
    if 200 <= status < 300:
        return Outcome(True)
    wanted = header("retry-after") or ""
    pause = float(wanted) if wanted.isascii() and wanted.isdigit() else 0.0
    gone = status == HTTPStatus.GONE
    return Outcome(False, f"HTTP {status}", gone, min(pause, LONGEST_PAUSE))
