"""`./warm deadletters …`: messages that could not be understood or handled."""

import json
from collections import Counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.local.asking import running_stack, services
from deploy.local.errors import CannotRun
from shared.envelope import REASONS
from shared.errors import NotFound
from shared.topology import SERVICES

app = typer.Typer(help="Parked messages: list them by cause, look at one.", no_args_is_help=True)
output = Console(highlight=False, soft_wrap=True)

StackName = Annotated[str, typer.Option("--stack", help="main or demo; the one that is up.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
LIMIT = 1000


@app.command("list")
def list_parked(as_json: AsJson = False, stack: StackName = ""):
    """All parked messages of all services, grouped by cause."""
    entries = []
    with services(stack or running_stack()) as rpc:
        for name in SERVICES:
            found = rpc.call(name, "parked", limit=LIMIT)
            entries += [{"service": name, **entry} for entry in found]
    if as_json:
        print(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    for reason, count in sorted(Counter(entry["reason"] for entry in entries).items()):
        output.print(f"{reason}: {count} ({REASONS[reason]})", markup=False)
    if entries:
        output.print(_table(entries))
    else:
        output.print("nothing is parked")


def _table(entries):
    table = Table()
    for heading in ("id", "service", "reason", "detail", "exchange", "seen", "state", "last seen"):
        table.add_column(heading, overflow="fold")
    for entry in sorted(entries, key=lambda entry: (entry["reason"], entry["id"])):
        names = ("id", "service", "reason", "detail", "exchange", "seen", "state", "last_seen")
        table.add_row(*(str(entry[name]) for name in names))
    return table


@app.command()
def show(identity: Annotated[str, typer.Argument(metavar="ID")], stack: StackName = ""):
    """One parked message, with its body and its reason."""
    with services(stack or running_stack()) as rpc:
        for name in SERVICES:
            try:
                found = rpc.call(name, "parked_message", id=identity)
            except NotFound:
                continue
            print(json.dumps({"service": name, **found}, ensure_ascii=False, indent=2))
            return
    raise CannotRun(f"No parked message has the id {identity!r}.", "See ./warm deadletters list.")
