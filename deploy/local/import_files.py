"""`./warm import KIND FILE`: lists and facts from files, entered through the services' RPC."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from deploy.local import orgunit_list
from deploy.local.console import messages, say
from deploy.local.errors import CannotRun
from deploy.local.facts.fact_builder import Step
from deploy.local.facts.reader import BadFacts, in_order, read_facts
from deploy.local.options import ConfirmUnlikely, DryRun, StackName, confirmation
from deploy.local.places import DATA
from deploy.local.service_calls import error_text, how_to_confirm, service_client
from shared.domain.errors import WarmError
from shared.service.rpc_client import RpcClient

app = typer.Typer(
    help="Enter org units or facts from a file. Safe to repeat.\n\nExample: ./warm import orgunits",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.command("orgunits")
def import_orgunits(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file in UTF-8.")
    ] = DATA / "erqi_divisions.csv",
    retired: Annotated[
        bool, typer.Option("--retired", help="The file lists retired units.")
    ] = False,
    dry_run: DryRun = False,
    stack: StackName = "",
) -> None:
    """Enter org units from a CSV file with the columns code, parent, level and name.

    A list of retired units also has the columns valid_to and successor.

    Example: ./warm import orgunits deploy/data/erqi_retired.csv --retired

    Exit status: 0 every row is in the registry; 1 a row was refused, and the rows before it are
    entered.
    """
    try:
        rows = orgunit_list.read_units(file)
    except orgunit_list.BadList as problem:
        raise CannotRun(str(problem), "Correct the file. Nothing was entered.") from None
    if dry_run:
        say(f"{len(rows)} org units can be entered")
        return
    with service_client(stack) as rpc:
        _enter_units(rpc, rows, retired)
    say(f"{len(rows)} org units are in the registry")


def _enter_units(rpc: RpcClient, rows: list[orgunit_list.Row], retired: bool) -> None:
    """Enter the rows one by one. Raises CannotRun with the first row that is refused."""
    for before, row in enumerate(track(rows, "org units", console=messages)):
        try:
            orgunit_list.enter_units(rpc, [row], retired)
        except WarmError as error:
            raise CannotRun(
                f"{row['code']} {row['name']} was refused: {error_text(error)}",
                f"{before} of {len(rows)} rows were entered before it; importing again is safe.",
            ) from error


@app.command("facts")
def import_facts(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A YAML file in UTF-8.")
    ],
    dry_run: DryRun = False,
    confirm_unlikely: ConfirmUnlikely = False,
    stack: StackName = "",
) -> None:
    """Enter the facts of a programme from a YAML file: orders, visits, activities, clinics, job
    fairs, meetings, patrols and declared stocks.

    deploy/data/programme_2017.yaml is an example of the format. Import the org units first.
    Importing a file again changes nothing: the ids of its commands follow from its facts.

    Example: ./warm import facts deploy/data/programme_2017.yaml --dry-run

    Exit status: 0 every fact is entered; 1 the file has an error and nothing was entered, or a
    service refused a fact and the facts before it are entered. A fact with an unlikely value is
    refused without --confirm-unlikely.
    """
    try:
        facts, weeks = read_facts(file)
    except BadFacts as problem:
        raise CannotRun(str(problem), "Correct the file. Nothing was entered.") from None
    steps = in_order(facts)
    summary = f"{len(facts)} facts of {weeks[0]} to {weeks[-1]} ({len(steps)} commands)"
    if dry_run:
        say(f"{summary} can be entered")
        return
    with service_client(stack) as rpc:
        for before, step in enumerate(track(steps, "facts", console=messages)):
            _enter_fact(rpc, step, before, len(steps), confirm_unlikely)
    say(f"{summary} are entered")


def _enter_fact(
    rpc: RpcClient, step: Step, before: int, total: int, confirm_unlikely: bool = False
) -> None:
    """Raises CannotRun with the command that is refused."""
    try:
        rpc.call(step.service, step.method, **step.arguments, **confirmation(confirm_unlikely))
    except WarmError as error:
        name = f"{step.arguments['command_id']} ({step.service}.{step.method})"
        raise CannotRun(
            f"{name} was refused: {error_text(error)}",
            f"{before} of {total} commands were entered before it; importing again is safe."
            f"{how_to_confirm(error)}",
        ) from error
