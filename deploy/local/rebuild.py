"""`./warm rebuild`: the figures folded afresh from all facts, compared, and replaced."""

import json
import time
import uuid
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.local.console import messages
from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, me
from deploy.local.service_calls import services
from shared.platform.topology import LOG_STREAM

DIFFERED = 4
EVERY_SECONDS = 0.2
# Facts are counted, and collections swapped, between two answers.
ANSWER_SECONDS = 60
AT_WORK = ("working", "swapping")


def rebuild(
    from_stream: Annotated[
        bool, typer.Option("--from-stream", help="Fold the stream warm.log, not the stored facts.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask first.")] = False,
    as_json: AsJson = False,
    actor: Actor = "",
    stack: StackName = "",
):
    """Fold all facts afresh beside the live figures, compare, and replace what differs.

    Exit status 0 when nothing differed, 4 when something did. With --from-stream the facts are
    compared too, and the figures are replaced only if the stream holds what is stored.
    """
    if not yes:
        typer.confirm("Rebuild the live figures?", abort=True, err=True)
    command = {"command_id": str(uuid.uuid4()), "actor": me(actor)}
    source = "stream" if from_stream else "facts"
    with services(stack) as rpc:
        job = rpc.call("supervision", "rebuild_figures", source=source, **command)
        job = _watch(rpc, job)
    if job["state"] != "done":
        raise CannotRun(f"The rebuild {_ended(job)}.", "Run it again. See ./warm logs supervision.")
    print(json.dumps(job, ensure_ascii=False, indent=2) if as_json else "\n".join(report(job)))
    if differs(job):
        raise typer.Exit(DIFFERED)


def _watch(rpc, job):
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=messages) as bar:
        task = bar.add_task("", total=None)
        while job["state"] in AT_WORK:
            time.sleep(EVERY_SECONDS)
            job = rpc.call("supervision", "rebuild_progress", timeout=ANSWER_SECONDS, id=job["id"])
            done = job["read"] if job["doing"] == "reading" else job["folded"]
            bar.update(task, description=job["doing"], total=job["total"], completed=done)
    return job


def _ended(job):
    if job["state"] == "died":
        return "gave no sign of life any more: the process at work on it has ended"
    return "failed: " + "; ".join(f"{name}: {value}" for name, value in job["problem"].items())


def differs(job):
    """Did anything differ, figures or facts?"""
    stream = job.get("stream")
    counts = [job["differences"]["cells"], job["differences"]["levels"]]
    return any(counts) or bool(stream and not stream["agreed"])


def report(job):
    """Lines for people."""
    found = job["differences"]
    if "stream" in job:
        yield from _of_stream(job["stream"])
    yield f"{job['folded']} facts folded"
    if not found["cells"] + found["levels"]:
        yield "the live figures are what the facts give"
        return
    yield f"{found['cells']} cells and the levels of {found['levels']} subjects differ"
    yield from map(_difference, found["named"])
    if job["replaced"]:
        yield "the live figures are replaced"
    else:
        yield "the live figures are NOT replaced: the stream doesn't hold what is stored"


def _difference(row):
    where = " ".join(str(row[it]) for it in ("period", "orgunit", "subject") if row.get(it))
    what = row["indicator"] or "how many events were seen"
    return f"  {where} {what}: {_value(row['live'])} → {_value(row['rebuilt'])}"


def _value(part):
    return "nothing" if part is None else json.dumps(part, ensure_ascii=False)


PROBLEMS = {
    "only_stored": "stored, but not in the stream",
    "only_streamed": "in the stream, but not stored (see ./warm deadletters list)",
    "different": "stored otherwise than in the stream",
}


def _of_stream(stream):
    yield f"{stream['messages']} messages read from the stream {LOG_STREAM}"
    for reason, count in stream["skipped"].items():
        yield f"  {count} skipped: {reason}"
    for source, count in stream["missing"].items():
        yield f"  {count} events of {source} never came from the stream"
    for problem, said in PROBLEMS.items():
        if stream[problem]:
            yield f"{stream[problem]} facts are {said}"
    for row in stream["named"]:
        yield f"  {row['source']} {row['seq']} {row['type']} {row['id']}: {row['problem']}"
    if stream["agreed"]:
        yield "the stream holds exactly the stored facts"
