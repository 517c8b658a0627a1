"""`./warm deadletters …`: messages that could not be understood or handled."""

import json
from collections import Counter
from typing import Annotated

import typer

from deploy.local.asking import StackName, services
from deploy.local.errors import CannotRun
from shared.envelope import REASONS
from shared.errors import NotFound
from shared.topology import SERVICES

app = typer.Typer(help="Parked messages: list them by cause, look at one.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
LIMIT = 1000


@app.command("list")
def list_parked(as_json: AsJson = False, stack: StackName = ""):
    """All parked messages of all services, grouped by cause."""
    entries = []
    with services(stack) as rpc:
        for name in SERVICES:
            found = rpc.call(name, "parked", limit=LIMIT)
            entries += [{"service": name, **entry} for entry in found]
    if as_json:
        print(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    for reason, count in sorted(Counter(entry["reason"] for entry in entries).items()):
        print(f"{reason}: {count} ({', '.join(REASONS[reason])})")
        for entry in entries:
            if entry["reason"] == reason:
                print(f"  {_line(entry)}")
    if not entries:
        print("nothing is parked")


def _line(entry):
    """One line, so that an id can be searched for and copied."""
    names = ("id", "service", "state", "last_seen", "exchange", "routing_key", "detail")
    return "  ".join(str(entry[name]) for name in names) + f"  seen {entry['seen']}"


@app.command()
def show(identity: Annotated[str, typer.Argument(metavar="ID")], stack: StackName = ""):
    """One parked message, with its body and its reason."""
    with services(stack) as rpc:
        for name in SERVICES:
            try:
                found = rpc.call(name, "parked_message", id=identity)
            except NotFound:
                continue
            print(json.dumps({"service": name, **found}, ensure_ascii=False, indent=2))
            return
    raise CannotRun(f"No parked message has the id {identity!r}.", "See ./warm deadletters list.")
