"""Options that many commands share."""

from typing import Annotated

import typer

from deploy.local import stack_state
from deploy.local.people import acting
from deploy.local.places import VAR
from deploy.local.stacks import KINDS


def _existing_stack(value: str) -> str:
    if value and value not in KINDS:
        raise typer.BadParameter(f"choose one of: {', '.join(KINDS)}")
    return value


StackName = Annotated[
    str,
    typer.Option(
        "--stack",
        callback=_existing_stack,
        help=f"One of: {', '.join(KINDS)}. Default: the stack that is running.",
        show_default=False,
    ),
]

Actor = Annotated[
    str,
    typer.Option(
        "--actor",
        help="The person who acts, such as person:wang. Default: your login name.",
        show_default=False,
    ),
]
PERIOD_HELP = (
    "The period of the report: a week, such as 2017-W06, or a month, half-year or year: 2017-02,"
    " 2017-H1, 2017."
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
ConfirmUnlikely = Annotated[
    bool,
    typer.Option(
        "--confirm-unlikely",
        help="Unlikely values are right: enter them. The briefing lists them for the office.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the file only; enter nothing.")]


def confirmation(confirm_unlikely: bool) -> dict[str, bool]:
    """The argument of a command that confirms unlikely values, if it does."""
    return {"confirm_unlikely": True} if confirm_unlikely else {}


def actor_or_login(actor: str) -> str:
    """The actor of a command: the person who is logged in, or the given one where that may be."""
    return acting(actor)


def chosen_stack(name: str) -> str:
    """The given name of a stack, or else that of the running one: `main` or a kept `demo`."""
    running = (known for known in ("main", "demo") if stack_state.read(VAR / known))
    return name or next(running, "main")
