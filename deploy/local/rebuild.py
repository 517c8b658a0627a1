"""`./warm rebuild`: compute all figures again from all facts, compare, replace."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.local.console import messages
from deploy.local.errors import CannotRun
from deploy.local.options import Actor, AsJson, StackName, actor_or_login
from deploy.local.service_calls import service_client
from shared.domain.types import Json
from shared.platform.topology import LOG_STREAM
from shared.service.rpc_client import RpcClient

DIFFERED = 4
POLL_SECONDS = 0.2
# Facts are counted, and collections swapped, between two answers.
ANSWER_SECONDS = 60
WORKING = ("working", "swapping")


def rebuild(
    from_stream: Annotated[
        bool,
        typer.Option("--from-stream", help="Read the stream warm.log instead of the stored facts."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")] = False,
    as_json: AsJson = False,
    actor: Actor = "",
    stack: StackName = "",
) -> None:
    """Compute all figures again from all facts, and replace the live ones.

    Each difference is listed. With --from-stream the facts are compared too, and the figures are
    replaced only if the stream holds exactly the stored facts.

    Example: ./warm rebuild --yes --from-stream

    Exit status: 0 nothing differed; 4 something differed; 1 not done.
    """
    if not yes:
        typer.confirm("Rebuild the live figures?", abort=True, err=True)
    source = "stream" if from_stream else "facts"
    with service_client(stack) as rpc:
        job = rpc.call(
            "supervision",
            "rebuild_figures",
            command_id=str(uuid.uuid4()),
            actor=actor_or_login(actor),
            source=source,
        )
        job = _wait(rpc, job)
    if job["state"] != "done":
        raise CannotRun(
            f"The rebuild {_failure(job)}.", "Run it again. See ./warm logs supervision."
        )
    print(json.dumps(job, ensure_ascii=False, indent=2) if as_json else "\n".join(report(job)))
    if differs(job):
        raise typer.Exit(DIFFERED)


def _wait(rpc: RpcClient, job: Json) -> Json:
    """Show progress until the job has ended; returns the ended job."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=messages) as bar:
        task = bar.add_task("", total=None)
        while job["state"] in WORKING:
            time.sleep(POLL_SECONDS)
            job = rpc.call("supervision", "rebuild_progress", timeout=ANSWER_SECONDS, id=job["id"])
            done = job["read"] if job["doing"] == "reading" else job["folded"]
            bar.update(task, description=job["doing"], total=job["total"], completed=done)
    return job


def _failure(job: Json) -> str:
    if job["state"] == "died":
        return "stopped making progress: its process has ended"
    return "failed: " + "; ".join(f"{name}: {value}" for name, value in job["problem"].items())


def differs(job: Json) -> bool:
    """Whether any figure or fact differed."""
    stream = job.get("stream")
    counts = [job["differences"]["cells"], job["differences"]["levels"]]
    return any(counts) or bool(stream and not stream["agreed"])


def report(job: Json) -> Iterator[str]:
    """The result of an ended job, as lines for people."""
    differences = job["differences"]
    if "stream" in job:
        yield from _stream_report(job["stream"])
    yield f"{job['folded']} facts folded"
    if not differences["cells"] + differences["levels"]:
        yield "the live figures equal those computed from the facts"
        return
    yield f"{differences['cells']} cells and the levels of {differences['levels']} subjects differ"
    yield from map(_difference, differences["named"])
    if job["replaced"]:
        yield "the live figures are replaced"
    else:
        yield "the live figures are NOT replaced: the stream doesn't hold exactly the stored facts"


def _difference(row: Json) -> str:
    where = " ".join(str(row[it]) for it in ("period", "orgunit", "subject") if row.get(it))
    what = row["indicator"] or "number of events received"
    return f"  {where} {what}: {_value(row['live'])} → {_value(row['rebuilt'])}"


def _value(part: Any) -> str:
    return "nothing" if part is None else json.dumps(part, ensure_ascii=False)


PROBLEMS = {
    "only_stored": "stored, but not in the stream",
    "only_streamed": "in the stream, but not stored (see ./warm deadletters list)",
    "different": "stored with content that differs from the stream",
}


def _stream_report(stream: Json) -> Iterator[str]:
    yield f"{stream['messages']} messages read from the stream {LOG_STREAM}"
    for reason, count in stream["skipped"].items():
        yield f"  {count} skipped: {reason}"
    for source, count in stream["missing"].items():
        yield f"  {count} events of {source} are missing from the stream"
    if stream["missing"]:
        yield (
            "the stream was shortened, or has lost them: rebuild without --from-stream, or publish"
            " them again from the logs of the services (./warm republish)"
        )
    for problem, text in PROBLEMS.items():
        if stream[problem]:
            yield f"{stream[problem]} facts are {text}"
    for row in stream["named"]:
        yield f"  {row['source']} {row['seq']} {row['type']} {row['id']}: {row['problem']}"
    if stream["agreed"]:
        yield "the stream holds exactly the stored facts"
