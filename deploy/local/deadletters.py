"""`./warm deadletters …`: messages that could not be understood or handled."""

import json
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Annotated, Any

import typer

from deploy.local import replay_progress, undelivered
from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.contracts.envelope import REASONS
from shared.domain.errors import NotFound
from shared.domain.types import Json
from shared.messaging.dead_letter_store import UNKNOWN
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient

app = typer.Typer(
    help="Dead letters (messages that could not be handled): list, show, replay, discard; and"
    " undelivered messages (that came back too often).\n\n"
    "Example: ./warm deadletters list",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

app.add_typer(undelivered.app, name="undelivered")

FAILED_AGAIN = 4
# A replay of a hundred thousand messages is written before the service answers.
SECONDS = 120

# Service → (the messages that the command is about, as arguments of RPC; how many these are).
Targets = dict[str, tuple[Json, int]]


def _one_of(kind: str, choices: Collection[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value and value not in choices:
            raise typer.BadParameter(f"no {kind} {value!r}; one of: {', '.join(choices)}")
        return value

    return check


Reason = Annotated[
    str,
    typer.Option(
        "--reason",
        callback=_one_of("reason", REASONS),
        help="Only messages with this reason, as listed.",
        show_default=False,
    ),
]
ServiceName = Annotated[
    str,
    typer.Option(
        "--service",
        callback=_one_of("service", SERVICES),
        help="Only messages of this service. Default: of all services.",
        show_default=False,
    ),
]
Identities = Annotated[
    list[str] | None, typer.Argument(metavar="ID", help="Ids of messages, as listed.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation with --reason.")]
Lines = Annotated[
    int, typer.Option("--lines", min=1, max=1000, help="Messages to list for each reason.")
]


@app.command("list")
def list_dead_letters(
    reason: Reason = "",
    service: ServiceName = "",
    lines: Lines = 10,
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """List dead letters by reason: how many there are, and the newest of each.

    Example: ./warm deadletters list --reason unknown_orgunit --lines 100

    Exit status: 0 listed, even if there are none; 1 a service gave no answer.
    """
    with service_client(stack) as rpc:
        groups = list(_groups(rpc, reason, service, lines))
    if as_json:
        print(_json(groups))
        return
    for name in sorted({group["reason"] for group in groups}):
        _print_reason(name, [group for group in groups if group["reason"] == name])
    if not groups:
        print("no dead letters")


def _groups(rpc: RpcClient, reason: str, service: str, lines: int) -> Iterator[Json]:
    """One group for each service and reason, with its newest entries."""
    for name in [service] if service else SERVICES:
        for group in rpc.call(name, "dead_letter_groups"):
            if reason in ("", group["reason"]):
                entries = rpc.call(name, "dead_letters", limit=lines, reason=group["reason"])
                yield {"service": name, **group, "entries": entries}


def _print_reason(reason: str, groups: Sequence[Json]) -> None:
    messages, waiting = (sum(group[it] for group in groups) for it in ("messages", "waiting"))
    retried = f", {waiting} of them are retried automatically" if waiting else ""
    print(f"{reason}: {messages} ({', '.join(REASONS[reason])}){retried}")
    for group in groups:
        for entry in group["entries"]:
            print(f"  {_line({'service': group['service'], **entry})}")
        more = group["messages"] - len(group["entries"])
        if more > 0:
            print(f"  … and {more} more of {group['service']}, since {group['first_seen']}")


def _line(entry: Json) -> str:
    """One line, so that an id can be searched for and copied."""
    names = ("id", "service", "state", "last_seen", "exchange", "routing_key", "detail")
    return "  ".join(str(entry[name]) for name in names) + f"  seen {entry['seen']}"


@app.command()
def show(
    identity: Annotated[str, typer.Argument(metavar="ID", help="Id of a message, as listed.")],
    stack: StackName = "",
) -> None:
    """Show one dead letter: its body, its reason, and who replayed or discarded it.

    Example: ./warm deadletters show 0f3c…

    Exit status: 0 shown; 1 no dead letter has this id.
    """
    with service_client(stack) as rpc:
        name, entry = _find(rpc, identity, SERVICES)
    print(_json({"service": name, **entry}))


def _find(rpc: RpcClient, identity: str, names: Collection[str]) -> tuple[str, Json]:
    """The service that keeps the dead letter, and the dead letter. Raises CannotRun."""
    for name in names:
        try:
            return name, rpc.call(name, "dead_letter", id=identity)
        except NotFound:
            continue
    raise CannotRun(
        f"No dead letter has the id {identity!r}: {UNKNOWN}.", "See ./warm deadletters list."
    )


@app.command()
def replay(
    identities: Identities = None,
    reason: Reason = "",
    service: ServiceName = "",
    per_second: Annotated[
        int, typer.Option("--per-second", min=1, max=1000, help="Messages replayed each second.")
    ] = 50,
    limit: Annotated[
        int,
        typer.Option("--limit", min=1, max=100_000, help="At most so many of each service."),
    ] = 10_000,
    yes: Yes = False,
    actor: Actor = "",
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Replay dead letters after the fix: by ids, or all of one reason.

    Example: ./warm deadletters replay --reason handler_failed --per-second 20

    Exit status: 0 all were handled; 4 some failed again; 1 not done.
    """
    _require_one_of(identities, reason)
    with service_client(stack) as rpc:
        targets = _targets(rpc, identities, reason, service)
        _confirm(f"Replay {_counts(targets)}?", bool(reason and targets), yes)
        command = {"command_id": str(uuid.uuid4()), "actor": actor_or_login(actor)}
        pace = {"per_second": per_second, "limit": limit}
        replayed = _send(rpc, "replay_dead_letters", targets, command | pace)
        outcomes = replay_progress.wait(rpc, replayed, command["command_id"])
    _report(outcomes, command, as_json)
    if any(outcome["parked_again"] for outcome in outcomes.values()):
        raise typer.Exit(FAILED_AGAIN)


def _report(outcomes: replay_progress.Outcomes, command: Json, as_json: bool) -> None:
    if as_json:
        print(_json({"command_id": command["command_id"], "services": outcomes}))
        return
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome['resolved']} resolved")
        for reason, count in outcome["parked_again"].items():
            print(f"{name}: {count} failed again, {reason} ({', '.join(REASONS[reason])})")
    if not outcomes:
        print("nothing to replay")


@app.command()
def discard(
    why: Annotated[str, typer.Option("--why", help="The reason, stored with each message.")],
    identities: Identities = None,
    reason: Reason = "",
    service: ServiceName = "",
    yes: Yes = False,
    actor: Actor = "",
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Discard dead letters. They are kept, and can still be shown and replayed by their ids.

    Example: ./warm deadletters discard --reason not_json --why "a scanner sent them"

    Exit status: 0 discarded; 1 not done.
    """
    _require_one_of(identities, reason)
    with service_client(stack) as rpc:
        targets = _targets(rpc, identities, reason, service)
        _confirm(f"Discard {_counts(targets)}?", bool(reason and targets), yes)
        command = {
            "command_id": str(uuid.uuid4()),
            "actor": actor_or_login(actor),
            "why": why,
        }
        discarded = _send(rpc, "discard_dead_letters", targets, command)
    if as_json:
        print(_json({"command_id": command["command_id"], "services": discarded}))
        return
    for name, messages in discarded.items():
        print(f"{name}: {messages} discarded")
    if not discarded:
        print("nothing to discard")


def _require_one_of(identities: Sequence[str] | None, reason: str) -> None:
    if bool(identities) == bool(reason):
        raise typer.BadParameter("give either ids or --reason")


def _targets(
    rpc: RpcClient, identities: Sequence[str] | None, reason: str, service: str
) -> Targets:
    names = [service] if service else SERVICES
    if reason:
        counts = [(name, _count(rpc, name, reason)) for name in names]
        return {name: ({"reason": reason}, count) for name, count in counts if count}
    owned: dict[str, list[str]] = {}
    for identity in identities or ():
        owned.setdefault(_find(rpc, identity, names)[0], []).append(identity)
    return {name: ({"ids": ids}, len(ids)) for name, ids in owned.items()}


def _count(rpc: RpcClient, name: str, reason: str) -> int:
    groups = rpc.call(name, "dead_letter_groups")
    return sum(group["messages"] for group in groups if group["reason"] == reason)


def _counts(targets: Targets) -> str:
    return ", ".join(f"{count} messages of {name}" for name, (_, count) in targets.items())


def _confirm(question: str, needed: bool, yes: bool) -> None:
    if needed and not yes:
        typer.confirm(question, abort=True, err=True)


def _send(rpc: RpcClient, method: str, targets: Targets, command: Json) -> dict[str, int]:
    """Send the command to each service. Returns the number of messages for each."""
    return {
        name: rpc.call(name, method, timeout=SECONDS, **command, **which)["messages"]
        for name, (which, _) in targets.items()
    }


@app.command()
def resume(
    service: Annotated[
        str,
        typer.Argument(callback=_one_of("service", SERVICES), help="The service that stopped."),
    ],
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Close the circuit breaker of a service, which too many invalid messages in a row opened.

    The service takes messages again.

    Example: ./warm deadletters resume supervision

    Exit status: 0 it takes messages; 1 not done.
    """
    with service_client(stack) as rpc:
        rpc.call(service, "resume_inbox", command_id=str(uuid.uuid4()), actor=actor_or_login(actor))
    print(f"{service} takes messages again")


@app.command()
def audit(
    service: ServiceName = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Actions to list.")] = 50,
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """List who replayed, discarded or resumed what, when and why; newest first.

    Example: ./warm deadletters audit --service supervision

    Exit status: 0 listed, even if there are none; 1 a service gave no answer.
    """
    actions: list[Json] = []
    with service_client(stack) as rpc:
        for name in [service] if service else SERVICES:
            found = rpc.call(name, "dead_letter_audit", limit=limit)
            actions += [{"service": name, **action} for action in found]
    actions = sorted(actions, key=lambda action: action["at"], reverse=True)[:limit]
    if as_json:
        print(_json(actions))
        return
    for action in actions:
        print(_action(action))
    if not actions:
        say("nothing has been replayed, discarded or resumed")


def _action(action: Json) -> str:
    what = action.get("reason") or action.get("queue")
    what = what or (f"{len(action['ids'])} ids" if "ids" in action else "inbox")
    parts = (action["at"], action["service"], action["actor"], action["action"], what)
    why = f"  {action['why']}" if "why" in action else ""
    return "  ".join(parts) + f"  {action['messages']} messages{why}  {action['command_id']}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
