"""The named stacks: `main` for people, the others for the commands and tests of their names."""

import os
from dataclasses import dataclass

from deploy.local.errors import CannotRun
from deploy.local.places import VAR
from deploy.local.stack import Stack, silent

DEFAULT_PORT_BASE = 21700


@dataclass(frozen=True)
class Kind:
    """What sets a stack apart: where its ports begin, its WARM_ENV, if its data stays, and how many
    members its database has."""

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


def named_stack(name, say=silent):
    """One of KINDS, not started; `say` is told what it does.

    Raises CannotRun when WARM_PORT_BASE is no usable number.
    """
    kind = KINDS[name]
    base = port_base() + kind.port_offset
    return Stack(VAR / name, base, kind.environment_name, kind.keeps_data, say, kind.members)


def port_base():
    """Where the ports of `main` begin; those of the others follow in hundreds."""
    given = os.environ.get("WARM_PORT_BASE", str(DEFAULT_PORT_BASE))
    if not given.isdecimal() or not 1024 <= int(given) <= 65000:
        raise CannotRun(
            f"WARM_PORT_BASE is {given!r}.", "Set it to a number between 1024 and 65000."
        )
    return int(given)
