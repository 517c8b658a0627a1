"""One, two and four supervision processes on one inbox: the rates, and the same figures."""

import hashlib
import json
from contextlib import contextmanager
from itertools import islice

from shared.service.rpc_client import RpcClient
from tests.bench import wire
from tests.bench.ingest import after_the_registry
from tests.bench.report import median
from tests.bench.stage import FIRST_WEEK, timed
from tests.support.district.history import weeks_of_events

EVENTS = 20_000
WEEKS = 4
PROCESSES = (1, 2, 4)


def run(stage, rounds, say):
    """Events a second with so many processes; `same_figures` is whether they told the same."""
    rates, told = {count: [] for count in PROCESSES}, set()
    events = list(islice(weeks_of_events(FIRST_WEEK, WEEKS, EVENTS, stage.units), EVENTS))
    for number in range(rounds):
        for count in PROCESSES:
            rate, digest = one(stage, events, count)
            say(f"scaling {number + 1}/{rounds}, {count} processes: {rate:.0f}/s")
            rates[count].append(rate)
            told.add(digest)
    found = {str(count): median(each) for count, each in rates.items()}
    return {"rate": found, "same_figures": len(told) == 1}


def one(stage, events, count):
    stage.empty("supervision")
    base = len(stage.kept("log"))
    with stage.services("supervision"), more(stage, count - 1) as others:
        names = ["supervision", *others]
        with stage.held(*names):
            wire.publish(stage.stack.amqp_uri, [after_the_registry(it, base) for it in events])
        seconds = timed(lambda: stage.until(lambda: stage.ingested(base + len(events))))
        return len(events) / seconds, figures_digest(stage)


@contextmanager
def more(stage, count):
    """So many processes of supervision beside the first."""
    instances = [f"-{number}" for number in range(2, 2 + count)]
    names = [f"supervision{instance}" for instance in instances]
    for instance in instances:
        stage.stack.start_service("supervision", stage.own_environment, instance)
    try:
        stage.until(lambda: stage.consumers("supervision.inbox") == 1 + count)
        yield names
    finally:
        stage.stack.stop_services(names)


def figures_digest(stage):
    with RpcClient(stage.stack.amqp_uri) as rpc:
        period, told = FIRST_WEEK, []
        for _ in range(WEEKS):
            told.append(rpc.call("supervision", "live", timeout=60, period=str(period)))
            period = period.next()
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
