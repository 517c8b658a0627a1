"""The briefing of one week: drafted with few stored facts, and with many."""

import uuid
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

from services.supervision.facts.fact_store import FactStore, fact_of
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.indexes import INDEXES
from shared.contracts.messages import Message
from shared.domain.periods import Week
from shared.messaging.event_log import entry
from shared.platform.database import create_indexes
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient
from tests.bench.ingest import after_the_registry
from tests.bench.report import median
from tests.bench.stage import stage as the_stage
from tests.bench.stage import timed
from tests.support.district.history import weeks_of_events

LAST = Week(2020, 10)
# Of the week itself; each week before has as many.
A_WEEK = 5_000
FACTS = (10_000, 1_000_000)
AT_ONCE = 5_000
# In each round: a draft takes a second or two, and filling a database takes minutes.
TURNS = 3
SECONDS = 1800


def run(stage, rounds, say, sizes=FACTS):
    """Seconds that a draft takes, by the number of stored facts, and how much longer it takes
    with the most than with the fewest. The first draft stands apart: it makes the totals of all the
    weeks that nobody drafted before.

    The facts of each size have a stage of their own, and drafts take turns: to store them takes
    minutes, and within minutes a machine may become twice as slow.
    """
    few, many = sizes
    with the_stage(say, "bench-beside") as beside:
        fill(stage, many)
        fill(beside, few)
        with at_work(stage) as rpc, at_work(beside) as rpc_beside:
            callers = {few: rpc_beside, many: rpc}
            found = [seconds_of_each(callers) for _ in range(1 + TURNS * rounds)]
    for size in sizes:
        say(f"briefing with {size} facts: {[round(each[size], 2) for each in found]} s")
    first, *others = found
    return {
        "first": {str(size): round(first[size], 3) for size in sizes},
        "seconds": {str(size): median(each[size] for each in others) for size in sizes},
        "times_longer": median(each[many] / each[few] for each in others),
    }


@contextmanager
def at_work(stage):
    with stage.services(*SERVICES), RpcClient(stage.stack.amqp_uri) as rpc:
        stage.clock.set(LAST.cutoff)
        yield rpc


def seconds_of_each(callers):
    return {size: timed(lambda: draft(rpc)) for size, rpc in callers.items()}  # noqa: B023


def draft(rpc):
    arguments = {"command_id": str(uuid.uuid4()), "actor": "person:bench", "period": str(LAST)}
    rpc.call("supervision", "draft_briefing", timeout=SECONDS, **arguments)


def fill(stage, size, a_week=A_WEEK):
    """Stored facts that end with the week LAST, which always has the same events."""
    stage.empty(*SERVICES)
    create_indexes(stage.service_db(), INDEXES)
    base, service_db, units = len(stage.kept("log")), stage.service_db(), stage.units
    figures = FigureCache(service_db, FactStore(service_db["facts"]))
    weeks = size // a_week
    first = Week.of_day(LAST.first_day - timedelta(weeks=weeks - 1))
    told = (after_the_registry(it, base) for it in weeks_of_events(first, weeks, size, units))
    while events := list(islice(told, AT_ONCE)):
        facts = [fact_of(event) for event in events]
        subjects = {fact["subject"] for fact in facts}
        note = figures.pending.announce(subjects)
        service_db["facts"].insert_many(facts, ordered=False)
        figures.pending.confirm(note, subjects)
        keep_in_logs(stage, events)
        figures.fold()
    # Or the database goes on writing what was filled while drafts are measured.
    stage.mongo.admin.command("fsync")


def keep_in_logs(stage, events):
    """Each service's own log has what it told, so that its seal follows on it."""
    for name in SERVICES:
        own = [event for event in events if event["source"] == f"/warm/{name}"]
        entries = [entry(Message.of(event)) for event in own]
        if entries:
            stage.service_db(name)["log"].insert_many(entries, ordered=False)
