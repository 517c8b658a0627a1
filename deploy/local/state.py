"""What a running stack leaves for other commands to find: `stack.json` in its folder."""

import json
import os

from deploy.local.errors import CannotRun
from deploy.local.places import VAR
from deploy.local.secretfiles import write_private


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


def addresses():
    """`amqp_uri` and `mongodb_uri` that a command should use now.

    From AMQP_URI and MONGODB_URI; what is not given, from the stack that is up (or the demo that
    was kept running). Raises CannotRun when there is none.
    """
    given = {
        name.lower(): os.environ[name] for name in ("AMQP_URI", "MONGODB_URI") if name in os.environ
    }
    up = read(VAR / "main") or read(VAR / "demo") or {}
    known = {**up, **given}
    if "amqp_uri" not in known or "mongodb_uri" not in known:
        raise CannotRun(
            "Nothing is running.", "Start it with ./warm up, or set AMQP_URI and MONGODB_URI."
        )
    return {"amqp_uri": known["amqp_uri"], "mongodb_uri": known["mongodb_uri"]}
