"""The briefing of one week: drafted with few facts in the books, and with many."""

import uuid
from datetime import timedelta
from itertools import islice

from services.supervision.documents import INDEXES
from services.supervision.facts import Facts, fact_of
from services.supervision.figures import Figures
from shared.database import create_indexes
from shared.log import entry
from shared.messages import Message
from shared.periods import Period
from shared.rpc_client import RpcClient
from shared.topology import SERVICES
from tests.bench.history import weeks_of_events
from tests.bench.ingest import after_the_registry
from tests.bench.report import median
from tests.bench.stage import timed

LAST = Period(2020, 10)
# Of the week itself; each week before has as many.
A_WEEK = 5_000
FACTS = (10_000, 1_000_000)
AT_ONCE = 5_000
SECONDS = 1800


def run(stage, rounds, say, sizes=FACTS):
    """Seconds that a draft takes, by the number of facts in the books, and how much longer it takes
    with the most than with the fewest. The first draft stands apart: it makes the totals of all the
    weeks that nobody drafted before."""
    found = {}
    for size in sizes:
        fill(stage, size)
        with stage.services(*SERVICES), RpcClient(stage.stack.amqp_uri) as rpc:
            stage.clock.set(LAST.cutoff)
            found[size] = [timed(lambda: draft(rpc)) for _ in range(1 + rounds)]  # noqa: B023
        say(f"briefing with {size} facts: {[round(each, 2) for each in found[size]]} s")
    first = {str(size): round(each[0], 3) for size, each in found.items()}
    seconds = {str(size): median(each[1:]) for size, each in found.items()}
    return {"first": first, "seconds": seconds, "times_longer": round(ratio(seconds), 3)}


def ratio(seconds):
    fewest, most = min(seconds, key=int), max(seconds, key=int)
    return seconds[most] / seconds[fewest]


def draft(rpc):
    arguments = {"command_id": str(uuid.uuid4()), "actor": "person:bench", "period": str(LAST)}
    rpc.call("supervision", "draft_briefing", timeout=SECONDS, **arguments)


def fill(stage, size):
    """Books that end with the week LAST, which always has the same events."""
    stage.empty(*SERVICES)
    create_indexes(stage.books(), INDEXES)
    base, books, units = len(stage.kept("log")), stage.books(), stage.units
    figures = Figures(books, Facts(books["facts"]))
    weeks = size // A_WEEK
    first = Period.of_day(LAST.first_day - timedelta(weeks=weeks - 1))
    told = (after_the_registry(it, base) for it in weeks_of_events(first, weeks, size, units))
    while events := list(islice(told, AT_ONCE)):
        facts = [fact_of(event) for event in events]
        subjects = {fact["subject"] for fact in facts}
        note = figures.notes.touch(subjects)
        books["facts"].insert_many(facts, ordered=False)
        figures.notes.touched(note, subjects)
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
            stage.books(name)["log"].insert_many(entries, ordered=False)
