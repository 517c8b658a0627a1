"""`./warm …`: the one command for people."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.composed.archive import Archive
from deploy.composed.secretfolder import FOLDER, SecretFolder
from deploy.local import (
    briefing,
    deadletters,
    demo,
    import_files,
    package_audit,
    rebuild,
    republish,
    stack_state,
    status_summary,
    testing,
)
from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.options import StackName, chosen_stack
from deploy.local.places import ROOT
from deploy.local.signals import terminate_like_interrupt
from deploy.local.stacks import named_stack
from deploy.local.status import for_people, hints, status, status_at

app = typer.Typer(
    name="warm",
    help="Warm District 温暖: the local stack, its tests and the programme's reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(import_files.app, name="import")
app.add_typer(briefing.app, name="briefing")
app.add_typer(deadletters.app, name="deadletters")
app.command("rebuild")(rebuild.rebuild)
app.command("republish")(republish.republish)

NOT_READY = 3


@app.command("demo")
def demo_command(
    facts: Annotated[Path, typer.Option(help="The facts to play.", dir_okay=False)] = demo.FACTS,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running at the end.")] = False,
):
    """From the programme's facts to a published briefing that a subscriber received.

    Everything is set up on a fresh machine, and stopped at the end. Results are in var/demo/.
    """
    folder, weeks = demo.run(facts, keep, say)
    for week in weeks:
        print((folder / f"{week}.txt").read_text(encoding="utf-8"))
    say(f"results: {folder}")
    if keep:
        say("left running: ./warm briefing …, ./warm status, ./warm down --stack demo")


@app.command("init-deploy")
def init_deploy(
    secrets: Annotated[
        Path, typer.Option(help="The folder for them; WARM_SECRETS in .env names it too.")
    ] = FOLDER,
    backup: Annotated[
        Path | None,
        typer.Option("--from", help="A backup: its secrets are taken first.", file_okay=False),
    ] = None,
):
    """Make the secrets of a deployment with docker-compose: passwords, keys, certificates.

    What is there is kept; said again, only what is missing is made.
    """
    folder = SecretFolder(secrets)
    if backup:
        say(f"{folder.take(Archive(backup))} taken from {backup}")
    made = [name for name, new in folder.fill() if new]
    for name in made:
        print(f"made {name}")
    say(f"{secrets}: {len(made)} made, the rest was there. Keep a copy in a safe place.")


@app.command()
def up():
    """Start broker, database and services, or those of them that don't run."""
    stack = named_stack("main", say)
    before = stack.running
    try:
        stack.start_infrastructure()
        stack.start_services()
        stack.wait_answering()
    except BaseException:
        # What ran before this command is left as it was found.
        if not before:
            stack.stop()
        raise
    stack.leave()
    show(status(stack))


@app.command()
def down(stack: StackName = ""):
    """Stop the stack; the data of `main` is kept."""
    name = chosen_stack(stack)
    chosen = named_stack(name, say)
    running = chosen.running
    chosen.stop()
    say(f"{name}: stopped {', '.join(running)}" if running else f"{name}: nothing was running")


@app.command("status")
def status_command(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    stack: StackName = "",
):
    """Is it up, is it behind, is anything parked, how full is it, which version: and each service.

    Of a local stack with addresses and ports; where AMQP_URI is set, of what listens there.
    Exit status 0 when every service is ready, else 3.
    """
    if not stack and stack_state.given_uri():
        report = show(status_at(stack_state.amqp_uri()), as_json)
    else:
        report = show(status(named_stack(chosen_stack(stack))), as_json)
    raise typer.Exit(0 if report["status"] == "ready" else NOT_READY)


def show(report, as_json=False):
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
    service: Annotated[str, typer.Argument(help="A service, broker or database.")] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many last lines.")] = 50,
    stack: StackName = "",
):
    """The last lines of a log; of all logs when none is named."""
    name = chosen_stack(stack)
    folder = named_stack(name).home / "logs"
    files = sorted(map(str, folder.glob(f"{service or '*'}.log")))
    if not files:
        raise CannotRun(
            f"{name} has no log of {service or 'anything'}.", "Was it started (./warm up)?"
        )
    os.execvp("tail", ["tail", f"--lines={lines}", *(["-F"] if follow else []), *files])  # noqa: S606


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context):
    """Run the tests: all of them, or `unit`, `integration`, `end_to_end`, …, or only `lint`.

    `./warm test [SUITE] [PYTEST ARGUMENTS]…` gives pytest's exit status.
    """
    raise typer.Exit(testing.run(context.args, say))


@app.command()
def audit():
    """Is a package that the image holds known to be vulnerable?

    Exit status 0 for none, 1 for some, 3 when nothing could be learned of some.
    """
    raise typer.Exit(package_audit.audit())


@app.command()
def sbom():
    """The bill of materials of the image's packages: CycloneDX, JSON."""
    typer.echo(package_audit.sbom(), nl=False)


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        # The benchmarks' own help.
        "help_option_names": [],
    }
)
def bench(context: typer.Context):
    """How fast it is, as ratios to what this machine allows; `./warm bench --help`."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench", *context.args]
    os.execve(command[0], command, {**os.environ, "PYTHONPATH": str(ROOT)})  # noqa: S606


def main():
    terminate_like_interrupt()
    try:
        app(prog_name="./warm")
    except CannotRun as problem:
        say(problem.what)
        say(problem.instead)
        sys.exit(1)


if __name__ == "__main__":
    main()
