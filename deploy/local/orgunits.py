"""`./warm orgunit …`: the registry of org units, unit by unit."""

import uuid
from typing import Annotated, Any

import typer

from deploy.local.errors import CannotRun
from deploy.local.options import Actor, StackName, actor_or_login
from deploy.local.orgunit_list import registry
from deploy.local.service_calls import service_client
from shared.contracts.events.supervision import LEVELS
from shared.domain.orgunits import path
from shared.domain.types import Json

app = typer.Typer(no_args_is_help=True, help="Show and change the registry of org units.")

# Taken for "no value" where a command corrects one.
NONE = "none"
SHOWN = ("name", "valid_from", "valid_to", "successor", "split_from")

Code = Annotated[str, typer.Argument(help="The division code, such as 410103005.")]
Name = Annotated[str, typer.Argument(help="The name.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")]
ValidFrom = Annotated[str, typer.Option("--valid-from", help="The first day with the unit.")]
ValidTo = Annotated[str, typer.Option("--valid-to", help="The first day without the unit.")]
Successor = Annotated[str, typer.Option("--successor", help="The code of the unit that goes on.")]
SplitFrom = Annotated[str, typer.Option("--split-from", help="The unit of which it was a part.")]


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="Only this unit and those below it.")] = "",
    stack: StackName = "",
) -> None:
    """Print the registry: code, name, and between which days a unit is valid.

    Example: ./warm orgunit show 410103005

    Exit status: 0 printed; 1 there is no such unit.
    """
    with service_client(stack) as rpc:
        units = [unit for unit in registry(rpc).values() if unit["code"].startswith(code)]
    if not units:
        raise CannotRun(f"No unit has the code {code}.", "See ./warm orgunit show.")
    for unit in units:
        print(_line(unit))


@app.command()
def register(
    code: Code,
    name: Name,
    valid_from: ValidFrom = "",
    split_from: SplitFrom = "",
    yes: Yes = False,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Add a unit under the one whose code is its own without the last three digits.

    Example: ./warm orgunit register 410103017 新街道 --valid-from 2017-03-01 --split-from 410103005

    Exit status: 0 registered; 1 refused.
    """
    above = path(code)[1:]
    level = list(LEVELS)[min(len(above), len(LEVELS) - 1)]
    given: Json = {"parent": next(iter(above), None), "level": level, "name": name}
    given |= _stated(valid_from=valid_from, split_from=split_from)
    _change(stack, "register", code, given, yes, actor, new=True)


@app.command()
def change(
    code: Code, name: Name, yes: Yes = False, actor: Actor = "", stack: StackName = ""
) -> None:
    """Rename a unit from now on. Earlier reports keep the old name.

    A name that was wrong from the start is corrected: `./warm orgunit correct`.

    Example: ./warm orgunit change 410103005 新名称街道

    Exit status: 0 renamed; 1 refused.
    """
    _change(stack, "change", code, {"name": name}, yes, actor)


@app.command()
def retire(
    code: Code,
    valid_to: ValidTo = "",
    successor: Successor = "",
    yes: Yes = False,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Retire a unit that is merged, moved or dissolved. What it has reported stays counted.

    The units below it are retired first. Without a day, nobody knows in which weeks it was there.

    Example: ./warm orgunit retire 410103002 --valid-to 2017-02-01 --successor 410103005

    Exit status: 0 retired; 1 refused.
    """
    stated = _stated(valid_to=valid_to, successor=successor)
    _change(stack, "retire", code, stated, yes, actor)


@app.command()
def correct(
    code: Code,
    reason: Annotated[str, typer.Option("--reason", help="What was wrong, and who says so.")],
    name: Annotated[str, typer.Option("--name", help="The name that it always had.")] = "",
    valid_from: ValidFrom = "",
    valid_to: ValidTo = "",
    successor: Successor = "",
    split_from: SplitFrom = "",
    not_retired: Annotated[
        bool, typer.Option("--not-retired", help="It was retired by mistake.")
    ] = False,
    yes: Yes = False,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Put a mistake in the registry right: what is left out stays as it is.

    `none` in place of a day or a code says that there is none.

    Example: ./warm orgunit correct 410103002 --valid-to 2017-02-01 --reason 区政府公告

    Exit status: 0 corrected; 1 refused.
    """
    days = _stated(valid_from=valid_from, valid_to=valid_to)
    units = _stated(successor=successor, split_from=split_from)
    cleared = {part: None if it == NONE else it for part, it in (days | units).items()}
    parts = _stated(name=name) | cleared | ({"retired": False} if not_retired else {})
    if not parts:
        raise typer.BadParameter("say what is corrected, such as --name or --valid-to")
    _change(stack, "correct", code, parts | {"reason": reason}, yes, actor)


def _change(
    stack: str, verb: str, code: str, given: Json, yes: bool, actor: str, new: bool = False
) -> None:
    with service_client(stack) as rpc:
        unit = registry(rpc).get(code)
        if unit is None and not new:
            raise CannotRun(f"No unit has the code {code}.", "See ./warm orgunit show.")
        if unit:
            print(_line(unit))
        if not yes:
            said = ", ".join(f"{name} {value}" for name, value in given.items()) or "no day"
            typer.confirm(f"{verb} {code}: {said}?", abort=True, err=True)
        rpc.call(
            "supervision",
            f"{verb}_orgunit",
            command_id=str(uuid.uuid4()),
            actor=actor_or_login(actor),
            code=code,
            **given,
        )
        print(_line(registry(rpc)[code]))


def _stated(**options: Any) -> Json:
    return {name: value for name, value in options.items() if value}


def _line(unit: Json) -> str:
    known = [f"{name} {unit[name]}" for name in SHOWN[1:] if unit.get(name)]
    return "  ".join([unit["code"], unit["name"], *(["retired"] * unit["retired"]), *known])
