"""The facts of the stream `warm.log`: everything that was ever published, read from its start.

An event may be in it more than once and in any order, and so may messages of untrusted publishers.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import eventlet
from pymongo.collection import Collection

from services.supervision.facts.fact_store import FactStore, fact_from, frozen_query
from services.supervision.facts.sources import SourceMarks
from services.supervision.workflow.comparison import batches, by_id
from shared.contracts.envelope import Unreadable, read
from shared.domain.types import Document, Json
from shared.messaging.consumer import Consumer
from shared.messaging.deliveries import Delivery
from shared.platform.topology import LOG_STREAM, SERVICES
from shared.service.service_context import ServiceContext

BATCH = 1000
# After so long without a needed fact, those that are missing aren't in the stream.
QUIET_SECONDS = 10
COUNT_SECONDS = 1
# How many differences are named; all are counted.
NAMED = 200

# A callback for signs of life; see RebuildRun.heartbeat.
Heartbeat = Callable[..., None]

# Source → the number up to which its facts are compared, and how many there have to be.
Goals = dict[str, tuple[int, int]]


class StreamContext(Protocol):
    """The part of Projection that is needed to read the stream."""

    context: ServiceContext
    facts: FactStore
    marks: SourceMarks

    def last_logged(self, source: str) -> int: ...


def read_stream(projection: StreamContext, facts: FactStore, heartbeat: Heartbeat) -> Json:
    """Insert the stream's facts into the empty store `facts`, and compare them with those stored.

    Both are compared up to the number that each source has logged by now. Raises DeadlineExceeded
    when a source doesn't answer.
    """
    reader = StreamReader(_goals(projection, heartbeat), facts, heartbeat)
    reader.run(projection.context.settings.amqp_uri)
    stored = projection.facts.collection
    compared = compare_facts(stored, facts.collection, reader.until, heartbeat)
    report = {"messages": reader.messages, "skipped": dict(reader.skipped)}
    report |= {"missing": reader.missing(), **compared}
    agreed = not report["missing"] and not any(compared[name] for name in DIFFERENT)
    return report | {"agreed": agreed}


DIFFERENT = ("only_stored", "only_streamed", "different")


def _goals(projection: StreamContext, heartbeat: Heartbeat) -> Goals:
    lasts = {source: projection.last_logged(source) for source in SERVICES}
    for source, last in lasts.items():
        _await_facts(projection.marks, source, last, heartbeat)
    return {it: _goal(projection.facts.collection, it, last) for it, last in lasts.items()}


def _await_facts(marks: SourceMarks, source: str, last: int, heartbeat: Heartbeat) -> None:
    """Return once everything that the source has logged is stored, or no more arrives."""
    mark, moved = marks.advance(source), time.monotonic()
    while mark < last and time.monotonic() < moved + QUIET_SECONDS:
        heartbeat()
        eventlet.sleep(COUNT_SECONDS)
        if (reached := marks.advance(source)) > mark:
            mark, moved = reached, time.monotonic()


def _goal(stored: Collection[Document], source: str, last: int) -> tuple[int, int]:
    newest = stored.find_one({"source": source}, {"seq": 1}, sort=[("seq", -1)])
    until = max(last, newest["seq"] if newest else 0)
    return until, max(last, _count(stored, source, until))


def _count(facts: Collection[Document], source: str, until: int) -> int:
    return facts.count_documents({"source": source, "seq": {"$lte": until}})


class StreamReader:
    """Reads the stream into `facts`, until everything in `goals` has arrived."""

    def __init__(self, goals: Goals, facts: FactStore, heartbeat: Heartbeat) -> None:
        self.goals = goals
        self.until = {source: until for source, (until, _) in goals.items()}
        self.facts = facts
        self.heartbeat = heartbeat
        self.messages = 0
        # Reason → number of messages that are no events, or other events under a known id.
        self.skipped: Counter[str] = Counter()
        self._taken = 0
        self._counted = 0.0

    def run(self, amqp_uri: str) -> None:
        """Read until every needed fact has arrived, or none arrives any more."""
        moved = time.monotonic()
        with Consumer(amqp_uri, BATCH, 3 * BATCH) as consumer:
            consumer.listen({LOG_STREAM: False}, from_start=True)
            while time.monotonic() < moved + QUIET_SECONDS and not self._complete():
                self.heartbeat(read=self.messages)
                consumer.gather(COUNT_SECONDS)
                if batch := consumer.taken():
                    if self._take(batch):
                        moved = time.monotonic()
                    consumer.ack_all(batch)

    def _complete(self) -> bool:
        # Counting takes long, so it isn't done before there can be enough, nor all the time.
        due = time.monotonic() >= self._counted + COUNT_SECONDS
        if not due or self._taken < sum(goal for _, goal in self.goals.values()):
            return False
        self._counted = time.monotonic()
        return not self.missing()

    def missing(self) -> dict[str, int]:
        """source → how many of its events haven't arrived; complete sources are left out."""
        stored = self.facts.collection
        lacks = {it: goal - _count(stored, it, until) for it, (until, goal) in self.goals.items()}
        return {source: count for source, count in lacks.items() if count > 0}

    def _take(self, batch: list[Delivery]) -> int:
        """Returns how many of these messages are needed facts."""
        self.messages += len(batch)
        facts = {}
        for delivery in batch:
            try:
                message = read(delivery.body, delivery.exchange.removesuffix(".events"))
            except Unreadable as error:
                self.skipped[error.reason] += 1
                continue
            fact = fact_from(message)
            if fact["seq"] <= self.until[fact["source"]]:
                facts[fact["_id"], fact["digest"]] = fact
        if facts:
            self._taken += len(facts)
            rejections = self.facts.insert(list(facts.values()))
            self.skipped.update(rejection.reason for rejection in rejections.values())
        return len(facts)


def compare_facts(
    stored: Collection[Document],
    streamed: Collection[Document],
    until: dict[str, int],
    heartbeat: Heartbeat,
) -> Json:
    """How many facts are only in one of the two or are different; the first of them by name."""
    found = dict.fromkeys(DIFFERENT, 0)
    named: list[Json] = []
    for ids in batches(stored, streamed, frozen_query(until)):
        heartbeat()
        ours, theirs = by_id(stored, ids), by_id(streamed, ids)
        for identity in ids:
            one, other = ours.get(identity), theirs.get(identity)
            if one == other:
                continue
            kind = "only_stored" if not other else "different" if one else "only_streamed"
            found[kind] += 1
            if len(named) < NAMED:
                known = one or other or {}
                parts = {name: known.get(name) for name in ("source", "seq", "type")}
                named.append({"problem": kind, "id": str(identity), **parts})
    return {**found, "named": named}
