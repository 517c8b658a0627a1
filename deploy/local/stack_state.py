"""`stack.json` in the folder of a running stack: other commands find its addresses there."""

import json
import os
from pathlib import Path
from typing import Any

from deploy.local.errors import CannotRun
from deploy.local.places import VAR
from deploy.local.secretfiles import write_private
from shared.domain.types import Json
from shared.platform.broker import checked
from shared.platform.settings import given

FILE = "stack.json"


def write(home: Path, **state: Any) -> None:
    """Store the state of the stack in folder `home`. The file is private: URIs hold passwords."""
    write_private(home / FILE, json.dumps(state).encode())


def read(home: Path) -> Json | None:
    """The state that `write` stored; None when the stack isn't running."""
    try:
        state: Json = json.loads((home / FILE).read_text())
    except FileNotFoundError:
        return None
    return state


def remove(home: Path) -> None:
    (home / FILE).unlink(missing_ok=True)


def configured_amqp_uri() -> str:
    """The broker of AMQP_URI or AMQP_URI_FILE; "" without them. Raises CannotRun."""
    try:
        uri = given(os.environ, "AMQP_URI")
        return uri and checked(uri)
    except ValueError as error:
        raise CannotRun(f"AMQP_URI {error}", "Correct it and run the command again.") from None


def amqp_uri() -> str:
    """The broker of AMQP_URI, or else that of the running stack: `main`, or a kept `demo`.

    Raises CannotRun when there is none.
    """
    running = read(VAR / "main") or read(VAR / "demo") or {}
    uri: str | None = configured_amqp_uri() or running.get("amqp_uri")
    if not uri:
        raise CannotRun("No stack is running.", "Start it with ./warm up, or set AMQP_URI.")
    return uri
