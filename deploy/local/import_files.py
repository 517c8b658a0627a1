"""`./warm import KIND FILE`: lists that people keep in files, entered through the services' RPC."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from deploy.local import orgunit_list
from deploy.local.console import messages, say
from deploy.local.errors import CannotRun
from deploy.local.facts.reader import BadFacts, in_order, read_facts
from deploy.local.options import StackName
from deploy.local.places import ROOT
from deploy.local.service_calls import in_words, services
from shared.domain.errors import WarmError

app = typer.Typer(help="Enter lists from files; safe to repeat.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")]


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
        rows = orgunit_list.read_units(file)
    except orgunit_list.BadList as problem:
        raise CannotRun(str(problem), "Mend the file. Nothing was entered.") from None
    if dry_run:
        say(f"{len(rows)} org units could be entered")
        return
    with services(stack) as rpc:
        _enter(rpc, rows, retired)
    say(f"{len(rows)} org units are in the registry")


def _enter(rpc, rows, retired):
    """One row after the other. Raises CannotRun that names the first that isn't taken."""
    for before, row in enumerate(track(rows, "org units", console=messages)):
        try:
            orgunit_list.enter_units(rpc, [row], retired)
        except WarmError as error:
            raise CannotRun(
                f"{row['code']} {row['name']} wasn't entered: {in_words(error)}",
                f"{before} of {len(rows)} rows were entered before it; importing again is safe.",
            ) from error


@app.command()
def facts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A YAML file.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the file, enter nothing.")
    ] = False,
    stack: StackName = "",
):
    """What the programme did, in a file as deploy/data/programme_2017.yaml. The registry is first.

    A fact's command ids follow from it: entered again, nothing changes.
    """
    try:
        found, weeks = read_facts(file)
    except BadFacts as problem:
        raise CannotRun(str(problem), "Mend the file. Nothing was entered.") from None
    steps = in_order(found)
    about = f"{len(found)} facts of {weeks[0]} to {weeks[-1]}, {len(steps)} commands"
    if dry_run:
        say(f"{about} could be entered")
        return
    with services(stack) as rpc:
        for before, step in enumerate(track(steps, "facts", console=messages)):
            _give(rpc, step, before, len(steps))
    say(f"{about} are entered")


def _give(rpc, step, before, total):
    """Raises CannotRun that names the command that isn't taken."""
    try:
        rpc.call(step.service, step.method, **step.arguments)
    except WarmError as error:
        name = f"{step.arguments['command_id']} ({step.service}.{step.method})"
        raise CannotRun(
            f"{name} wasn't entered: {in_words(error)}",
            f"{before} of {total} commands were entered before it; importing again is safe.",
        ) from error
