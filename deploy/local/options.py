"""Options that many commands share."""

import getpass
from typing import Annotated

import typer

from deploy.local import stack_state
from deploy.local.places import VAR
from deploy.local.stacks import KINDS


def known_stack(value: str):
    if value and value not in KINDS:
        raise typer.BadParameter(f"choose one of: {', '.join(KINDS)}")
    return value


StackName = Annotated[
    str,
    typer.Option(
        "--stack",
        callback=known_stack,
        help=f"One of: {', '.join(KINDS)}. Without it: the one that is up.",
    ),
]

Actor = Annotated[
    str, typer.Option("--actor", help="Who does it: person:<id>. Without it: your login name.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def me(actor):
    return actor or f"person:{getpass.getuser()}"


def chosen_stack(name):
    """The name of a stack: the given one, or else the one that is up: `main` or a kept `demo`."""
    up = (known for known in ("main", "demo") if stack_state.read(VAR / known))
    return name or next(up, "main")
