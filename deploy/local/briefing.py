"""`./warm briefing …`: the office's commands, and how a figure is proved."""

import json
import uuid
from typing import Annotated

import typer

from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, me
from deploy.local.service_calls import services
from shared.domain.quantities import Quantity
from shared.domain.wording import say

app = typer.Typer(
    help="Draft, approve, publish, revise, show, explain and verify a week's briefing.",
    no_args_is_help=True,
)

SECONDS = 300
DIFFERENT = 4

Period = Annotated[str, typer.Argument(help="An ISO week, such as 2017-W06.")]
Revision = Annotated[
    int | None, typer.Option("--revision", help="Which revision; the last one by default.")
]


def ask(stack, method, **arguments):
    with services(stack) as rpc:
        return rpc.call("supervision", method, timeout=SECONDS, **arguments)


def _lifecycle(verb, period, actor, stack):
    result = ask(
        stack, f"{verb}_briefing", command_id=str(uuid.uuid4()), actor=me(actor), period=period
    )
    print(f"{period}: {result['status']}")


@app.command()
def draft(period: Period, actor: Actor = "", stack: StackName = ""):
    """Draft the briefing from what is known now."""
    _lifecycle("draft", period, actor, stack)


@app.command()
def approve(period: Period, actor: Actor = "", stack: StackName = ""):
    """Approve the draft, as a person."""
    _lifecycle("approve", period, actor, stack)


@app.command()
def publish(period: Period, actor: Actor = "", stack: StackName = ""):
    """Publish the approved draft: numbered, signed, sent to subscribers."""
    _lifecycle("publish", period, actor, stack)


@app.command()
def revise(
    period: Period,
    zh: Annotated[str, typer.Option("--zh", help="Why, in Chinese.")] = "",
    en: Annotated[str, typer.Option("--en", help="Why, in English.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    actor: Actor = "",
    stack: StackName = "",
):
    """Draft a revision of a published issue: then approve and publish it.

    Late facts and corrections are listed, old → new. Refused when nothing has changed.
    """
    proposal = ask(stack, "revision_proposal", period=period)
    print("\n".join(_proposal(proposal)))
    if dry_run:
        return
    reason = {lang: text for lang, text in (("zh", zh), ("en", en)) if text}
    if not reason:
        raise CannotRun("A revision needs a reason.", "Give --zh, --en or both.")
    result = ask(
        stack,
        "revise_briefing",
        command_id=str(uuid.uuid4()),
        actor=me(actor),
        period=period,
        reason=reason,
    )
    print(f"{period}: R{proposal['revision'] + 1} {result['status']}")


def _proposal(proposal):
    yield f"{proposal['period']}: {len(proposal['changes'])} figures differ from the issue"
    for row in proposal["changes"]:
        old, new = (_figure(row[name]) for name in ("old", "new"))
        yield f"  {row['indicator']} of {row['orgunit']}: {old} → {new}"
        for cause in row["because"]:
            yield f"    {cause['id']}  {cause['type']}  {cause['reason'] or ''}".rstrip()


def _figure(quantity):
    if quantity is None:
        return "无 none"
    whole = Quantity.from_json(quantity)
    return f"{say(whole, 'zh')} {say(whole, 'en')}"


@app.command()
def show(
    period: Period,
    form: Annotated[str, typer.Option("--format", help="json, text or html.")] = "text",
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "zh",
    revision: Revision = None,
    stack: StackName = "",
):
    """Print the briefing: the published issue, or the draft."""
    asked = {"period": period, "format": form, "lang": lang, "revision": revision}
    typer.echo(ask(stack, "briefing", **asked), nl=form != "json")


@app.command()
def explain(
    period: Period,
    indicator: Annotated[str, typer.Argument(help="Such as clinics.consultations.")],
    orgunit: Annotated[str, typer.Option("--orgunit", help="A division code.")] = "",
    revision: Revision = None,
    as_json: AsJson = False,
    stack: StackName = "",
):
    """List the events in a figure, and those left out with the reason."""
    asked = {"period": period, "indicator": indicator, "revision": revision}
    answer = ask(stack, "explain", orgunit=orgunit or None, **asked)
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
def verify(
    period: Period, revision: Revision = None, as_json: AsJson = False, stack: StackName = ""
):
    """Recompute a published issue from its facts; exit status 4 when anything differs."""
    verdict = ask(stack, "verify", period=period, revision=revision)
    if as_json:
        print(json.dumps(verdict, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_verdict(verdict)))
    raise typer.Exit(0 if verdict["equal"] else DIFFERENT)


def _verdict(verdict):
    equal = "相符 equal" if verdict["equal"] else "不符 NOT EQUAL"
    issue = f"第{verdict['issue']}期 issue {verdict['issue']} R{verdict['revision']}"
    yield f"{verdict['period']} {issue}: {equal}"
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
