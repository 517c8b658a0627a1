"""What a running stack leaves for other commands to find: `stack.json` in its folder."""

import json
import os

from deploy.local.errors import CannotRun
from deploy.local.places import VAR
from deploy.local.secretfiles import write_private
from shared.platform.broker import checked
from shared.platform.settings import given


def write(home, **known):
    """Remember what is known of the stack in folder `home`; private, as URIs hold passwords."""
    write_private(home / "stack.json", json.dumps(known).encode())


def read(home):
    """What `write` remembered, or None when the stack was never started, or stopped again."""
    try:
        return json.loads((home / "stack.json").read_text())
    except FileNotFoundError:
        return None


def forget(home):
    (home / "stack.json").unlink(missing_ok=True)


def given_uri():
    """The broker of AMQP_URI or AMQP_URI_FILE; "" without them. Raises CannotRun."""
    try:
        uri = given(os.environ, "AMQP_URI")
        return uri and checked(uri)
    except ValueError as error:
        raise CannotRun(f"AMQP_URI {error}", "Mend that and try again.") from None


def amqp_uri():
    """The broker that a command should use now: the given one, or that of the stack that is up, or
    of the demo that was kept running. Raises CannotRun."""
    up = read(VAR / "main") or read(VAR / "demo") or {}
    uri = given_uri() or up.get("amqp_uri")
    if not uri:
        raise CannotRun("Nothing is running.", "Start it with ./warm up, or set AMQP_URI.")
    return uri
