"""`./warm briefing …`: the programme office's commands, and the proof of a figure."""

import json
import uuid
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.domain import wording
from shared.domain.quantities import Quantity
from shared.domain.types import Json

app = typer.Typer(
    help="The weekly briefing: draft, approve, publish, discard, revise, show, explain, verify.\n\n"
    "Example: ./warm briefing show 2017-W06",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

SECONDS = 300
DIFFERENT = 4

Period = Annotated[str, typer.Argument(help="An ISO week, such as 2017-W06.")]
Revision = Annotated[
    int | None,
    typer.Option("--revision", help="Number of the revision. Default: the last one."),
]


def _call(stack: str, method: str, **arguments: Any) -> Any:
    with service_client(stack) as rpc:
        return rpc.call("supervision", method, timeout=SECONDS, **arguments)


def _change_status(verb: str, period: str, actor: str, stack: str, **arguments: Any) -> None:
    result = _call(
        stack,
        f"{verb}_briefing",
        command_id=str(uuid.uuid4()),
        actor=actor_or_login(actor),
        period=period,
        **arguments,
    )
    print(f"{period}: {result['status']}")


@app.command()
def draft(period: Period, actor: Actor = "", stack: StackName = "") -> None:
    """Draft the briefing from the facts received so far.

    Example: ./warm briefing draft 2017-W06

    Exit status: 0 drafted; 1 refused, with the reason.
    """
    _change_status("draft", period, actor, stack)


@app.command()
def approve(
    period: Period,
    digest: Annotated[
        str,
        typer.Argument(
            help="The first 8 or more digits of the content digest, as `show` printed it last."
        ),
    ],
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Approve the draft that was read, as a person. A draft that has changed since is refused.

    Example: ./warm briefing approve 2017-W06 2edb24d1 --actor person:head-of-office

    Exit status: 0 approved; 1 refused, with the reason.
    """
    _change_status("approve", period, actor, stack, content_digest=digest)


@app.command()
def publish(period: Period, actor: Actor = "", stack: StackName = "") -> None:
    """Publish the approved draft: it is numbered, signed and sent to subscribers.

    Example: ./warm briefing publish 2017-W06

    Exit status: 0 published; 1 refused, with the reason.
    """
    _change_status("publish", period, actor, stack)


@app.command()
def discard(
    period: Period,
    reason: Annotated[str, typer.Option("--reason", help="Why it is given up.")],
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Give up the draft of an issue or of a revision, approved or not. It can be drafted again.

    Example: ./warm briefing discard 2017-W06 --reason "drafted by mistake"

    Exit status: 0 discarded; 1 refused, with the reason.
    """
    _change_status("discard", period, actor, stack, reason=reason)


@app.command()
def revise(
    period: Period,
    zh: Annotated[
        str, typer.Option("--zh", help="The reason, in Chinese.", show_default=False)
    ] = "",
    en: Annotated[
        str, typer.Option("--en", help="The reason, in English.", show_default=False)
    ] = "",
    under_present_rules: Annotated[
        bool,
        typer.Option(
            "--under-present-rules",
            help="Compute by the present rules, because a rule of the issue was wrong.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Draft a revision of a published issue; then approve and publish it.

    Late facts and corrections are listed, old → new. Refused when nothing changes. The issue's own
    rules are used, also where newer ones exist.

    Example: ./warm briefing revise 2017-W06 --zh 更正义诊人次 --en "consultations corrected"

    Exit status: 0 drafted, or shown with --dry-run; 1 refused, with the reason.
    """
    asked = {"period": period, "under_present_rules": under_present_rules}
    proposal = _call(stack, "revision_proposal", **asked)
    print("\n".join(_proposal(proposal)))
    if dry_run:
        return
    reason = {lang: text for lang, text in (("zh", zh), ("en", en)) if text}
    if not reason:
        raise CannotRun("A revision needs a reason.", "Give --zh, --en or both.")
    result = _call(
        stack,
        "revise_briefing",
        command_id=str(uuid.uuid4()),
        actor=actor_or_login(actor),
        reason=reason,
        **asked,
    )
    print(f"{period}: R{proposal['revision'] + 1} {result['status']}")


def _proposal(proposal: Json) -> Iterator[str]:
    yield f"{proposal['period']}: {len(proposal['changes'])} figures differ from the issue"
    if proposal["rules_before"]:
        yield f"  rules {proposal['rules']}; the issue follows {proposal['rules_before']}"
    for row in proposal["changes"]:
        old, new = (_figure(row[name]) for name in ("old", "new"))
        yield f"  {row['indicator']} of {row['orgunit']}: {old} → {new}"
        for cause in row["because"]:
            yield f"    {cause['id']}  {cause['type']}  {cause['reason'] or ''}".rstrip()


def _figure(quantity: Json | None) -> str:
    if quantity is None:
        return "无 none"
    parsed = Quantity.from_json(quantity)
    return f"{wording.say(parsed, 'zh')} {wording.say(parsed, 'en')}"


@app.command()
def show(
    period: Period,
    form: Annotated[str, typer.Option("--format", help="json, text or html.")] = "text",
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "zh",
    revision: Revision = None,
    stack: StackName = "",
) -> None:
    """Print the briefing: the published issue, or else the draft.

    Example: ./warm briefing show 2017-W06 --format html --lang en

    Exit status: 0 printed; 1 there is none.
    """
    text = _call(stack, "briefing", period=period, format=form, lang=lang, revision=revision)
    typer.echo(text, nl=form != "json")


@app.command()
def explain(
    period: Period,
    indicator: Annotated[str, typer.Argument(help="Code of an indicator.")],
    orgunit: Annotated[
        str, typer.Option("--orgunit", help="A division code. Default: the district.")
    ] = "",
    revision: Revision = None,
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """List the events that are counted in a figure, and those left out with the reason.

    Example: ./warm briefing explain 2017-W06 clinics.consultations --orgunit 410103006

    Exit status: 0 listed; 1 there is no such figure.
    """
    arguments = {"period": period, "indicator": indicator, "revision": revision}
    answer = _call(stack, "explain", orgunit=orgunit or None, **arguments)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    included, left_out = answer["included"], answer["left_out"]
    print(f"{period} {indicator} {answer['orgunit']}: {len(included)} in, {len(left_out)} left out")
    for event in included:
        print(f"in   {_event(event)}  {event['value']['zh']} / {event['value']['en']}")
    for event in left_out:
        print(f"out  {_event(event)}  {event['reason']}")


def _event(event: Json) -> str:
    """One line, so that an id can be searched for and copied."""
    names = ("id", "type", "orgunit", "time", "timeprecision")
    confirmed = [f"confirmed={event['confirmed']}"] if "confirmed" in event else []
    return "  ".join([*(event[name] for name in names), *confirmed])


@app.command()
def verify(
    period: Period, revision: Revision = None, as_json: AsJson = False, stack: StackName = ""
) -> None:
    """Check a published issue: the signature, and the figures computed again from its facts by its
    own rules. Where this version writes the same words, everything is compared byte for byte.

    Example: ./warm briefing verify 2017-W06 --revision 0

    Exit status: 0 equal; 4 something differs; 1 there is no such issue.
    """
    verdict = _call(stack, "verify", period=period, revision=revision)
    if as_json:
        print(json.dumps(verdict, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_verdict(verdict)))
    raise typer.Exit(0 if verdict["equal"] else DIFFERENT)


def _verdict(verdict: Json) -> Iterator[str]:
    equal = "相符 equal" if verdict["equal"] else "不符 NOT EQUAL"
    issue = f"第{verdict['issue']}期 issue {verdict['issue']} R{verdict['revision']}"
    yield f"{verdict['period']} {issue}: {equal}"
    yield f"  bytes: {verdict['bytes']}; signature: {verdict['signature']}"
    yield f"  figures computed again by rules {verdict['rules']}"
    if not verdict["words_made_again"]:
        yield f"  words of an earlier renderer ({verdict['renderer']}): checked as they were signed"
    yield f"  digest: {verdict['digest']}"
    for name in verdict["parts"]:
        yield f"  part with other figures: {name}"
    for name in verdict["stored"]:
        yield f"  stored beside the document with another value: {name}"
    if verdict["failure"]:
        yield f"  {verdict['failure']}"
    for fact in verdict["facts"]:
        yield f"  fact {fact['fact']}: {fact['problem']}"
    for fact in verdict["strangers"]:
        yield f"  fact {fact}: has a number that an issue has sealed, and belongs to no issue"
    for cell in verdict["figures"]:
        yield f"  figure {cell['indicator']} of {cell['orgunit']}: "
        yield f"    printed {cell['printed']}"
        yield f"    recomputed {cell['recomputed']}"
