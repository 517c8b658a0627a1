"""`./warm bring-forward`: services whose databases were restored from older copies catch up."""

import json
import time
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.local.console import messages, say
from deploy.local.errors import CannotRun
from deploy.local.options import AsJson, StackName
from deploy.local.service_calls import service_client
from shared.domain.errors import Unavailable
from shared.domain.types import Json
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient

# One call works for 10 s, and compares the whole log before.
ANSWER_SECONDS = 120
WAIT_SECONDS = 60
# Supervision has what the others ask for.
FIRST = "supervision"

MISSING = {
    "personal": "name, telephone and address, if there were any: import the file again that it came"
    " from, or repeat the command that created it with the same command_id; figures are right",
    "helpers_day": "for which day helpers were asked: ask for them outside the system",
    "recorded_by": "who recorded the hours: let another person verify a long day",
    "rectifiers": "who rectified it: see that somebody else closes it",
    "employers": "which employers signed up: add them again",
    "draft": "the draft: draft the week again",
    "forked": "a command changed the older copy: read its events, and correct what is wrong",
    "state": "everything but its events: enter it again",
}


def bring_forward(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="SERVICE", help=f"Of: {', '.join(SERVICES)}. Default: all of them."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")
    ] = False,
    settled: Annotated[
        list[str] | None,
        typer.Option("--settled", help="A subject that a person has completed; may be repeated."),
    ] = None,
    as_json: AsJson = False,
    stack: StackName = "",
) -> None:
    """Bring services forward whose databases were restored from older copies.

    Events that supervision or the broker's stream still has come back, and so does what they
    report; what only a person can restore is listed. Safe to repeat, also after an interruption.
    Without anything to do, it lists what is still left.

    Example: ./warm bring-forward relief --dry-run

    Example: ./warm bring-forward relief --settled 5f3c1c1e-5a4e-5c2e-9a57-3d2b7f2f0c11

    Exit status: 0 done, or nothing to do; 1 a service refused or gave no answer.
    """
    unknown = sorted(set(names or ()) - set(SERVICES))
    if unknown:
        raise typer.BadParameter(f"choose from: {', '.join(SERVICES)}", param_hint=unknown[0])
    if settled and (len(names or ()) != 1 or dry_run):
        raise typer.BadParameter("name the one service that has the subject", param_hint="settled")
    chosen = sorted(names or SERVICES, key=lambda name: (name != FIRST, name))
    asked = {"dry_run": dry_run, "settled": settled or []}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with service_client(stack) as rpc, Progress(*columns, console=messages) as bar:
        found = {name: _of(rpc, name, asked, bar) for name in chosen}
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for name, done in found.items():
        for line in report(name, done, dry_run):
            say(line)


def _of(rpc: RpcClient, name: str, asked: Json, bar: Progress) -> Json:
    """Call one service until nothing is left to do; returns everything that was done."""
    done = _call(rpc, name, asked)
    total = done["to_do"] + done["read_back"]
    task = bar.add_task(name, total=total, completed=done["read_back"])
    while done["to_do"] and not asked["dry_run"]:
        more = _call(rpc, name, {"dry_run": False, "settled": []})
        added = {it: done[it] + more[it] for it in ("read_back", "renumbered", "lost", "restored")}
        done = more | added
        bar.update(task, completed=done["read_back"])
    return done


def _call(rpc: RpcClient, name: str, asked: Json) -> Json:
    """Waits while supervision still takes events, or reads the stream."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            answer: Json = rpc.call(name, "bring_forward", ANSWER_SECONDS, **asked)
        except Unavailable as error:
            if time.monotonic() >= until:
                raise CannotRun(str(error.data["reason"]), "Run it again later.") from error
            time.sleep(1)
        else:
            return answer


def report(name: str, done: Json, dry_run: bool = False) -> Iterator[str]:
    """What was done in one service, as lines for people."""
    if not any(done[it] for it in ("read_back", "renumbered", "lost", "restored", "to_do")):
        yield f"{name}: nothing to do, its log ends with number {done['last']}"
    else:
        would = "would be " if dry_run else ""
        yield (
            f"{name}: {done['read_back']} events {would}read back, {done['renumbered']} {would}"
            f"numbered anew, {len(done['lost'])} numbers {would}declared lost"
            + ("" if dry_run else f", {done['restored']} subjects restored;")
            + ("" if dry_run else f" incarnation {done['incarnation']} of its log")
        )
    if done["lost"]:
        yield f"  lost numbers: {', '.join(map(str, done['lost']))}"
    for left in done["left"]:
        yield from _left(left)
    if dry_run and done["to_do"]:
        yield "  what is left for a person is listed when it is done, not by a dry run"


def _left(left: Json) -> Iterator[str]:
    yield f"  left for a person: {left['subject']} ({left['type']}, version {left['version']})"
    for code in left["missing"]:
        yield f"    {MISSING.get(code, code)}"
    yield f"    events: {', '.join(left['events'])}"
