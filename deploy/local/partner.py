"""`./warm partner …`: programs of other offices that call methods and hear events."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from deploy.bridge.partners import CALLS_PER_MINUTE, Partner, checked
from deploy.bridge.place import Place
from deploy.bridge.trial import tried
from deploy.composed.bridge import DeployedBridge
from deploy.composed.secretfolder import FOLDER
from deploy.local.bridge import LocalBridge
from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, actor_or_login, chosen_stack
from deploy.local.stacks import named_stack
from shared.domain.types import Json

app = typer.Typer(
    no_args_is_help=True,
    help="Programs of other offices that call methods and hear events.",
)

NOT_CONNECTED = 3

Name = Annotated[str, typer.Argument(help="Small letters, digits and hyphens, such as school-3.")]
Deployed = Annotated[
    bool,
    typer.Option("--deployed", help="Of the deployment on this machine, by docker-compose."),
]
Changes = Annotated[bool, typer.Option("--changes", help="Also who did what, and when.")]


@app.command()
def add(
    name: Name,
    methods: Annotated[str, typer.Option(help="Methods that it may call, with commas.")] = "",
    events: Annotated[str, typer.Option(help="Types that it hears, such as relief.order.*.")] = "",
    actors: Annotated[
        str, typer.Option(help="For whom it gives commands. Default: service:NAME.")
    ] = "",
    calls_per_minute: Annotated[int, typer.Option(help="Its quota.")] = CALLS_PER_MINUTE,
    actor: Actor = "",
    deployed: Deployed = False,
    stack: StackName = "",
) -> None:
    """Let a partner in, or change what it may do. Running it again changes nothing.

    Prints the file that holds its address, with the password.

    Example: ./warm partner add school --methods relief.record_visits --events 'relief.order.*'

    Exit status: 0 it is connected; 1 not done.
    """
    allowed = _listed(methods), _listed(events), _listed(actors)
    try:
        partner = checked(Partner(name, *allowed, calls_per_minute))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    place = _place(stack, deployed)
    did = place.put(partner, actor_or_login(actor))
    place.await_connected(name)
    say(f"{name}: {did or 'unchanged'}; the bridge is connected")
    print(place.registry.write_address(partner, place.uri_of(partner)))


@app.command("list")
def list_command(
    changes: Annotated[
        bool, typer.Option("--changes", help="Also who did what, and when.")
    ] = False,
    as_json: AsJson = False,
    deployed: Deployed = False,
    stack: StackName = "",
) -> None:
    """Show each partner: what it may do, whether it is connected, its calls, and what waits.

    Counts are since the start of the bridge. `lag`: events that aren't in its virtual host yet.

    Example: ./warm partner list --json

    Exit status: 0 all are connected; 3 one isn't; 1 the broker gave no answer.
    """
    place = _place(stack, deployed)
    lag = place.access.lag()
    found = [_state(place, it, lag) for it in place.registry.partners().values()]
    done = place.registry.changes() if changes else []
    if as_json:
        print(json.dumps({"partners": found, "changes": done}, ensure_ascii=False, indent=2))
    else:
        print("\n".join([*map(_line, found), *map(_change, done)]) or "no partners")
    raise typer.Exit(0 if all(it["connected"] for it in found) else NOT_CONNECTED)


@app.command()
def rotate(
    name: Name, actor: Actor = "", deployed: Deployed = False, stack: StackName = ""
) -> None:
    """Give a partner a new password, and close its connections.

    Example: ./warm partner rotate school

    Exit status: 0 done; 1 no such partner.
    """
    place = _place(stack, deployed)
    partner = place.rotate(name, actor_or_login(actor))
    print(place.registry.write_address(partner, place.uri_of(partner)))


@app.command()
def remove(
    name: Name, actor: Actor = "", deployed: Deployed = False, stack: StackName = ""
) -> None:
    """Take away a partner's user, its virtual host, and what waits for it.

    Example: ./warm partner remove school

    Exit status: 0 done; 1 no such partner.
    """
    _place(stack, deployed).remove(name, actor_or_login(actor))
    say(f"{name}: removed")


@app.command("test")
def test_command(name: Name, stack: StackName = "") -> None:
    """Call an allowed method through the partner's virtual host, with the partner's own password.

    A command is called without arguments, which does nothing. It counts against the quota.

    Example: ./warm partner test school

    Exit status: 0 an answer came; 1 none.
    """
    place = _place(stack)
    partner = place.partner(name)
    place.await_connected(name)
    say(tried(partner, place.uri_of(partner)))


def _place(stack: str, deployed: bool = False) -> Place:
    if deployed:
        return DeployedBridge(FOLDER)
    chosen = named_stack(chosen_stack(stack), say)
    if "broker" not in chosen.running:
        raise CannotRun(f"The stack {chosen_stack(stack)} isn't running.", "Start it: ./warm up")
    return LocalBridge(chosen)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _state(place: Place, partner: Partner, lag: dict[str, int]) -> Json:
    counts = {"connected": False, "problem": "", "answered": 0, "refused": 0, "passed_on": 0}
    known = counts | place.state_of(partner.name)
    return {**asdict(partner), **known, "lag": lag.get(partner.events_queue, 0)}


def _line(it: Json) -> str:
    state = "connected" if it["connected"] else f"not connected {it['problem']}".rstrip()
    return (
        f"{it['name']}: {state}; calls answered {it['answered']}, refused {it['refused']};"
        f" events passed on {it['passed_on']}, lag {it['lag']}"
    )


def _change(it: Json) -> str:
    allowed = ", ".join([*it["methods"], *it["events"]])
    return f"{it['at']} {it['by']} {it['did']} {it['name']}: {allowed}"
