"""The facts of the stream `warm.log`: everything that was ever published, read from its start.

An event may be in it more than once and in any order, and strangers' messages among them.
"""

import time
from collections import Counter

import eventlet

from services.supervision.facts.fact_store import fact_from, frozen_query
from services.supervision.workflow.comparison import batches, by_id
from shared.contracts.envelope import Unreadable, read
from shared.messaging.consumer import Consumer
from shared.platform.topology import LOG_STREAM, SERVICES

BATCH = 1000
# When nothing that is wanted has come for so long, it isn't in the stream.
QUIET_SECONDS = 10
COUNT_SECONDS = 1
NAMED = 200


def facts_of_stream(projection, facts, tell):
    """Put the stream's facts into `facts`, empty so far, and compare them with those stored.

    Both up to what every source had logged by now. Raises DeadlineExceeded when one doesn't answer.
    """
    reading = Reading(_goals(projection, tell), facts, tell)
    reading.run(projection.context.settings.amqp_uri)
    compared = compare_facts(projection.facts.collection, facts.collection, reading.until, tell)
    told = {"messages": reading.messages, "skipped": dict(reading.skipped)}
    told |= {"missing": reading.missing(), **compared}
    agreed = not told["missing"] and not any(compared[name] for name in DIFFERENT)
    return told | {"agreed": agreed}


DIFFERENT = ("only_stored", "only_streamed", "different")


def _goals(projection, tell):
    """source → (number up to which its facts are compared, how many there have to be)."""
    lasts = {source: projection.last_logged(source) for source in SERVICES}
    for source, last in lasts.items():
        _await_facts(projection.sources, source, last, tell)
    return {it: _goal(projection.facts.collection, it, last) for it, last in lasts.items()}


def _await_facts(sources, source, last, tell):
    """Return once all that the source had logged is stored, or nothing moves any more."""
    mark, moved = sources.advance(source), time.monotonic()
    while mark < last and time.monotonic() < moved + QUIET_SECONDS:
        tell()
        eventlet.sleep(COUNT_SECONDS)
        if (reached := sources.advance(source)) > mark:
            mark, moved = reached, time.monotonic()


def _goal(stored, source, last):
    newest = stored.find_one({"source": source}, {"seq": 1}, sort=[("seq", -1)])
    until = max(last, newest["seq"] if newest else 0)
    return until, max(last, _count(stored, source, until))


def _count(facts, source, until):
    return facts.count_documents({"source": source, "seq": {"$lte": until}})


class Reading:
    """Of the stream, into `facts`, until all of `goals` has come."""

    def __init__(self, goals, facts, tell):
        self.goals = goals
        self.until = {source: until for source, (until, _) in goals.items()}
        self.facts = facts
        self.tell = tell
        self.messages = 0
        # Reason → number of messages that are no events, or other events under a known name.
        self.skipped = Counter()
        self._taken = 0
        self._counted = 0.0

    def run(self, amqp_uri):
        """Until all that is wanted has come, or nothing of it comes any more."""
        moved = time.monotonic()
        with Consumer(amqp_uri, BATCH, 3 * BATCH) as consumer:
            consumer.listen({LOG_STREAM: False}, from_start=True)
            while time.monotonic() < moved + QUIET_SECONDS and not self._complete():
                self.tell(read=self.messages)
                consumer.gather(COUNT_SECONDS)
                if batch := consumer.taken():
                    if self._take(batch):
                        moved = time.monotonic()
                    consumer.ack_all(batch)

    def _complete(self):
        """Counting takes long: it isn't done before there can be enough, nor all the time."""
        due = time.monotonic() >= self._counted + COUNT_SECONDS
        if not due or self._taken < sum(goal for _, goal in self.goals.values()):
            return False
        self._counted = time.monotonic()
        return not self.missing()

    def missing(self):
        """source → how many of its events haven't come, of those that lack any."""
        stored = self.facts.collection
        lacks = {it: goal - _count(stored, it, until) for it, (until, goal) in self.goals.items()}
        return {source: count for source, count in lacks.items() if count > 0}

    def _take(self, batch):
        """How many of these are facts that are wanted."""
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


def compare_facts(stored, streamed, until, tell):
    """How many facts only one of the two has or both have otherwise, and the first by name."""
    found, named = dict.fromkeys(DIFFERENT, 0), []
    for ids in batches(stored, streamed, frozen_query(until)):
        tell()
        ours, theirs = by_id(stored, ids), by_id(streamed, ids)
        for identity in ids:
            one, other = ours.get(identity), theirs.get(identity)
            if one == other:
                continue
            kind = "only_stored" if not other else "different" if one else "only_streamed"
            found[kind] += 1
            if len(named) < NAMED:
                parts = {name: (one or other).get(name) for name in ("source", "seq", "type")}
                named.append({"problem": kind, "id": str(identity), **parts})
    return found | {"named": named}
