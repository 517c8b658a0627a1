"""The bridge's health on a unix socket, in the form of a service's: for the health check of its
container, and for `./warm partner list`."""

import json
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from shared.domain.types import Json
from shared.platform import logging_setup

log = logging_setup.get(__name__)


def serve(path: str, health: Callable[[], Json]) -> None:
    """Answer every client that connects to the socket at `path`, in a thread of its own."""
    # A killed process leaves its socket behind; two processes never share one.
    with suppress(FileNotFoundError):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    threading.Thread(target=_answer_all, args=(listener, health), daemon=True).start()


def _answer_all(listener: socket.socket, health: Callable[[], Json]) -> None:
    while True:
        client, _ = listener.accept()
        try:
            with client:
                client.sendall(json.dumps(health()).encode())
        except OSError as error:
            log.warning("health answer not sent", error=type(error).__name__)
