"""Memory: a service at rest, and supervision under full ingest, as the system counts it."""

from itertools import islice
from pathlib import Path

from shared.platform.topology import SERVICES
from tests.bench import wire
from tests.bench.ingest import after_the_registry
from tests.bench.stage import FIRST_WEEK
from tests.support.district.history import weeks_of_events

EVENTS = 40_000


def run(stage, rounds, say):
    """Megabytes that are resident: the highest of the services at rest, and supervision's peak."""
    stage.empty("supervision")
    with stage.services(*SERVICES):
        rest = {name: resident(stage, name) for name in SERVICES}
    peak = under_ingest(stage)
    say(f"memory: at rest {rest}, supervision under ingest {peak} MB")
    return {"at_rest_mb": rest, "highest_at_rest_mb": max(rest.values()), "under_ingest_mb": peak}


def under_ingest(stage):
    stage.empty("supervision")
    base = len(stage.kept("log"))
    told = islice(weeks_of_events(FIRST_WEEK, 4, EVENTS, stage.units), EVENTS)
    with stage.services("supervision"):
        with stage.held("supervision"):
            wire.publish(stage.stack.amqp_uri, [after_the_registry(it, base) for it in told])
        stage.until(lambda: stage.ingested(base + EVENTS))
        return resident(stage, "supervision", "VmHWM")


def resident(stage, service, what="VmRSS"):
    status = Path(f"/proc/{stage.stack.process(service).pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith(what)]
    return round(int(line.split()[1]) / 1024)
