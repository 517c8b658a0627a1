"""`./warm deadletters undelivered …`: messages that came back too often from their queue."""

import json
import re
import uuid
from typing import Annotated

import typer

from deploy.local.options import Actor, AsJson, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.domain.types import Json
from shared.platform.subscribers import OWNER
from shared.platform.topology import SERVICES, undelivered_queue
from shared.service.rpc_client import RpcClient

app = typer.Typer(
    help="Messages that came back too often from their queue: list, return, discard.\n\n"
    "Example: ./warm deadletters undelivered list",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

# A thousand messages are moved before the service answers.
SECONDS = 120
MOST = 1000
OWNERS = {undelivered_queue(service): service for service in SERVICES}
OF_SUBSCRIBER = re.compile(r"sub\.[^.]+\.undelivered")


def _owner(queue: str) -> str:
    """The service that looks after the queue; "" where there is none."""
    return OWNER if OF_SUBSCRIBER.fullmatch(queue) else OWNERS.get(queue, "")


def _known(queue: str) -> str:
    if queue and not _owner(queue):
        known = ", ".join((*OWNERS, "sub.NAME.undelivered"))
        raise typer.BadParameter(f"no queue {queue!r}; one of: {known}")
    return queue


Queue = Annotated[
    str,
    typer.Option(
        "--queue",
        callback=_known,
        help="Only messages of this queue, as listed. Default: of all queues.",
        show_default=False,
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", min=1, max=MOST, help="At most so many of each queue.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")]


@app.command("list")
def list_undelivered(
    queue: Queue = "",
    lines: Annotated[
        int, typer.Option("--lines", min=1, max=MOST, help="Messages to list of each queue.")
    ] = 10,
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """List how many messages each queue has, and its first ones without their content.

    Example: ./warm deadletters undelivered list --queue sub.archive.undelivered

    Exit status: 0 listed, even if there are none; 1 a service gave no answer.
    """
    with service_client(stack) as rpc:
        found = _found(rpc, queue, lines)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for it in found:
        print(f"{it['queue']}: {it['messages']} messages")
        for entry in it["entries"]:
            print(f"  {_line(entry)}")
        more = it["messages"] - len(it["entries"])
        if more > 0:
            print(f"  … and {more} more")
    if not found:
        print("no undelivered messages")


def _line(entry: Json) -> str:
    source = entry["source"] or "not from a queue of the service: can't be returned"
    parts = (entry["time"] or "-", source, entry["routing_key"] or "-", f"{entry['size']} bytes")
    return "  ".join(parts)


@app.command("return")
def return_undelivered(
    queue: Queue = "",
    limit: Limit = 100,
    yes: Yes = False,
    actor: Actor = "",
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Return messages to the queue that they came from, once the cause is removed.

    Example: ./warm deadletters undelivered return --queue sub.archive.undelivered

    Exit status: 0 returned, even if there are none; 1 not done, or only in part: run it again.
    """
    _move("return", queue, limit, {}, yes, actor, as_json, stack)


@app.command()
def discard(
    why: Annotated[str, typer.Option("--why", help="The reason, stored with the action.")],
    queue: Queue = "",
    limit: Limit = 100,
    yes: Yes = False,
    actor: Actor = "",
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Remove messages for good. They can't be shown or returned any more.

    Example: ./warm deadletters undelivered discard --queue relief.undelivered --why "a test"

    Exit status: 0 discarded, even if there are none; 1 not done, or only in part: run it again.
    """
    _move("discard", queue, limit, {"why": why}, yes, actor, as_json, stack)


def _move(
    verb: str,
    queue: str,
    limit: int,
    terms: Json,
    yes: bool,
    actor: str,
    as_json: bool,
    stack: str,
) -> None:
    moved = {}
    with service_client(stack) as rpc:
        counts = {it["queue"]: min(it["messages"], limit) for it in _found(rpc, queue, lines=1)}
        if counts and not yes:
            asked = ", ".join(f"{count} messages of {name}" for name, count in counts.items())
            typer.confirm(f"{verb.capitalize()} {asked}?", abort=True, err=True)
        for name, count in counts.items():
            moved[name] = rpc.call(
                _owner(name),
                f"{verb}_undelivered",
                timeout=SECONDS,
                command_id=str(uuid.uuid4()),
                actor=actor_or_login(actor),
                queue=name,
                limit=count,
                **terms,
            )["messages"]
    if as_json:
        print(json.dumps(moved, ensure_ascii=False, indent=2))
        return
    for name, messages in moved.items():
        print(f"{name}: {messages} {verb}ed")
    if not moved:
        print(f"nothing to {verb}")


def _found(rpc: RpcClient, queue: str, lines: int) -> list[Json]:
    """The queues that aren't empty, or `queue` if it isn't."""
    services = [_owner(queue)] if queue else OWNERS.values()
    found = [it for name in services for it in rpc.call(name, "undelivered", limit=lines)]
    return [it for it in found if it["messages"] and queue in ("", it["queue"])]
