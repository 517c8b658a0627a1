"""`./warm republish`: publish again every event in the services' logs."""

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.local.console import messages, say
from deploy.local.options import StackName
from deploy.local.service_calls import service_client
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient

PAGE = 1000
ANSWER_SECONDS = 120
# The registry's units come first: the events of the other services refer to them.
FIRST = "supervision"


def republish(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="SERVICE", help=f"Of: {', '.join(SERVICES)}. Default: all of them."),
    ] = None,
    stack: StackName = "",
) -> None:
    """Publish all events of the services again, after the broker has lost its data.

    A consumer that lacks an event gets it. A consumer that has it is not changed. Safe to repeat.

    Example: ./warm republish supervision relief

    Exit status: 0 when every event was published; 1 when a service refused or gave no answer.
    """
    unknown = sorted(set(names or ()) - set(SERVICES))
    if unknown:
        raise typer.BadParameter(f"choose from: {', '.join(SERVICES)}", param_hint=unknown[0])
    chosen = sorted(names or SERVICES, key=lambda name: (name != FIRST, name))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        service_client(stack) as rpc,
        Progress(*columns, TimeRemainingColumn(), console=messages) as bar,
    ):
        counts = {name: _republish(rpc, name, bar) for name in chosen}
    for name, count in counts.items():
        say(f"{name}: {count} events published again")


def _republish(rpc: RpcClient, name: str, bar: Progress) -> int:
    """Publish one service's log, page by page; returns the number of its events."""
    task, last, total = bar.add_task(name, total=None), 0, 1
    while last < total:
        answer = rpc.call(name, "republish", timeout=ANSWER_SECONDS, after=last, limit=PAGE)
        if answer["last"] == last:
            break
        last, total = answer["last"], answer["of"]
        bar.update(task, total=total, completed=last)
    return last
