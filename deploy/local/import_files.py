"""`./warm import KIND FILE`: lists and facts from files, entered through the services' RPC."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from deploy.local import calendar_file, orgunit_import, orgunit_list
from deploy.local.console import messages, say
from deploy.local.errors import CannotRun
from deploy.local.facts.checks import check
from deploy.local.facts.fact_builder import Step
from deploy.local.facts.importing import Act, Import
from deploy.local.facts.reader import BadFacts, read_facts
from deploy.local.options import ConfirmUnlikely, DryRun, StackName, confirmation
from deploy.local.places import DATA
from deploy.local.service_calls import IMPORT_SECONDS, amqp_uri_of, error_text, service_client
from deploy.local.stack_clock import now_of
from shared.domain.errors import DeadlineExceeded
from shared.domain.types import Json
from shared.service.rpc_client import RpcClient

DIFFERENCES_LEFT = 4

app = typer.Typer(
    help="Enter org units, facts or a calendar notice from a file. Safe to repeat.\n\n"
    "Example: ./warm import orgunits",
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
    """Enter org units from a CSV file with the columns code, parent, level and name, and list what
    differs from the registry.

    A list of retired units also has the columns valid_to and successor; valid_from and split_from
    may be there too. A unit that was renamed, retired or moved holds nothing up: units that are new
    are entered, and for each difference the command is printed that would make the registry say
    what the file says.

    Example: ./warm import orgunits deploy/data/erqi_retired.csv --retired

    Exit status: 0 the registry says what the file says; 4 differences are left, or a unit was
    refused; 1 not done. In a dry run, new units are no difference.
    """
    try:
        rows = orgunit_list.read_units(file)
    except orgunit_list.BadList as problem:
        raise CannotRun(str(problem), "Correct the file. Nothing was entered.") from None
    if dry_run and not _can_ask(stack):
        say(f"{len(rows)} org units can be entered, as far as the file says: no stack runs")
        return
    with service_client(stack, IMPORT_SECONDS) as rpc:
        entering = orgunit_import.Import(rpc, rows, retired)
        new = entering.new()
        if not dry_run:
            for row in track(new, "org units", console=messages):
                entering.enter(row)
        differences = list(entering.differences())
    for row in new:
        if row["code"] not in entering.refused:
            print(f"{'new' if dry_run else 'entered':8} {row['code']}  {row['name']}")
    for difference in differences:
        print(difference)
    _say_registry(len(rows), len(new) - len(entering.refused), differences, dry_run)


def _say_registry(rows: int, new: int, differences: list[str], dry_run: bool) -> None:
    """The last line; ends with its exit status where the registry says something else."""
    entered = f"{new} {'new' if dry_run else 'entered'}"
    if not differences:
        say(f"{rows} org units {'can be' if dry_run else 'are'} in the registry: {entered}")
        return
    say(f"{rows} org units: {entered}, {len(differences)} differences")
    raise typer.Exit(DIFFERENCES_LEFT)


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
    Importing a file again changes nothing: an entry is known by its id or by what it says, and by
    the week in which it happened. A dry run asks the services which facts are new, which are
    entered already, which differ from what was entered, and which would be refused.

    Prints a line for each fact: `entered` (`new` in a dry run), `already`, `differs` or `refused`,
    its id or place in the file, and the reason.

    Example: ./warm import facts deploy/data/programme_2017.yaml --dry-run

    Exit status: 0 every fact is entered, or can be; 1 the file has an error and nothing was
    entered, or some facts differ or are refused and the others are entered, or a service didn't
    answer. A fact with an unlikely value is refused without --confirm-unlikely.
    """
    try:
        facts, weeks = read_facts(file)
    except BadFacts as problem:
        raise CannotRun(str(problem), "Correct the file. Nothing was entered.") from None
    commands = sum(len(fact.steps) for fact in facts)
    summary = f"{len(facts)} facts of {weeks[0]} to {weeks[-1]} ({commands} commands)"
    if dry_run and not _can_ask(stack):
        say(f"{summary} can be entered, as far as the file says: no stack runs that could be asked")
        return
    with service_client(stack, IMPORT_SECONDS) as rpc:
        entering = Import(rpc, facts, error_text, dry_run)
        act = _checking(rpc, stack, confirm_unlikely) if dry_run else _by(rpc, confirm_unlikely)
        _take_all(entering, act)
    _finish(entering, summary, dry_run)


@app.command("calendar")
def import_calendar(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="A YAML or CSV file in UTF-8."),
    ],
    dry_run: DryRun = False,
    correct: Annotated[
        bool,
        typer.Option("--correct", help="It may contradict what is known of the year."),
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", help="Why it is corrected; with --correct.")
    ] = "",
    stack: StackName = "",
) -> None:
    """Enter the calendar notice of a year: its holidays, and the weekends worked in exchange.

    Due days that were provisional because this notice was missing become final within a minute.
    Importing a file again changes nothing. docs/how-to/enter-a-calendar-notice.md has an example.

    Example: ./warm import calendar 2027.yaml --dry-run

    Exit status: 0 the notice is known; 1 the file has an error, or contradicts what is known of the
    year, and nothing was entered.
    """
    if correct != bool(reason):
        raise CannotRun("--correct and --reason go together.", "Nothing was entered.")
    try:
        notice = calendar_file.read_notice(file)
    except calendar_file.BadNotice as problem:
        raise CannotRun(str(problem), "Correct the file. Nothing was entered.") from None
    for line in calendar_file.report(notice):
        say(line)
    with service_client(stack, IMPORT_SECONDS) as rpc:
        calendar_file.enter(rpc, notice, reason or None, dry_run)


def _can_ask(stack: str) -> bool:
    try:
        return bool(amqp_uri_of(stack))
    except CannotRun:
        return False


def _by(rpc: RpcClient, confirm_unlikely: bool) -> Act:
    """Enters commands."""

    def enter(step: Step, arguments: Json) -> Json:
        more = confirmation(confirm_unlikely)
        result: Json = rpc.call(step.service, step.method, **arguments, **more)
        return result

    return enter


def _checking(rpc: RpcClient, stack: str, confirm_unlikely: bool) -> Act:
    """Checks commands as far as that is possible without entering them."""
    units = orgunit_list.registry(rpc)
    now = now_of(stack)

    def checked(step: Step, arguments: Json) -> None:
        check(step, arguments, units, now, confirm_unlikely)

    return checked


def _take_all(entering: Import, act: Act) -> None:
    """Raises CannotRun where a service doesn't answer, or fails."""
    for number, step in enumerate(track(entering.steps, "commands", console=messages)):
        try:
            entering.take(step, act)
        except (DeadlineExceeded, CannotRun) as error:
            _print_rows(entering)
            problem = (
                error.problem
                if isinstance(error, CannotRun)
                else f"{step.service} didn't answer: {error_text(error)}"
            )
            raise CannotRun(
                problem,
                f"{number} of {len(entering.steps)} commands were looked at before. See"
                " ./warm status, and run this command again: nothing is entered twice.",
            ) from error


def _finish(entering: Import, summary: str, dry_run: bool) -> None:
    """Print what became of each fact. Raises CannotRun where some are not entered."""
    _print_rows(entering)
    counts = ", ".join(
        f"{count} {verdict}"
        for verdict in ("new", "entered", "already", "differs", "refused")
        if (count := entering.count(verdict))
    )
    wrong = entering.count("differs") + entering.count("refused")
    if not wrong:
        say(f"{summary} {'can be entered' if dry_run else 'are entered'}: {counts or 'none'}")
        return
    done = "Nothing was entered." if dry_run else "The others are entered."
    raise CannotRun(
        f"{wrong} facts can't be entered as they stand in the file: {counts}.",
        f"{done} Correct these in the file, take them out, or correct what was entered by the"
        " command of its service; then run this command again: nothing is entered twice."
        " An unlikely value that is right is entered with --confirm-unlikely.",
    )


def _print_rows(entering: Import) -> None:
    for row in entering.rows():
        print(f"{row.verdict:8} {row.label}  {row.message}".rstrip())
