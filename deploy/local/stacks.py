"""The named stacks: `main` for people; each other one for the command or test of its name."""

import os
from dataclasses import dataclass

from deploy.broker_protocols import SETTING, chosen
from deploy.local.console import Say, silent
from deploy.local.errors import CannotRun
from deploy.local.places import VAR
from deploy.local.stack import Stack

DEFAULT_PORT_BASE = 21700


@dataclass(frozen=True)
class Kind:
    """Properties of a named stack: the offset of its ports, its WARM_ENV, whether its data are kept
    between runs, and the number of members of its database."""

    port_offset: int
    environment_name: str
    keeps_data: bool
    members: int = 1


KINDS = {
    "main": Kind(0, "production", keeps_data=True),
    "demo": Kind(100, "demo", keeps_data=False),
    "test": Kind(200, "test", keeps_data=False),
    "chaos": Kind(300, "test", keeps_data=False, members=3),
    "bench": Kind(400, "test", keeps_data=False),
    "bench-beside": Kind(500, "test", keeps_data=False),
    # Of further processes that run tests at the same time.
    "test-1": Kind(600, "test", keeps_data=False),
    "test-2": Kind(700, "test", keeps_data=False),
}


def named_stack(name: str, say: Say = silent) -> Stack:
    """One of KINDS, not started; `say` shows its progress messages.

    Raises CannotRun when WARM_PORT_BASE is not a usable number, or WARM_PROTOCOLS names an unknown
    protocol.
    """
    kind = KINDS[name]
    base = port_base() + kind.port_offset
    return Stack(
        VAR / name,
        base,
        kind.environment_name,
        kind.keeps_data,
        say,
        kind.members,
        protocols=chosen(os.environ.get(SETTING, "")),
    )


def port_base() -> int:
    """The first port of `main`; the ports of each other stack begin a multiple of 100 later."""
    text = os.environ.get("WARM_PORT_BASE", str(DEFAULT_PORT_BASE))
    if not text.isdecimal() or not 1024 <= int(text) <= 65000:
        raise CannotRun(
            f"WARM_PORT_BASE is {text!r}.", "Set it to a number between 1024 and 65000."
        )
    return int(text)
