"""Rebuild: N facts are stored, until all of them are folded afresh and compared."""

import time
import uuid
from itertools import islice

from services.supervision.facts.fact_store import fact_of
from shared.service.rpc_client import RpcClient
from tests.bench.ingest import after_the_registry
from tests.bench.report import median
from tests.bench.stage import FIRST_WEEK
from tests.support.district.history import weeks_of_events

SIZES = (20_000, 100_000)
WEEKS = 4
BATCH = 5_000
SECONDS = 600
EVERY_SECONDS = 0.05


def run(stage, rounds, say, sizes=SIZES):
    """Stored facts a second, of the greatest size; peak memory of supervision in MiB by size."""
    found = []
    for number in range(rounds):
        row = {str(size): measured(stage, size) for size in sizes}
        say(f"rebuild {number + 1}/{rounds}: {row}")
        found.append(row)
    greatest = str(max(sizes))
    return {
        "rate": median(row[greatest]["rate"] for row in found),
        "memory_mb": {
            str(size): median(row[str(size)]["memory_mb"] for row in found) for size in sizes
        },
    }


def measured(stage, size):
    """The second rebuild: the first one made the figures that it finds unchanged."""
    store(stage, size)
    with stage.services("supervision"), RpcClient(stage.stack.amqp_uri) as rpc:
        rebuilt(rpc)
        began = time.perf_counter()
        job = rebuilt(rpc)
        seconds = time.perf_counter() - began
        memory = peak_memory(stage.stack.process("supervision").pid)
    assert job["folded"] == job["total"] > 0 and not job["replaced"], job
    return {"rate": size / seconds, "memory_mb": memory}


def store(stage, size):
    """So many facts, as if supervision had taken them from its inbox."""
    stage.empty("supervision")
    base = len(stage.kept("log"))
    events = weeks_of_events(FIRST_WEEK, WEEKS, size, stage.units)
    facts = (fact_of(after_the_registry(event, base)) for event in events)
    while some := list(islice(facts, BATCH)):
        stage.service_db()["facts"].insert_many(some, ordered=False)


def rebuilt(rpc):
    """The job, once it is done."""
    identity = str(uuid.uuid4())
    who = {"command_id": identity, "actor": "person:bench"}
    job = rpc.call("supervision", "rebuild_figures", **who)
    until = time.monotonic() + SECONDS
    while job["state"] in ("working", "swapping") and time.monotonic() < until:
        time.sleep(EVERY_SECONDS)
        job = rpc.call("supervision", "rebuild_progress", timeout=60, id=identity)
    assert job["state"] == "done", job
    return job


def peak_memory(pid):
    """What the process ever held at once, in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmHWM"].split()[0]) / 1024
