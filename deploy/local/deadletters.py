"""`./warm deadletters …`: messages that could not be understood or handled."""

import json
import uuid
from typing import Annotated

import typer

from deploy.local import replay_progress
from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, me
from deploy.local.service_calls import services
from shared.contracts.envelope import REASONS
from shared.domain.errors import NotFound
from shared.platform.topology import SERVICES

app = typer.Typer(
    help="Parked messages: list them by cause, show one, replay or discard them; who did that.",
    no_args_is_help=True,
)

PARKED_AGAIN = 4
# A replay of a hundred thousand messages is written before it is answered.
SECONDS = 120


def _one_of(kind, known):
    def check(value: str):
        if value and value not in known:
            raise typer.BadParameter(f"no {kind} {value!r}; one of: {', '.join(known)}")
        return value

    return check


Reason = Annotated[
    str,
    typer.Option(
        "--reason", callback=_one_of("reason", REASONS), help="Those of one cause, as listed."
    ),
]
ServiceName = Annotated[
    str,
    typer.Option(
        "--service", callback=_one_of("service", SERVICES), help="Of one service; else of all."
    ),
]
Identities = Annotated[list[str] | None, typer.Argument(metavar="ID", help="As listed.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask before a whole cause is touched.")]
Lines = Annotated[
    int, typer.Option("--lines", min=1, max=1000, help="How many messages of each cause to list.")
]


@app.command("list")
def list_parked(
    reason: Reason = "",
    service: ServiceName = "",
    lines: Lines = 10,
    as_json: AsJson = False,
    stack: StackName = "",
):
    """How many messages are parked for which cause, and the newest of each.

    Example: ./warm deadletters list --reason unknown_orgunit --lines 100
    """
    with services(stack) as rpc:
        groups = list(_groups(rpc, reason, service, lines))
    if as_json:
        print(_json(groups))
        return
    for name in sorted({group["reason"] for group in groups}):
        _print_cause(name, [group for group in groups if group["reason"] == name])
    if not groups:
        print("nothing is parked")


def _groups(rpc, reason, service, lines):
    """One for each service and cause, with its newest entries."""
    for name in [service] if service else SERVICES:
        for group in rpc.call(name, "dead_letter_groups"):
            if reason in ("", group["reason"]):
                entries = rpc.call(name, "dead_letters", limit=lines, reason=group["reason"])
                yield {"service": name, **group, "entries": entries}


def _print_cause(reason, groups):
    messages, waiting = (sum(group[it] for group in groups) for it in ("messages", "waiting"))
    again = f", {waiting} of them tried again by themselves" if waiting else ""
    print(f"{reason}: {messages} ({', '.join(REASONS[reason])}){again}")
    for group in groups:
        for entry in group["entries"]:
            print(f"  {_line({'service': group['service'], **entry})}")
        more = group["messages"] - len(group["entries"])
        if more > 0:
            print(f"  … and {more} more of {group['service']}, since {group['first_seen']}")


def _line(entry):
    """One line, so that an id can be searched for and copied."""
    names = ("id", "service", "state", "last_seen", "exchange", "routing_key", "detail")
    return "  ".join(str(entry[name]) for name in names) + f"  seen {entry['seen']}"


@app.command()
def show(identity: Annotated[str, typer.Argument(metavar="ID")], stack: StackName = ""):
    """One parked message, with its body, its reason, and who did what about it.

    Example: ./warm deadletters show 0f3c…
    """
    with services(stack) as rpc:
        name, found = _find(rpc, identity, SERVICES)
    print(_json({"service": name, **found}))


def _find(rpc, identity, names):
    """The service that parked the message, and the message."""
    for name in names:
        try:
            return name, rpc.call(name, "dead_letter", id=identity)
        except NotFound:
            continue
    raise CannotRun(f"No parked message has the id {identity!r}.", "See ./warm deadletters list.")


@app.command()
def replay(
    identities: Identities = None,
    reason: Reason = "",
    service: ServiceName = "",
    per_second: Annotated[
        int, typer.Option("--per-second", min=1, max=1000, help="How many each second.")
    ] = 50,
    limit: Annotated[
        int,
        typer.Option("--limit", min=1, max=100_000, help="At most so many of a service."),
    ] = 10_000,
    yes: Yes = False,
    actor: Actor = "",
    as_json: AsJson = False,
    stack: StackName = "",
):
    """Try parked messages once more, after the fix; exit status 4 when some are parked again.

    Example: ./warm deadletters replay --reason handler_failed --per-second 20
    """
    _require_one_of(identities, reason)
    with services(stack) as rpc:
        targets = _targets(rpc, identities, reason, service)
        _confirm(f"Replay {_told(targets)}?", reason and targets, yes)
        command = {"command_id": str(uuid.uuid4()), "actor": me(actor)}
        pace = {"per_second": per_second, "limit": limit}
        touched = _give(rpc, "replay_dead_letters", targets, command | pace)
        outcomes = replay_progress.wait(rpc, touched, command["command_id"])
    _report(outcomes, command, as_json)
    if any(outcome["parked_again"] for outcome in outcomes.values()):
        raise typer.Exit(PARKED_AGAIN)


def _report(outcomes, command, as_json):
    if as_json:
        print(_json({"command_id": command["command_id"], "services": outcomes}))
        return
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome['resolved']} resolved")
        for reason, count in outcome["parked_again"].items():
            print(f"{name}: {count} parked again, {reason} ({', '.join(REASONS[reason])})")
    if not outcomes:
        print("nothing to replay")


@app.command()
def discard(
    why: Annotated[str, typer.Option("--why", help="Kept with each message.")],
    identities: Identities = None,
    reason: Reason = "",
    service: ServiceName = "",
    yes: Yes = False,
    actor: Actor = "",
    as_json: AsJson = False,
    stack: StackName = "",
):
    """Give parked messages up: they are kept, and may still be shown and replayed by their id.

    Example: ./warm deadletters discard --reason not_json --why "a scanner sent them"
    """
    _require_one_of(identities, reason)
    with services(stack) as rpc:
        targets = _targets(rpc, identities, reason, service)
        _confirm(f"Discard {_told(targets)}?", reason and targets, yes)
        command = {"command_id": str(uuid.uuid4()), "actor": me(actor), "why": why}
        touched = _give(rpc, "discard_dead_letters", targets, command)
    if as_json:
        print(_json({"command_id": command["command_id"], "services": touched}))
        return
    for name, messages in touched.items():
        print(f"{name}: {messages} discarded")
    if not touched:
        print("nothing to discard")


def _require_one_of(identities, reason):
    if bool(identities) == bool(reason):
        raise typer.BadParameter("give either ids or --reason")


def _targets(rpc, identities, reason, service):
    """Service → (what it shall touch, how many messages that are)."""
    names = [service] if service else SERVICES
    if reason:
        found = [(name, _count(rpc, name, reason)) for name in names]
        return {name: ({"reason": reason}, count) for name, count in found if count}
    owned = {}
    for identity in identities:
        owned.setdefault(_find(rpc, identity, names)[0], []).append(identity)
    return {name: ({"ids": ids}, len(ids)) for name, ids in owned.items()}


def _count(rpc, name, reason):
    groups = rpc.call(name, "dead_letter_groups")
    return sum(group["messages"] for group in groups if group["reason"] == reason)


def _told(targets):
    return ", ".join(f"{count} messages of {name}" for name, (_, count) in targets.items())


def _confirm(question, needed, yes):
    if needed and not yes:
        typer.confirm(question, abort=True, err=True)


def _give(rpc, method, targets, command):
    """The command to each service. Returns how many messages each touched."""
    return {
        name: rpc.call(name, method, timeout=SECONDS, **command, **which)["messages"]
        for name, (which, _) in targets.items()
    }


@app.command()
def resume(
    service: Annotated[str, typer.Argument(callback=_one_of("service", SERVICES))],
    actor: Actor = "",
    stack: StackName = "",
):
    """Let a service take messages again after too many invalid ones in a row stopped it.

    Example: ./warm deadletters resume supervision
    """
    with services(stack) as rpc:
        rpc.call(service, "resume_inbox", command_id=str(uuid.uuid4()), actor=me(actor))
    print(f"{service} takes messages again")


@app.command()
def audit(
    service: ServiceName = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many acts.")] = 50,
    as_json: AsJson = False,
    stack: StackName = "",
):
    """Who replayed, discarded or resumed what, when and why; newest first.

    Example: ./warm deadletters audit --service supervision
    """
    acts = []
    with services(stack) as rpc:
        for name in [service] if service else SERVICES:
            acts += [
                {"service": name, **act} for act in rpc.call(name, "dead_letter_audit", limit=limit)
            ]
    acts = sorted(acts, key=lambda act: act["at"], reverse=True)[:limit]
    if as_json:
        print(_json(acts))
        return
    for act in acts:
        print(_act(act))
    if not acts:
        say("nobody has replayed, discarded or resumed anything")


def _act(act):
    what = act.get("reason") or (f"{len(act['ids'])} ids" if "ids" in act else "inbox")
    parts = (act["at"], act["service"], act["actor"], act["action"], what)
    why = f"  {act['why']}" if "why" in act else ""
    return "  ".join(parts) + f"  {act['messages']} messages{why}  {act['command_id']}"


def _json(found):
    return json.dumps(found, ensure_ascii=False, indent=2)
