"""`./warm assessment …`: what is said for a half-year's assessment, its sheets, draft rubrics."""

import json
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.contracts.events.assessment import APPEAL_OUTCOMES, APPEAL_STATUSES
from shared.contracts.rpc.assessment import MOST_IDS
from shared.domain.quantities import QUALIFIERS, Quantity
from shared.domain.types import Json
from shared.domain.units import UNITS
from shared.domain.wording import LANGUAGES, say
from shared.platform.yaml_reader import BadYaml, read_yaml
from shared.service.rpc_client import RpcClient

app = typer.Typer(
    no_args_is_help=True,
    help="The half-year assessment: observations, figures, exclusions, appeals, sheets, what-if.",
)

# All facts are folded.
SECONDS = 300.0

Period = Annotated[str, typer.Argument(help="A half-year, such as 2017-H1.")]
Unit = Annotated[str, typer.Argument(help="The division code of a sub-district.")]
Criterion = Annotated[str, typer.Argument(help="A criterion of the rubric, such as on_site.")]
Day = Annotated[str, typer.Option("--day", help="On which day, such as 2017-05-10.")]
Zh = Annotated[str, typer.Option("--zh", help="The words in Chinese.")]
En = Annotated[str, typer.Option("--en", help="The words in English.")]
Reason = Annotated[str, typer.Option("--reason", help="What was wrong, and who says so.")]
Revision = Annotated[
    int | None,
    typer.Option("--revision", help="Number of the revision. Default: the last one."),
]


@app.command()
def inputs(period: Period, as_json: AsJson = False, stack: StackName = "") -> None:
    """Print what was said for a half-year: observations, figures, exclusions, appeals.

    Example: ./warm assessment inputs 2017-H1

    Exit status: 0 printed.
    """
    with service_client(stack) as rpc:
        found = rpc.call("supervision", "assessment_inputs", period=period)
    _print(found, as_json, _inputs)


@app.command()
def observe(
    unit: Unit,
    criterion: Criterion,
    score: Annotated[str, typer.Argument(help="The score, such as 86.5.")],
    day: Day,
    observers: Annotated[
        list[str],
        typer.Option("--by", help="An observer, such as person:li.na; may be repeated."),
    ],
    zh: Zh = "",
    en: En = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Enter the score of an on-site observation. The words name the occasion.

    Example: ./warm assessment observe 410103001 on_site 8 --day 2017-05-10 --by person:li --zh 观摩

    Exit status: 0 entered; 1 refused.
    """
    given = {"criterion": criterion, "score": score, "observers": observers}
    more = {"occasion": _words(zh, en), "orgunit": unit, **_on(day)}
    _do(stack, "record_observation", actor, **given, **more)


@app.command()
def correct(
    id: Annotated[str, typer.Argument(help="Of the observation, as `inputs` prints it.")],
    day: Day,
    reason: Reason,
    score: Annotated[str, typer.Option("--score", help="Default: it stays.")] = "",
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="It was entered by mistake.")
    ] = False,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Correct an observation, or withdraw it. The day is when it took place.

    Example: ./warm assessment correct 17 --day 2017-05-10 --score 88 --reason 评分表更正

    Exit status: 0 corrected; 1 refused.
    """
    given: Json = {"reason": reason, "withdrawn": withdrawn} | ({"score": score} if score else {})
    _do(stack, "correct_observation", actor, id=id, **given, **_on(day))


@app.command()
def declare(
    period: Period,
    unit: Unit,
    figure: Annotated[str, typer.Argument(help="A figure that the rubric declares itself.")],
    value: Annotated[str, typer.Argument(help="The number, such as 41200.")],
    of: Annotated[str, typer.Option("--of", help=f"One of: {', '.join(UNITS)}.")],
    qualifier: Annotated[
        str, typer.Option("--qualifier", help=f"One of: {', '.join(QUALIFIERS)}.")
    ] = "exact",
    zh: Zh = "",
    en: En = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """State a figure that no service counts. The words say where it comes from.

    Example: ./warm assessment declare 2017-H1 410103001 declared.residents 41 --of person --zh 公报

    Exit status: 0 stated; 1 refused.
    """
    quantity = {"value": value, "qualifier": qualifier, "unit": of, "stated": None}
    given = {"orgunit": unit, "figure": figure, "quantity": quantity, "source": _words(zh, en)}
    _do(stack, "declare_figure", actor, period=period, **given)


@app.command()
def exclude(
    period: Period,
    unit: Unit,
    zh: Zh = "",
    en: En = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Propose that a unit isn't assessed. The words are the reason. Another person approves it.

    Example: ./warm assessment exclude 2017-H1 410103001 --zh 期间并入他街道

    Exit status: 0 proposed; 1 refused.
    """
    _do(stack, "exclude_from_assessment", actor, period=period, orgunit=unit, reason=_words(zh, en))


@app.command()
def approve(period: Period, unit: Unit, actor: Actor = "", stack: StackName = "") -> None:
    """Approve that a unit isn't assessed, as another person than who proposed it.

    Example: ./warm assessment approve 2017-H1 410103001 --actor person:wang.fang

    Exit status: 0 approved; 1 refused.
    """
    _do(stack, "approve_exclusion", actor, period=period, orgunit=unit)


@app.command()
def include(
    period: Period,
    unit: Unit,
    zh: Zh = "",
    en: En = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Withdraw an exclusion: the unit is assessed after all. The words are the reason.

    Example: ./warm assessment include 2017-H1 410103001 --zh 未并入

    Exit status: 0 withdrawn; 1 refused.
    """
    _do(stack, "withdraw_exclusion", actor, period=period, orgunit=unit, reason=_words(zh, en))


@app.command()
def announce(
    period: Period,
    day: Day,
    reason: Annotated[
        str, typer.Option("--reason", help="Why another day is given than before.")
    ] = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Say on which day the units got their scores. The appeal window begins with that day.

    Example: ./warm assessment announce 2017-H1 --day 2017-07-10

    Exit status: 0 announced; 1 refused.
    """
    _do(stack, "announce_scores", actor, period=period, reason=reason or None, **_on(day))


@app.command()
def appeal(
    period: Period,
    unit: Unit,
    criterion: Criterion,
    day: Day,
    zh: Zh = "",
    en: En = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Lodge a unit's appeal against its points by a criterion. The words are the grounds.

    Example: ./warm assessment appeal 2017-H1 410103001 activities --day 2017-07-12 --zh 漏计活动

    Exit status: 0 lodged, also after the window; 1 refused.
    """
    given = {"period": period, "criterion": criterion, "grounds": _words(zh, en)}
    _do(stack, "appeal", actor, orgunit=unit, **given, **_on(day))


@app.command()
def answer(
    id: Annotated[str, typer.Argument(help="Of the appeal, as `inputs` prints it.")],
    outcome: Annotated[str, typer.Argument(help=f"One of: {', '.join(APPEAL_OUTCOMES)}.")],
    day: Day,
    points: Annotated[
        str, typer.Option("--points", help="Of an appeal that is upheld: its points now.")
    ] = "",
    zh: Zh = "",
    en: En = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Answer an appeal, as another person than who lodged it. The words are the answer.

    Example: ./warm assessment answer appeal:2017-H1:17 upheld --points 4 --day 2017-07-20 --zh 属实

    Exit status: 0 answered; 1 refused.
    """
    given: Json = {"outcome": outcome, "points": points or None, "answer": _words(zh, en)}
    _do(stack, "answer_appeal", actor, id=id, **given, **_on(day))


@app.command()
def sheet(
    period: Period,
    unit: Unit,
    revision: Revision = None,
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Print why a unit has its score, in an issue or in the draft of one.

    Example: ./warm assessment sheet 2017-H1 410103001

    Exit status: 0 printed; 1 there is no such issue, or no such unit in it.
    """
    asked: Json = {"period": period, "orgunit": unit, "revision": revision}
    with service_client(stack) as rpc:
        found = rpc.call("supervision", "assessment_sheet", **asked)
    _print(found, as_json, _sheet)


@app.command()
def evidence(
    period: Period,
    unit: Unit,
    criterion: Criterion,
    revision: Revision = None,
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Print the ids of the events in a line of a unit's sheet.

    Example: ./warm assessment evidence 2017-H1 410103001 findings_closed

    Exit status: 0 printed; 1 there is no such issue, or no such line in it.
    """
    asked = {"period": period, "orgunit": unit, "criterion": criterion, "revision": revision}
    with service_client(stack, SECONDS) as rpc:
        found = _all_ids(rpc, asked)
    _print(found, as_json, _evidence)


@app.command("what-if")
def what_if(
    period: Period,
    rubric: Annotated[
        Path, typer.Argument(help="The file of a draft rubric.", dir_okay=False, exists=True)
    ],
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Print what a draft rubric would change, beside the rubric in force.

    Example: ./warm assessment what-if 2017-H1 draft.yaml

    Exit status: 0 printed; 1 the rubric is refused, with the place of each problem.
    """
    try:
        text = json.dumps(read_yaml(rubric), ensure_ascii=False, separators=(",", ":"))
    except BadYaml as error:
        raise CannotRun("The rubric can't be read.", str(error)) from None
    with service_client(stack, SECONDS) as rpc:
        found = rpc.call("supervision", "compare_rubrics", period=period, rubric=text)
    _print(found, as_json, _compared)


def _do(stack: str, method: str, actor: str, **given: Any) -> None:
    who: Json = {"command_id": str(uuid.uuid4()), "actor": actor_or_login(actor)}
    with service_client(stack) as rpc:
        done = rpc.call("supervision", method, **who, **given)
    print("  ".join(str(done[name]) for name in ("id", "status") if name in done))


def _on(day: str) -> Json:
    return {"time": f"{day}T00:00:00+08:00", "timeprecision": "day"}


def _words(zh: str, en: str) -> Json:
    given = {lang: text for lang, text in zip(LANGUAGES, (zh, en), strict=True) if text}
    if not given:
        raise typer.BadParameter("give --zh, --en or both")
    return given


def _print(found: Json, as_json: bool, lines: Any) -> None:
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines(found)))


def _said(words: Json | None) -> str:
    return " / ".join((words or {}).values())


def _inputs(found: Json) -> Iterator[str]:
    yield f"{found['period']}  rubric {found['rubric']}"
    if found["announced_on"]:
        yield f"announced on {found['announced_on']}, appeals until {found['last_day_of_appeals']}"
    for it in found["observations"]:
        text = f"{it['criterion']} {it['score']}  {it['observed_on']}  {_said(it['occasion'])}"
        yield _row("observation", it, it["status"], text)
    for it in found["figures"]:
        figure = say(Quantity.from_json(it["quantity"]), "zh")
        yield _row("figure", it, it["figure"], f"{figure}  {_said(it['source'])}")
    for it in found["exclusions"]:
        yield _row("exclusion", it, it["status"], _said(it["reason"]))
    for it in found["appeals"]:
        text = f"{it['criterion']}  {it['lodged_on']}  {_said(it['grounds'])}"
        yield _row("appeal", it, APPEAL_STATUSES[it["status"]][0], text)


def _row(kind: str, it: Json, *texts: str) -> str:
    return "  ".join([kind, it["id"], it["orgunit"], *texts])


def _sheet(found: Json) -> Iterator[str]:
    row, sheet = found["row"], found["sheet"]
    labels = {it["code"]: _said(it["label"]) for it in found["criteria"]}
    where = f"{found['period']} R{found['revision']} {found['status']}, rubric {found['rubric']}"
    yield f"{row['unit']}  {where}"
    rank = row["rank"] or _said_of(row["standing"])
    yield f"score {row['score']}  rank {rank}  {_places(row['rank_interval'])}".rstrip()
    for line in sheet["lines"]:
        yield f"  {line['points']:>6} of {line['weight']:>5}  {labels[line['criterion']]}"
        yield f"         {_computed(line)}"
    for it in sheet["figures"]:
        number = say(Quantity.from_json(it), "zh")
        yield f"  {it['source']}: {number}, events: {it['events']}"
    for it in sheet["observations"]:
        yield f"  {it['day']} {it['criterion']} {it['score']}  {', '.join(it['observers'])}"
    for it in sheet["appeals"]:
        outcome, late = _said_of(it["outcome"]), "  late" if it["late"] else ""
        yield f"  appeal {it['lodged_on']} {it['criterion']}: {outcome}{late}"


def _said_of(code: Json) -> str:
    return f"{code['zh']} / {code['en']}"


def _places(interval: Json | None) -> str:
    return f"(possible: {interval['best']} to {interval['worst']})" if interval else ""


def _computed(line: Json) -> str:
    if line["standing"]["code"] != "scored":
        return _said_of(line["standing"])
    signs = (("bonus", "+"), ("deduction", "-"), ("appeal", "by appeal "))
    parts = [f"{sign}{line[name]}" for name, sign in signs if line[name] != "0"]
    return " ".join([f"figure {line['value']}: {line['base']}", *parts])


def _all_ids(rpc: RpcClient, asked: Json) -> Json:
    """The line's events, page by page."""
    found = rpc.call("supervision", "assessment_evidence", **asked, after=0, limit=MOST_IDS)
    most = max((it["events"] for it in found["figures"]), default=0)
    for after in range(MOST_IDS, most, MOST_IDS):
        more = rpc.call("supervision", "assessment_evidence", **asked, after=after, limit=MOST_IDS)
        for figure, page in zip(found["figures"], more["figures"], strict=True):
            figure["ids"] += page["ids"]
    return dict(found)


def _evidence(found: Json) -> Iterator[str]:
    for figure in found["figures"]:
        yield f"{figure['source']}: {figure['events']} events, sha256 {figure['digest']}"
        yield from _indented(figure["ids"])
    for name in ("observations", "appeals"):
        for ids in found[name]:
            yield f"{name.removesuffix('s')}:"
            yield from _indented(ids)


def _indented(ids: Iterable[str]) -> Iterator[str]:
    return (f"  {id}" for id in ids)


def _compared(found: Json) -> Iterator[str]:
    yield " → ".join(f"{it['version']} ({it['standing']})" for it in found["rubric"])
    for unit in found["units"]:
        score, rank = (_change(unit[name], unit[f"{name}_change"]) for name in ("score", "rank"))
        yield f"{unit['orgunit']}  {unit['unit']}  score {score}  rank {rank}"
        for line in unit["lines"]:
            if line["points"][0] != line["points"][1]:
                yield f"    {line['criterion']}: {_change(line['points'], line['change'])}"


def _change(pair: list[Any], change: Any) -> str:
    old, new = ("—" if it is None else it for it in pair)
    return f"{old} → {new}" + ("" if change is None else f" ({change})")
