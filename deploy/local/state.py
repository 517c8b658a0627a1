"""What a running stack leaves for other commands to find: `stack.json` in its folder."""

import json
import os

from deploy.local.errors import CannotRun
from deploy.local.places import VAR
from deploy.local.secretfiles import write_private
from shared.settings import given


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


def amqp_uri():
    """The broker that a command should use now: that of AMQP_URI (or of AMQP_URI_FILE), or else of
    the stack that is up, or of the demo that was kept running. Raises CannotRun."""
    try:
        uri = given(os.environ, "AMQP_URI")
    except ValueError as error:
        raise CannotRun(f"AMQP_URI {error}", "Mend that and try again.") from None
    up = read(VAR / "main") or read(VAR / "demo") or {}
    uri = uri or up.get("amqp_uri")
    if not uri:
        raise CannotRun("Nothing is running.", "Start it with ./warm up, or set AMQP_URI.")
    return uri
