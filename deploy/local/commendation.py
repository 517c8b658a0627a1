"""`./warm commendation …`: whom a year's report commends, and their names for those who may."""

import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.contracts.events.nominations import NOMINATED_BY, NOMINATION_STATUSES, VOLUNTEER
from shared.contracts.events.volunteering import MOST_NAMES
from shared.contracts.rpc.volunteering import MISSING_NAMES
from shared.domain.quantities import Quantity
from shared.domain.types import Json
from shared.domain.wording import say
from shared.service.rpc_client import RpcClient

app = typer.Typer(
    no_args_is_help=True,
    help="The year-end commendation: nominate, consider, choose, list the names.",
)

PAGE = 500
# The rules are applied to all facts of the year.
SCREEN_SECONDS = 120.0

Year = Annotated[int, typer.Argument(help="The year, such as 2017.")]
Category = Annotated[str, typer.Argument(help="A category of the rules, such as teams.")]
Subject = Annotated[
    str, typer.Argument(help="A division code, an id, or the name of a department.")
]


@app.command()
def screen(year: Year, actor: Actor = "", stack: StackName = "") -> None:
    """Nominate everyone whom the rules nominate by what is known now. May be repeated: those who
    are nominated already stay as they are.

    Example: ./warm commendation screen 2017

    Exit status: 0 done; 1 refused.
    """
    with service_client(stack, SCREEN_SECONDS) as rpc:
        _do(rpc, "nominate_by_rules", actor, year=year)
        _print(_rows(rpc, year))


@app.command()
def nominate(
    year: Year,
    category: Category,
    subject: Subject,
    unit: Annotated[str, typer.Option("--unit", help="The division code of its unit.")],
    grounds_zh: Annotated[str, typer.Option("--grounds-zh", help="Why, in Chinese.")],
    grounds_en: Annotated[str, typer.Option("--grounds-en", help="Why, in English.")] = "",
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", help="The id of an event that shows it; may be repeated."),
    ] = None,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Nominate a unit, a department, a team, a station or a volunteer, by its id: never by a
    person's name.

    Example: ./warm commendation nominate 2017 departments 民政局 --unit 410103 --grounds-zh 快

    Exit status: 0 nominated; 1 refused.
    """
    with service_client(stack) as rpc:
        _do(
            rpc,
            "nominate",
            actor,
            year=year,
            category=category,
            subject=subject,
            orgunit=unit,
            grounds=_words(grounds_zh, grounds_en),
            evidence=evidence or [],
        )
        _print([_found(rpc, year, category, subject)])


@app.command()
def consider(year: Year, as_json: AsJson = False, stack: StackName = "") -> None:
    """Print everyone who is nominated, with figures or grounds, decisions and reasons. Internal.

    Example: ./warm commendation consider 2017

    Exit status: 0 printed.
    """
    with service_client(stack) as rpc:
        rows = list(_rows(rpc, year))
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print(rows)


@app.command()
def choose(
    year: Year, category: Category, subject: Subject, actor: Actor = "", stack: StackName = ""
) -> None:
    """Choose one who is nominated. Another person decides than who nominated; no more are chosen
    than the rules allow.

    Example: ./warm commendation choose 2017 departments 民政局

    Exit status: 0 chosen; 1 refused.
    """
    with service_client(stack) as rpc:
        _decide(rpc, "choose_nominee", actor, year, category, subject)


@app.command()
def pass_over(
    year: Year,
    category: Category,
    subject: Subject,
    reason_zh: Annotated[str, typer.Option("--reason-zh", help="Why not, in Chinese.")],
    reason_en: Annotated[str, typer.Option("--reason-en", help="Why not, in English.")] = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Don't choose one who is nominated, also after it was chosen. The reason stays internal.

    Example: ./warm commendation pass-over 2017 departments 民政局 --reason-zh 有超期事项

    Exit status: 0 decided; 1 refused.
    """
    with service_client(stack) as rpc:
        reason = _words(reason_zh, reason_en)
        _decide(rpc, "pass_over_nominee", actor, year, category, subject, reason=reason)


@app.command("list")
def list_names(year: Year, actor: Actor = "", stack: StackName = "") -> None:
    """Print those whom the published report commends, with the names of the volunteers.

    For people whom WARM_NAME_READERS lists; volunteering records each reading. The names go to this
    terminal alone: keep the output where such lists are kept.

    Example: ./warm commendation list 2017

    Exit status: 0 printed; 1 not published, or you may not read names.
    """
    with service_client(stack) as rpc:
        categories = _published(rpc, year)["categories"]
        names = _names(rpc, actor, year, categories)
    for category in categories:
        if category["chosen"]:
            print(_both(category["label"]))
        for row in category["chosen"]:
            name = names.get(row["subject"], row["name"] or row["subject"])
            print(f"  {name}  {row['unit']}  {row['subject']}")


def _published(rpc: RpcClient, year: int) -> Json:
    """The part of the published report. Raises CannotRun before it is published."""
    document = json.loads(rpc.call("supervision", "briefing", period=str(year)))
    if document["status"] != "final":
        raise CannotRun(
            f"The commendation of {year} isn't published.",
            f"When it is decided: ./warm briefing draft {year}, then approve and publish it.",
        )
    found: Json = document["commendation"]
    return found


def _names(rpc: RpcClient, actor: str, year: int, categories: Iterable[Json]) -> dict[str, str]:
    """Id → name of the volunteers who are chosen, or why there is none."""
    ids = [
        row["subject"]
        for category in categories
        if category["kind"]["code"] == VOLUNTEER
        for row in category["chosen"]
    ]
    found: dict[str, str] = {}
    for first in range(0, len(ids), MOST_NAMES):
        answer = rpc.call(
            "volunteering",
            "commendation_names",
            command_id=str(uuid.uuid4()),
            actor=actor_or_login(actor),
            year=year,
            volunteers=ids[first : first + MOST_NAMES],
        )
        for it in answer["names"]:
            found[it["volunteer"]] = it["name"] or f"({' / '.join(MISSING_NAMES[it['missing']])})"
    return found


def _do(rpc: RpcClient, method: str, actor: str, **arguments: Any) -> None:
    given: dict[str, Any] = {"command_id": str(uuid.uuid4()), "actor": actor_or_login(actor)}
    rpc.call("supervision", method, **given, **arguments)


def _decide(
    rpc: RpcClient, method: str, actor: str, year: int, category: str, subject: str, **given: Json
) -> None:
    nominee = _found(rpc, year, category, subject)
    _do(rpc, method, actor, id=nominee["id"], **given)
    _print([_found(rpc, year, category, subject)])


def _rows(rpc: RpcClient, year: int) -> Iterator[Json]:
    """All nominations of the year, page by page."""
    after = None
    while page := rpc.call("supervision", "nominations", year=year, after=after, limit=PAGE):
        yield from page
        after = page[-1]["id"]


def _found(rpc: RpcClient, year: int, category: str, subject: str) -> Json:
    """Raises CannotRun where it isn't nominated."""
    for row in _rows(rpc, year):
        if (row["category"], row["subject"]) == (category, subject):
            return row
    raise CannotRun(
        f"{subject} isn't nominated in {category} of {year}.",
        f"See ./warm commendation consider {year}.",
    )


def _print(rows: Iterable[Json]) -> None:
    for row in sorted(rows, key=lambda row: (row["category"], row["orgunit"], row["subject"])):
        status = " / ".join(NOMINATION_STATUSES[row["status"]])
        name = f"{row['name']}  " if row["name"] and row["name"] != row["subject"] else ""
        print(f"{row['category']}  {row['subject']}  {name}{row['orgunit']}  {status}")
        for text in _said(row):
            print(f"    {text}")


def _said(row: Json) -> Iterator[str]:
    by = " / ".join(NOMINATED_BY[row["by"]])
    if row["figure"]:
        number = Quantity.from_json(row["figure"]["figure"])
        yield f"{by}: {row['figure']['indicator']} {say(number, 'zh')} / {say(number, 'en')}"
    else:
        yield f"{by}: {_both(row['grounds'])}"
    for id in row["evidence"]:
        yield f"evidence: {id}"
    if row["more"]:
        yield f"evidence: and {row['more']} more"
    if row["reason"]:
        yield f"reason: {_both(row['reason'])}"


def _words(zh: str, en: str) -> Json:
    return {"zh": zh} | ({"en": en} if en else {})


def _both(words: Json) -> str:
    return " / ".join(words.values())
