"""`./warm briefing …`: the programme office's commands, and the proof of a figure."""

import json
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local import export as bundles
from deploy.local import issue_files, issue_state, receipts
from deploy.local.errors import CannotRun
from deploy.local.options import PERIOD_HELP, Actor, AsJson, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.contracts.rpc.review import PARTS
from shared.domain import wording
from shared.domain.form_names import FORMS, INTERNAL, PUBLIC
from shared.domain.quantities import Quantity
from shared.domain.types import Json

app = typer.Typer(
    help="The weekly briefing, and the reports of longer periods: draft, review, approve, publish,"
    " discard, revise, withdraw, show,"
    " explain, verify, export, receipts, send-again.\n\n"
    "Example: ./warm briefing show 2017-W06",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

SECONDS = 300
DIFFERENT = 4

Period = Annotated[str, typer.Argument(help=PERIOD_HELP)]
Revision = Annotated[
    int | None,
    typer.Option("--revision", help="Number of the revision. Default: the last one."),
]

EDITION_NAMES = {INTERNAL: ("内部版", "internal edition"), PUBLIC: ("公开版", "public edition")}
Edition = Annotated[
    str, typer.Option("--edition", help=f"{INTERNAL} (with everything) or {PUBLIC}.")
]

ReadDigest = Annotated[
    str,
    typer.Argument(
        help="The first 8 or more digits of the content digest, as `show` printed it last."
    ),
]
ReasonZh = Annotated[str, typer.Option("--zh", help="The reason, in Chinese.", show_default=False)]
ReasonEn = Annotated[str, typer.Option("--en", help="The reason, in English.", show_default=False)]
PartName = Annotated[
    str,
    typer.Option("--part", help=f"One of: {', '.join(PARTS)}. Default: the whole."),
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
def submit(period: Period, digest: ReadDigest, actor: Actor = "", stack: StackName = "") -> None:
    """Hand the draft in for review, as a person. You are printed as its preparer.

    Example: ./warm briefing submit 2017-W06 2edb24d1 --actor person:zhang.san

    Exit status: 0 submitted; 1 refused, with the reason.
    """
    _change_status("submit", period, actor, stack, content_digest=digest)


@app.command()
def comment(
    period: Period,
    text: Annotated[str, typer.Argument(help="What you remark.")],
    part: PartName = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Remark on a draft in review. It isn't approved before every comment is resolved.

    Example: ./warm briefing comment 2017-W06 "第三条请核对" --part points

    Exit status: 0 stored; 1 refused, with the reason.
    """
    _change_status("comment", period, actor, stack, part=part or None, text=text)


@app.command()
def resolve(
    period: Period,
    number: Annotated[int, typer.Argument(help="Of the comment, as `status` prints it.")],
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Mark a comment as resolved: what it asks for is done, or answered.

    Example: ./warm briefing resolve 2017-W06 1

    Exit status: 0 resolved; 1 refused, with the reason.
    """
    given: Json = {"period": period, "comment": number, "actor": actor_or_login(actor)}
    result = _call(stack, "resolve_comment", command_id=str(uuid.uuid4()), **given)
    print(f"{period}: {result['status']}")


@app.command()
def sign(
    period: Period,
    digest: ReadDigest,
    part: PartName = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Sign off a draft in review, or one part of it, as a reviewer who has read it.

    Example: ./warm briefing sign 2017-W06 2edb24d1 --part league

    Exit status: 0 signed off; 1 refused, with the reason.
    """
    _change_status("sign_off", period, actor, stack, part=part or None, content_digest=digest)


@app.command()
def status(
    period: Period, revision: Revision = None, as_json: AsJson = False, stack: StackName = ""
) -> None:
    """Print how far an issue is, who did what about it, and what was said in its review.

    Example: ./warm briefing status 2017-W06

    Exit status: 0 printed; 1 there is no such issue.
    """
    state = _call(stack, "issue_state", period=period, revision=revision)
    if as_json:
        print(json.dumps(state, ensure_ascii=False, indent=2))
    else:
        print("\n".join(issue_state.lines(state)))


@app.command()
def point(
    period: Period,
    digest: ReadDigest,
    number: Annotated[int, typer.Argument(help="Of the main point, from 1.")],
    zh: Annotated[str, typer.Option("--zh", help="The words in Chinese.")] = "",
    en: Annotated[str, typer.Option("--en", help="The words in English.")] = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Put a main point of the draft in other words. Numbers stay as they are: each has to be one of
    the figures of the sentence that the rules made, with its qualifier and its unit.

    Example: ./warm briefing point 2017-W06 2edb24d1 5 --zh 本周义诊1场，服务群众500多人次

    Exit status: 0 edited; 1 refused, with the reason.
    """
    words = _given(zh, en)
    if not words:
        raise typer.BadParameter("give --zh, --en or both")
    given: Json = {"content_digest": digest, "points": [{"point": number, "words": words}]}
    who = {"command_id": str(uuid.uuid4()), "actor": actor_or_login(actor)}
    result = _call(stack, "edit_points", period=period, **who, **given)
    print(f"{period}: {result['status']}")


@app.command()
def changes(
    period: Period, revision: Revision = None, as_json: AsJson = False, stack: StackName = ""
) -> None:
    """Print what a revision changes: figures, and parts that read differently.

    Example: ./warm briefing changes 2017-W06 --revision 1 --json

    Exit status: 0 printed; 1 there is no such issue.
    """
    answer = _call(stack, "revision_changes", period=period, revision=revision)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    parts = answer["changed_parts"]
    print(f"{period} R{answer['revision']} replaces {answer['replaces'] or 'nothing'}")
    for line in _changed_figures(answer):
        print(line)
    named = "not compared" if parts is None else ", ".join(parts) or "none"
    print(f"  parts that read differently: {named}")


@app.command()
def approve(period: Period, digest: ReadDigest, actor: Actor = "", stack: StackName = "") -> None:
    """Approve the draft that was read, as a person: you are printed as its signer. A draft that has
    changed since is refused, and so is one that you submitted yourself (WARM_FOUR_EYES).

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
def withdraw(
    period: Period,
    zh: ReasonZh = "",
    en: ReasonEn = "",
    successor: Annotated[
        str,
        typer.Option(
            "--successor",
            help="The urn of the published issue in its place, such as"
            " urn:warm:briefing:2017-W06:r1.",
        ),
    ] = "",
    revision: Revision = None,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Take a published issue back, with a reason. It stays readable and provable; subscribers are
    told. This is final: what is right again is published as a revision.

    Example: ./warm briefing withdraw 2017-W06 --zh 数据来源有误 --en "a source was wrong"

    Exit status: 0 withdrawn; 1 refused, with the reason.
    """
    given = {"revision": revision, "successor": successor or None}
    _change_status("withdraw", period, actor, stack, reason=_reason(zh, en), **given)


def _reason(zh: str, en: str) -> dict[str, str]:
    """Raises CannotRun where there is none."""
    reason = _given(zh, en)
    if not reason:
        raise CannotRun("A reason is needed.", "Give --zh, --en or both.")
    return reason


def _given(zh: str, en: str) -> dict[str, str]:
    """A text by language, as far as it was given."""
    return {lang: text for lang, text in (("zh", zh), ("en", en)) if text}


@app.command()
def revise(
    period: Period,
    zh: ReasonZh = "",
    en: ReasonEn = "",
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
    reason = _reason(zh, en)
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
    yield from _changed_figures(proposal)


def _changed_figures(changed: Json) -> Iterator[str]:
    if changed["rules_before"]:
        yield f"  rules {changed['rules']}; the issue follows {changed['rules_before']}"
    for row in changed["changes"]:
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
    form: Annotated[str, typer.Option("--format", help=f"{issue_files.NAMES}.")] = "text",
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "zh",
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file instead of printing.")
    ] = None,
    edition: Edition = INTERNAL,
    revision: Revision = None,
    stack: StackName = "",
) -> None:
    """Print the briefing, or write it to a file: the published issue, or else the draft.

    Forms of a published issue are those that were made and signed at its publication. A withdrawn
    issue is printed as it was published; standard error says that it is withdrawn.

    Example: ./warm briefing show 2017-W06 --format html --lang en

    Example: ./warm briefing show 2017-W06 --edition public

    Example: ./warm briefing show 2017-W06 --format xlsx --output 2017-W06.xlsx

    Exit status: 0 printed or written; 1 there is none.
    """
    if form in FORMS and form not in issue_files.TEXTS and output is None:
        raise CannotRun(f"{form} is a file, not a text to print.", "Add --output FILE.")
    state = _say_withdrawn(stack, period, revision)
    issue = {"period": period, "revision": revision, "edition": edition}
    body = issue_files.shown(partial(_call, stack), state, form, lang, **issue)
    if output is None:
        typer.echo(body.decode(), nl=form != "json")
        return
    _write(output, body)


def _write(output: Path, body: bytes) -> None:
    """Write a file and print its name. Raises CannotRun."""
    try:
        output.write_bytes(body)
    except OSError as error:
        problem = f"{output} can't be written: {error.strerror}."
        raise CannotRun(problem, "Choose another file with --output.") from error
    print(output)


def _say_withdrawn(stack: str, period: str, revision: int | None) -> Json:
    """On standard error, so that what is printed stays what was published. Returns the state."""
    state: Json = _call(stack, "issue_state", period=period, revision=revision)
    for line in issue_state.withdrawn(state):
        typer.echo(line, err=True)
    return state


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
    _say_withdrawn(stack, period, revision)
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
    period: Period,
    edition: Edition = INTERNAL,
    revision: Revision = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fold nothing again.")] = False,
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Check a published issue: signatures, forms, and the figures computed again from its facts by
    its own rules. Where this version writes the same words, everything is compared byte for byte.

    With --quick, every byte of the facts is read and compared with what was sealed and signed; the
    figures aren't computed again. It finds whatever somebody changed since publication.

    The public edition is compared with what is made of the internal one, which has a check of its
    own.

    Example: ./warm briefing verify 2017-W06 --revision 0

    Exit status: 0 equal; 4 something differs; 1 there is no such issue.
    """
    verdict = _call(stack, "verify", period=period, revision=revision, edition=edition, quick=quick)
    if as_json:
        print(json.dumps(verdict, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_verdict(verdict)))
    raise typer.Exit(0 if verdict["equal"] else DIFFERENT)


def _verdict(verdict: Json) -> Iterator[str]:
    equal = "相符 equal" if verdict["equal"] else "不符 NOT EQUAL"
    issue = f"第{verdict['issue']}期 issue {verdict['issue']} R{verdict['revision']}"
    edition = " ".join(EDITION_NAMES[verdict["edition"]])
    yield f"{verdict['period']} {issue}, {edition}: {equal}"
    if verdict["withdrawn"]:
        yield "  已撤回 withdrawn: it is proved as it was published, and isn't valid any more"
    yield f"  bytes: {verdict['bytes']}; signature: {verdict['signature']}"
    quick = verdict.get("quick", False)
    if quick:
        yield "  快速核验：逐字节比对事实，未重新计算数字"
        yield "    quick: every byte of the facts compared, figures not computed again"
    else:
        yield f"  figures computed again by rules {verdict['rules']}"
    if not (verdict["words_made_again"] or quick):
        yield f"  words of an earlier renderer ({verdict['renderer']}): checked as they were signed"
    yield f"  digest: {verdict['digest']}"
    for it in verdict.get("differences", ()):
        yield f"  {it['name']}: {it['zh']} {it['en']}"
    if verdict["failure"]:
        yield f"  {verdict['failure']}"
    for fact in verdict["strangers"]:
        yield f"  {fact}: 占用已封存的序号，不属于任何一期"
        yield "    fact with a number that an issue has sealed; it belongs to no issue"
    for cell in verdict["figures"]:
        yield f"  figure {cell['indicator']} of {cell['orgunit']}: "
        yield f"    printed {cell['printed']}"
        yield f"    recomputed {cell['recomputed']}"


@app.command()
def export(
    period: Period,
    output: Annotated[
        Path | None, typer.Option("--output", help="The file. Default: PERIOD.EDITION.zip here.")
    ] = None,
    edition: Edition = INTERNAL,
    revision: Revision = None,
    stack: StackName = "",
) -> None:
    """Write a published issue with everything that is needed to check it elsewhere: forms, signed
    manifest, keys, schemas, programs that check it; in the internal edition its facts too.

    The facts hold no personal data, but more than the public may see.

    Example: ./warm briefing export 2017-W06 --edition public

    Exit status: 0 written; 1 there is no such issue, or it can't be written.
    """
    target = output or Path(f"{period}.{edition}.zip")
    bundles.export(partial(_call, stack), period, revision, edition, target)
    print(target)


app.command()(receipts.receipts)
app.command()(receipts.send_again)
