"""`./warm republish`: what every service has published, once more."""

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.local.console import messages, say
from deploy.local.options import StackName
from deploy.local.service_calls import services
from shared.platform.topology import SERVICES

PAGE = 1000
ANSWER_SECONDS = 120
# The registry's units come first: the others' reports are about them.
FIRST = "supervision"


def republish(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Of: {', '.join(SERVICES)}. Without: all.")
    ] = None,
    stack: StackName = "",
):
    """Publish the logs of services again, after the broker has lost what it held.

    Whoever lacks an event gets it; whoever has it isn't changed. Safe to repeat.
    """
    unknown = sorted(set(names or ()) - set(SERVICES))
    if unknown:
        raise typer.BadParameter(f"choose from: {', '.join(SERVICES)}", param_hint=unknown[0])
    chosen = sorted(names or SERVICES, key=lambda name: (name != FIRST, name))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        services(stack) as rpc,
        Progress(*columns, TimeRemainingColumn(), console=messages) as bar,
    ):
        counts = {name: _one(rpc, name, bar) for name in chosen}
    for name, count in counts.items():
        say(f"{name}: {count} events published again")


def _one(rpc, name, bar):
    """How many events its log has."""
    task, last, of = bar.add_task(name, total=None), 0, 1
    while last < of:
        answer = rpc.call(name, "republish", timeout=ANSWER_SECONDS, after=last, limit=PAGE)
        if answer["last"] == last:
            break
        last, of = answer["last"], answer["of"]
        bar.update(task, total=of, completed=last)
    return last
