"""`./warm staff …`: the officials who prepare, review and sign issues."""

import uuid
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from deploy.local.options import Actor, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES
from shared.service.rpc_client import RpcClient

app = typer.Typer(
    no_args_is_help=True,
    help="The staff register: by which name and office people are printed in issues.",
)

# Taken for "no value" where a command corrects a day.
NONE = "none"
PAGE = 500

Code = Annotated[str, typer.Argument(help="The id of the actor person:<id>, such as zhang.san.")]
NameZh = Annotated[str, typer.Option("--name-zh", help="The name in Chinese.")]
NameEn = Annotated[str, typer.Option("--name-en", help="The name in English.")]
OfficeZh = Annotated[str, typer.Option("--office-zh", help="The office in Chinese.")]
OfficeEn = Annotated[str, typer.Option("--office-en", help="The office in English.")]
ValidFrom = Annotated[str, typer.Option("--valid-from", help="The first day in the office.")]
ValidTo = Annotated[str, typer.Option("--valid-to", help="The first day without the office.")]


@app.command()
def show(stack: StackName = "") -> None:
    """Print the register: id, name, office, and between which days.

    Example: ./warm staff show

    Exit status: 0 printed.
    """
    with service_client(stack) as rpc:
        for person in _people(rpc):
            print("\n".join(_lines(person)))


@app.command()
def register(
    code: Code,
    valid_from: ValidFrom,
    name_zh: NameZh = "",
    name_en: NameEn = "",
    office_zh: OfficeZh = "",
    office_en: OfficeEn = "",
    valid_to: ValidTo = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """A person takes an office. Name and office are printed in the issues that the person prepares
    or signs, and sent to all subscribers.

    A person whose term has ended is registered again with the next office, by the same id.

    Example: ./warm staff register zhang.san --name-zh 张三 --office-zh 主任 --valid-from 2017-01-01

    Exit status: 0 registered; 1 refused.
    """
    term = _given(name_zh, name_en, office_zh, office_en)
    for name in ("name", "office"):
        if name not in term:
            raise typer.BadParameter(f"give --{name}-zh, --{name}-en or both")
    term |= {"valid_from": valid_from} | ({"valid_to": valid_to} if valid_to else {})
    _act(stack, "register", code, actor, term)


@app.command()
def correct(
    code: Code,
    reason: Annotated[str, typer.Option("--reason", help="What was wrong, and who says so.")],
    name_zh: NameZh = "",
    name_en: NameEn = "",
    office_zh: OfficeZh = "",
    office_en: OfficeEn = "",
    valid_from: ValidFrom = "",
    valid_to: ValidTo = "",
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Put a mistake in the last term right: what is left out stays as it is.

    A name or an office is given again in each language. `none` as the last day says that the term
    has not ended. Published issues stay as they are.

    Example: ./warm staff correct zhang.san --office-zh 办公室副主任 --reason 录入有误

    Exit status: 0 corrected; 1 refused.
    """
    parts = _given(name_zh, name_en, office_zh, office_en)
    parts |= {"valid_from": valid_from} if valid_from else {}
    if valid_to:
        parts["valid_to"] = None if valid_to == NONE else valid_to
    if not parts:
        raise typer.BadParameter("say what is corrected, such as --office-zh or --valid-to")
    _act(stack, "correct", code, actor, parts | {"reason": reason})


@app.command()
def end(
    code: Code,
    valid_to: ValidTo,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """A person leaves the office.

    Example: ./warm staff end zhang.san --valid-to 2017-07-01

    Exit status: 0 ended; 1 refused.
    """
    _act(stack, "end", code, actor, {"valid_to": valid_to})


def _given(name_zh: str, name_en: str, office_zh: str, office_en: str) -> Json:
    """Name and office by language, as far as they were given."""
    texts = {"name": (name_zh, name_en), "office": (office_zh, office_en)}
    spoken = {
        name: {lang: text for lang, text in zip(LANGUAGES, both, strict=True) if text}
        for name, both in texts.items()
    }
    return {name: words for name, words in spoken.items() if words}


def _act(stack: str, verb: str, code: str, actor: str, given: Json) -> None:
    arguments: dict[str, Any] = {"command_id": str(uuid.uuid4()), "actor": actor_or_login(actor)}
    with service_client(stack) as rpc:
        rpc.call("supervision", f"{verb}_staff", **arguments, code=code, **given)
        [changed] = [person for person in _people(rpc) if person["code"] == code]
    print("\n".join(_lines(changed)))


def _people(rpc: RpcClient) -> Iterator[Json]:
    """The whole register, page by page."""
    after = None
    while page := rpc.call("supervision", "staff", after=after, limit=PAGE):
        yield from page
        after = page[-1]["id"]


def _lines(person: Json) -> Iterator[str]:
    for term in person["terms"]:
        name, office = (" ".join(term[part].values()) for part in ("name", "office"))
        until = f" – {term['valid_to']}" if term["valid_to"] else " –"
        yield f"{person['code']}  {name}  {office}  {term['valid_from']}{until}"
