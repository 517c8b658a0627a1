"""`./warm briefing …`: the office's commands, and how a figure is proved."""

import getpass
import json
import uuid
from typing import Annotated

import typer

from deploy.local.asking import StackName, services

app = typer.Typer(
    help="Draft, approve, publish, show, explain and verify a week's briefing.",
    no_args_is_help=True,
)

SECONDS = 300
DIFFERENT = 4

Period = Annotated[str, typer.Argument(help="An ISO week, such as 2017-W06.")]
Actor = Annotated[str, typer.Option("--actor", help="Who does it: person:<id>.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def ask(stack, method, **arguments):
    with services(stack) as rpc:
        return rpc.call("supervision", method, timeout=SECONDS, **arguments)


def me(actor):
    return actor or f"person:{getpass.getuser()}"


def _office(verb, period, actor, stack):
    result = ask(
        stack, f"{verb}_briefing", command_id=str(uuid.uuid4()), actor=me(actor), period=period
    )
    print(f"{period}: {result['status']}")


@app.command()
def draft(period: Period, actor: Actor = "", stack: StackName = ""):
    """Draft the briefing from what is known now."""
    _office("draft", period, actor, stack)


@app.command()
def approve(period: Period, actor: Actor = "", stack: StackName = ""):
    """Approve the draft, as a person."""
    _office("approve", period, actor, stack)


@app.command()
def publish(period: Period, actor: Actor = "", stack: StackName = ""):
    """Publish the approved draft: numbered, signed, sent to subscribers."""
    _office("publish", period, actor, stack)


@app.command()
def show(
    period: Period,
    form: Annotated[str, typer.Option("--format", help="json or text.")] = "text",
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "zh",
    stack: StackName = "",
):
    """Print the briefing: the published issue, or the draft."""
    typer.echo(ask(stack, "briefing", period=period, format=form, lang=lang), nl=form != "json")


@app.command()
def explain(
    period: Period,
    indicator: Annotated[str, typer.Argument(help="Such as clinics.consultations.")],
    orgunit: Annotated[str, typer.Option("--orgunit", help="A division code.")] = "",
    as_json: AsJson = False,
    stack: StackName = "",
):
    """List the events in a figure, and those left out with the reason."""
    answer = ask(stack, "explain", period=period, indicator=indicator, orgunit=orgunit or None)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    included, left_out = answer["included"], answer["left_out"]
    print(f"{period} {indicator} {answer['orgunit']}: {len(included)} in, {len(left_out)} left out")
    for event in included:
        print(f"in   {_event(event)}  {event['value']['zh']} / {event['value']['en']}")
    for event in left_out:
        print(f"out  {_event(event)}  {event['reason']}")


def _event(event):
    """One line, so that an id can be searched for and copied."""
    names = ("id", "type", "orgunit", "time", "timeprecision")
    return "  ".join(event[name] for name in names)


@app.command()
def verify(period: Period, as_json: AsJson = False, stack: StackName = ""):
    """Recompute a published issue from its facts; exit status 4 when anything differs."""
    verdict = ask(stack, "verify", period=period)
    if as_json:
        print(json.dumps(verdict, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_verdict(verdict)))
    raise typer.Exit(0 if verdict["equal"] else DIFFERENT)


def _verdict(verdict):
    equal = "相符 equal" if verdict["equal"] else "不符 NOT EQUAL"
    yield f"{verdict['period']} 第{verdict['issue']}期 issue {verdict['issue']}: {equal}"
    yield f"  bytes: {verdict['bytes']}; signature: {verdict['signature']}"
    yield f"  digest: {verdict['digest']}"
    for name in verdict["stored"]:
        yield f"  stored beside the document, and not what it says: {name}"
    if verdict["failure"]:
        yield f"  {verdict['failure']}"
    for fact in verdict["facts"]:
        yield f"  fact {fact['fact']}: {fact['problem']}"
    for fact in verdict["strangers"]:
        yield f"  fact {fact}: claims a number that an issue has sealed; belongs to no issue"
    for cell in verdict["figures"]:
        yield f"  figure {cell['indicator']} of {cell['orgunit']}: "
        yield f"    printed {cell['printed']}"
        yield f"    recomputed {cell['recomputed']}"
