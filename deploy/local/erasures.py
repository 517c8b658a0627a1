"""`./warm erase …`: delete what identifies a resident or a volunteer, and again after a restore."""

import json
import sys
import uuid
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.options import Actor, StackName, actor_or_login
from deploy.local.service_calls import error_text, service_client
from shared.contracts.events.erasure import GROUNDS
from shared.domain.errors import Conflict, NotFound
from shared.domain.types import Json
from shared.service.rpc_client import RpcClient

app = typer.Typer(no_args_is_help=True, help="Delete what identifies a resident or a volunteer.")

# Service → its method that erases.
METHODS = {"relief": "erase_beneficiary", "volunteering": "erase_volunteer"}
SOME_REFUSED = 4

Ground = Annotated[str, typer.Option("--ground", help=f"One of: {', '.join(GROUNDS)}.")]


@app.command()
def order(
    id: Annotated[str, typer.Argument(help="The order of the resident.")],
    ground: Ground,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")] = False,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Erase the resident of one order, and list other orders that seem to be of the same resident.

    The order stays and counts as before. An open order is refused.

    Example: ./warm erase order ORDER --ground requested

    Exit status: 0 erased, now or before; 1 refused or not known.
    """
    _check(ground)
    with service_client(stack) as rpc:
        others = rpc.call("relief", "orders_of_same_resident", id=id)
        _confirm(yes)
        _erase(rpc, "relief", id, ground, actor)
    for other in others:
        alike = " and ".join(other["same"]).replace("_", " ")
        say(f"same {alike}: order {other['id']} ({other['status']})")


@app.command()
def volunteer(
    id: Annotated[str, typer.Argument(help="The former volunteer.")],
    ground: Ground,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")] = False,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Erase a former volunteer. The hours stay and count as before.

    Somebody who is still a volunteer, or has hours that nobody verified, is refused.

    Example: ./warm erase volunteer volunteer:24f3… --ground consent_withdrawn

    Exit status: 0 erased, now or before; 1 refused or not known.
    """
    _check(ground)
    _confirm(yes)
    with service_client(stack) as rpc:
        _erase(rpc, "volunteering", id, ground, actor)


@app.command("list")
def list_erasures(stack: StackName = "") -> None:
    """Print who was erased: a JSON object a line, without personal data.

    Keep it apart from the backups: after a restore, `./warm erase again` needs it.

    Example: ./warm erase list > erasures.jsonl

    Exit status: 0 printed; 1 a service gave no answer.
    """
    with service_client(stack) as rpc:
        rows = [
            {"service": service} | row
            for service in METHODS
            for row in rpc.call(service, "erasures")
        ]
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    if not rows:
        say("nobody has been erased")


@app.command()
def again(
    file: Annotated[Path, typer.Argument(help="What `list` printed.", exists=True, dir_okay=False)],
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Erase again those whom a restored backup has brought back. Safe to repeat.

    Example: ./warm erase again erasures.jsonl

    Exit status: 0 all are erased; 4 some were refused, with the reason; 1 not done.
    """
    refused = 0
    with service_client(stack) as rpc:
        for row in _rows(file):
            try:
                _erase(rpc, row["service"], row["id"], row["ground"], actor)
            except (Conflict, NotFound) as error:
                refused += 1
                print(f"{row['service']} {row['id']}: {error_text(error)}", file=sys.stderr)
    if refused:
        raise typer.Exit(SOME_REFUSED)


def _rows(file: Path) -> list[Json]:
    lines = file.read_text(encoding="utf-8").splitlines()
    try:
        rows = [json.loads(line) for line in lines if line.strip()]
        for row in rows:
            METHODS[row["service"]], row["id"], row["ground"]
    except (ValueError, KeyError, TypeError) as error:
        raise CannotRun(f"{file} isn't a list of erasures.", "See ./warm erase list.") from error
    return rows


def _check(ground: str) -> None:
    if ground not in GROUNDS:
        raise typer.BadParameter(f"choose one of: {', '.join(GROUNDS)}", param_hint="--ground")


def _confirm(yes: bool) -> None:
    if not yes:
        typer.confirm("Erase for good?", abort=True, err=True)


def _erase(rpc: RpcClient, service: str, id: str, ground: str, actor: str) -> None:
    rpc.call(
        service,
        METHODS[service],
        command_id=str(uuid.uuid4()),
        actor=actor_or_login(actor),
        id=id,
        ground=ground,
    )
    print(f"{service} {id}: erased")
