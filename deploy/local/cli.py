"""`./warm …`: one command for all work of people."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy import broker_protocols
from deploy.composed.archive import Archive
from deploy.composed.secretfolder import FOLDER, SecretFolder
from deploy.local import (
    assessment,
    briefing,
    bring_forward,
    carried_out,
    commendation,
    deadletters,
    demo,
    erasures,
    import_files,
    keys,
    orgunits,
    package_audit,
    partner,
    rebuild,
    republish,
    stack_clock,
    stack_state,
    staff,
    status_summary,
    subscriber,
    testing,
)
from deploy.local.bridge import LocalBridge
from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.options import AsJson, ConfirmUnlikely, StackName, chosen_stack
from deploy.local.places import ROOT
from deploy.local.signals import terminate_like_interrupt
from deploy.local.stacks import named_stack
from deploy.local.status import for_people, hints, status, status_at
from shared.domain.types import Json
from shared.platform.version import project_version

app = typer.Typer(
    name="warm",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(requested: bool) -> None:
    if requested:
        print(project_version())
        raise typer.Exit


@app.callback()
def warm(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Warm District 温暖: the local stack, its tests, and the programme's reports.

    Example: ./warm demo

    Exit status of every command: 0 done; 1 not done, the reason is on standard error; 2 wrong
    usage. Further ones are in the --help of a command.
    """


app.add_typer(import_files.app, name="import")
app.add_typer(briefing.app, name="briefing")
app.add_typer(assessment.app, name="assessment")
app.add_typer(commendation.app, name="commendation")
app.add_typer(deadletters.app, name="deadletters")
app.add_typer(erasures.app, name="erase")
app.add_typer(keys.app, name="key")
app.add_typer(orgunits.app, name="orgunit")
app.add_typer(partner.app, name="partner")
app.add_typer(staff.app, name="staff")
app.add_typer(subscriber.app, name="subscriber")

NOT_READY = 3


@app.command("demo")
def demo_command(
    facts: Annotated[
        Path, typer.Option(help="The file of facts to enter.", dir_okay=False)
    ] = demo.FACTS,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the stack running at the end.")
    ] = False,
    confirm_unlikely: ConfirmUnlikely = False,
) -> None:
    """Show the whole way: enter facts, publish the briefing, receive it as a subscriber.

    On a fresh machine everything is installed first. The stack is stopped at the end. The results
    are in var/demo/.

    Example: ./warm demo --keep

    Exit status: 0 published and received; 1 not done.
    """
    folder, weeks = demo.run(facts, keep, say, confirm_unlikely)
    for week in weeks:
        print((folder / f"{week}.txt").read_text(encoding="utf-8"))
    say(f"results: {folder}")
    if keep:
        say("still running: ./warm briefing …, ./warm clock, ./warm down --stack demo")
        say("programs to begin with: docs/how-to/first-subscriber.md, docs/how-to/first-call.md")


@app.command("init-deploy")
def init_deploy(
    secrets: Annotated[
        Path, typer.Option(help="Folder of the secrets, as WARM_SECRETS in .env.")
    ] = FOLDER,
    backup: Annotated[
        Path | None,
        typer.Option("--from", help="A backup: its secrets are copied first.", file_okay=False),
    ] = None,
) -> None:
    """Create the secrets of a deployment: passwords, keys, certificates.

    Running it again keeps existing files and creates missing ones. What the broker speaks follows
    from WARM_PROTOCOLS in .env.

    Example: sudo ./warm init-deploy --from backups/2017-02-13T040000Z

    Exit status: 0 every secret is there; 1 not done.
    """
    protocols = broker_protocols.chosen(broker_protocols.setting_of_deployment())
    folder = SecretFolder(secrets)
    if backup:
        say(f"{folder.take(Archive(backup))} secrets copied from {backup}")
    created = [name for name, new in folder.fill(protocols) if new]
    for name in created:
        print(f"created {name}")
    say(f"{secrets}: {len(created)} created, the others kept. Keep a copy in a safe place.")


@app.command()
def up() -> None:
    """Start broker, database and services; those that run already are kept.

    Example: ./warm up

    Exit status: 0 every service answers; 1 not started.
    """
    stack = named_stack("main", say)
    before = stack.running
    try:
        stack.start_infrastructure()
        stack.start_services()
        if stack.owns_servers:
            LocalBridge(stack).start()
        stack.wait_answering()
        subscriber.apply_to(stack)
    except BaseException:
        # Processes that ran before this command keep running.
        if not before:
            stack.stop()
        raise
    stack.unlock()
    show(status(stack))


@app.command()
def down(stack: StackName = "") -> None:
    """Stop the stack; the data of `main` are kept.

    Example: ./warm down --stack demo

    Exit status: 0 stopped, or nothing was running; 1 not done.
    """
    name = chosen_stack(stack)
    chosen = named_stack(name, say)
    running = chosen.running
    chosen.stop()
    say(f"{name}: stopped {', '.join(running)}" if running else f"{name}: nothing was running")


@app.command("status")
def status_command(as_json: AsJson = False, stack: StackName = "") -> None:
    """Show each service's health, backlog, dead letters and version, and the disk use.

    A local stack is shown with addresses and ports. Where AMQP_URI is set, the report is about the
    services at that broker.

    Example: ./warm status --json

    Exit status: 0 every service is ready; 3 some service isn't; 1 the broker gave no answer.
    """
    if not stack and stack_state.configured_amqp_uri():
        report = show(status_at(stack_state.amqp_uri()), as_json)
    else:
        report = show(status(named_stack(chosen_stack(stack))), as_json)
    raise typer.Exit(0 if report["status"] == "ready" else NOT_READY)


def show(report: Json, as_json: bool = False) -> Json:
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return report
    output = Console(highlight=False, soft_wrap=True)
    for line in status_summary.lines(report["overview"]) if "overview" in report else ():
        output.print(line, markup=False)
    output.print(for_people(report))
    for hint in hints(report):
        output.print(hint, markup=False)
    for key in ("amqp_uri", "mongodb_uri", "ports"):
        if key in report:
            output.print(f"{key}: {report[key]}", markup=False)
    return report


@app.command()
def logs(
    service: Annotated[
        str, typer.Argument(help="A service, broker or database. Default: all of them.")
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on showing new lines.")
    ] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="Lines of each log.")] = 50,
    stack: StackName = "",
) -> None:
    """Show the last lines of a log, or of all logs.

    Example: ./warm logs relief --follow

    Exit status: 0 shown; 1 there is no such log.
    """
    name = chosen_stack(stack)
    folder = named_stack(name).home / "logs"
    files = sorted(map(str, folder.glob(f"{service or '*'}.log")))
    if not files:
        raise CannotRun(
            f"{name} has no log of {service or 'any process'}.", "Start the stack: ./warm up"
        )
    os.execvp("tail", ["tail", f"--lines={lines}", *(["-F"] if follow else []), *files])  # noqa: S606


app.command("clock")(stack_clock.clock)
app.command("rebuild")(rebuild.rebuild)
app.command("republish")(republish.republish)
app.command("bring-forward")(bring_forward.bring_forward)
app.command("command")(carried_out.command)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run the tests: all of them, one suite, only `lint`, or a part of the `long` run.

    Suites are the folders of tests/, such as unit, integration and end_to_end. Further arguments
    are passed to pytest. An unknown name is answered with the list of all names.

    Example: ./warm test unit -k briefing

    Exit status: that of pytest; 0 when all tests pass.
    """
    raise typer.Exit(testing.run(context.args, say))


@app.command()
def audit() -> None:
    """List packages in the image that have known vulnerabilities.

    Example: ./warm audit

    Exit status: 0 none; 1 some; 3 the package index gives no information about some of them.
    """
    raise typer.Exit(package_audit.audit())


@app.command()
def sbom() -> None:
    """Print the bill of materials of the image's packages: CycloneDX, JSON.

    Example: ./warm sbom > sbom.json

    Exit status: 0 printed; 1 not done.
    """
    typer.echo(package_audit.sbom(), nl=False)


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        # The benchmarks have a --help of their own.
        "help_option_names": [],
    }
)
def bench(context: typer.Context) -> None:
    """Measure speed, as ratios to what this machine allows; see `./warm bench --help`."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench", *context.args]
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "clients" / "python" / "src")))
    os.execve(command[0], command, {**os.environ, "PYTHONPATH": paths})  # noqa: S606


def main() -> None:
    terminate_like_interrupt()
    try:
        app(prog_name="./warm")
    except CannotRun as error:
        say(error.problem)
        say(error.remedy)
        sys.exit(1)


if __name__ == "__main__":
    main()
