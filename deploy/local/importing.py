"""`./warm import KIND FILE`: lists that people keep in files, entered through the services' RPC."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from deploy.local import registry
from deploy.local.asking import services
from deploy.local.console import messages, say
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT

app = typer.Typer(help="Enter lists from files; safe to repeat.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")]
StackName = Annotated[str, typer.Option("--stack", help="main or demo; the one that is up.")]


@app.command()
def orgunits(
    file: File = ROOT / "deploy" / "data" / "erqi_divisions.csv",
    retired: Annotated[
        bool, typer.Option("--retired", help="The file lists retired units.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the file, enter nothing.")
    ] = False,
    stack: StackName = "",
):
    """Org units from a CSV: code, parent, level, name; for --retired also valid_to, successor."""
    try:
        rows = registry.read_units(file)
    except registry.BadList as problem:
        raise CannotRun(str(problem), "Mend the line; nothing was entered.") from None
    if dry_run:
        say(f"{len(rows)} org units could be entered")
        return
    with services(stack) as rpc:
        for row in track(rows, "org units", console=messages):
            registry.enter_units(rpc, [row], retired)
    say(f"{len(rows)} org units are in the registry")
