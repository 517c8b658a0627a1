"""The files of public issues (PDF, DOCX, tables, …), read from their stream."""

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pika
from pika.exceptions import AMQPError

from warm_client.address import Address
from warm_client.backoff import Backoff
from warm_client.reports import NAME

STREAM = "reports.forms"
PREFETCH = 5
POLL_SECONDS = 0.25
# How long a form waits for its issue.
AGAIN_SECONDS = 1.0

log = logging.getLogger("warm_client")


@dataclass(frozen=True)
class Form:
    """A file as it came. `is_whole`: its bytes have the SHA-256 that the message names; that the
    office signed this one, only the manifest of the issue says. `name` is that of the issue, such
    as `2017-W06-r0`, and safe in a file name."""

    urn: str
    name: str
    form: str
    lang: str
    media_type: str
    sha256: str
    body: bytes

    @property
    def is_whole(self) -> bool:
        return hashlib.sha256(self.body).hexdigest() == self.sha256

    def is_signed_in(self, manifest: Mapping[str, Any]) -> bool:
        """Whether the manifest, whose signature was checked, names this very file."""
        fields = ("urn", "sha256", "format", "lang")
        named = (tuple(it[field] for field in fields) for it in manifest["renderings"])
        return self.is_whole and (self.urn, self.sha256, self.form, self.lang) in named


class FormReader:
    """Gives each form to `handler`, in the order of the stream, at least once. A handler that
    returns False gets the same form again a second later: its issue may not be there yet.

    `position` is a file of this reader alone, which says where it was.
    """

    def __init__(
        self,
        address: Address | str,
        handler: Callable[[Form], bool],
        *,
        position: Path,
        stream: str = STREAM,
    ) -> None:
        self._address, self._handler = Address.of(address), handler
        self._position, self._stream = position, stream
        self._stopping = threading.Event()
        self._backoff = Backoff()

    def stop(self) -> None:
        """End soon. Any thread may call it."""
        self._stopping.set()

    def run(self) -> None:
        """Read until `stop`. A broker that can't be reached is tried again, for ever."""
        while not self._stopping.is_set():
            try:
                self._read()
            except (AMQPError, OSError) as error:
                log.warning("文件流中断 / the forms were interrupted: %s", type(error).__name__)
                self._stopping.wait(self._backoff.wait())

    def _read(self) -> None:
        connection = pika.BlockingConnection(self._address.pika_parameters())
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=PREFETCH)
            offset = {"x-stream-offset": self._offset()}
            for method, properties, body in channel.consume(
                self._stream, arguments=offset, inactivity_timeout=POLL_SECONDS
            ):
                if self._stopping.is_set() or not (method is None or self._take(properties, body)):
                    return
                if method:
                    self._position.write_text(str(properties.headers["x-stream-offset"]))
                    channel.basic_ack(method.delivery_tag)
                    self._backoff.reset()
        finally:
            with suppress(AMQPError, OSError):
                connection.close()

    def _take(self, properties: Any, body: bytes) -> bool:
        """Whether the form was handled, rather than that the reader was stopped."""
        form = _form(properties, body)
        while form and not self._handler(form):
            if self._stopping.wait(AGAIN_SECONDS):
                return False
        return True

    def _offset(self) -> int | str:
        text = self._position.read_text() if self._position.exists() else ""
        return int(text) + 1 if text.isdigit() else "first"


def _form(properties: Any, body: bytes) -> Form | None:
    """None for a message of another form, which is logged."""
    headers = properties.headers or {}
    try:
        name = f"{headers['period']}-r{headers['revision']}"
        form, lang, sha256 = (headers[it] for it in ("form", "lang", "sha256"))
        read = Form(headers["urn"], name, form, lang, properties.content_type, sha256, body)
    except KeyError as error:
        log.error("不是文件 / a message without %s is no form", error)
        return None
    if not NAME.fullmatch(name):
        log.error("不是文件 / a message of no issue is no form")
        return None
    return read
