"""However often a database goes back to an older copy, and whenever that is noticed: what was
acknowledged and published, or is there still, counts once when the log was brought forward."""

import uuid
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from services.relief.documents import Visit
from services.supervision.facts.fact_store import INDEXES as FACT_INDEXES
from services.supervision.facts.fact_store import FactStore, fact_from
from services.supervision.workflow.seen import OwnSeen, SeenLogs
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.contracts.messages import event_of
from shared.domain.clock import Clock
from shared.domain.errors import NotFound, Unavailable
from shared.messaging import log_guard, log_repair
from shared.messaging.dead_letter_store import DeadLetterStore
from shared.messaging.deliveries import Delivery
from shared.messaging.earlier_commands import EarlierCommands
from shared.messaging.event_log import EventLog
from shared.messaging.log_guard import LogGuard
from shared.messaging.log_repair import contradiction
from shared.platform.database import INDEXES, create_indexes
from shared.service import bring_forward
from shared.service.bring_forward import BringForward
from shared.service.log_history import history_id
from tests.support.running import COMMUNITY, DISTRICT, WEEK

MOMENT = Moment(WEEK.start)
LOST = "relief.number.lost"
WORK = st.lists(st.sampled_from(["record", "record", "correct", "number", "publish"]), max_size=6)
LATER = st.lists(st.sampled_from(["record", "publish", "check", "forward", "lose"]), max_size=4)


@st.composite
def histories(draw):
    """Steps, each with a number that it may use: copies, and what happens before and after the
    database goes back to them."""
    names = []
    for _ in range(draw(st.integers(1, 3))):
        names += [
            *draw(WORK),
            "copy",
            "record",
            *draw(WORK),
            draw(st.sampled_from(["publish", "number"])),
        ]
        names += ["restore", *draw(WORK), draw(st.sampled_from(["publish", "check"])), *draw(LATER)]
    return [(name, draw(st.integers(0, 1000))) for name in names]


@pytest.fixture(scope="module")
def databases(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        own, other = (client[f"warm_scratch_{uuid.uuid4().hex}"] for _ in range(2))
        create_indexes(own, INDEXES)
        create_indexes(other, FACT_INDEXES)
        create_indexes(other, {"parked": INDEXES["parked"]})
        yield own, other
        client.drop_database(own.name)
        client.drop_database(other.name)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """One event in each call, and nothing is kept in memory between two of them."""
    monkeypatch.setattr(log_guard, "CACHE_SECONDS", 0)
    monkeypatch.setattr(bring_forward, "CACHE_SECONDS", 0)
    monkeypatch.setattr(bring_forward, "WORK_SECONDS", 0)
    monkeypatch.setattr(log_repair, "EVENTS", 1)
    monkeypatch.setattr(log_repair, "NUMBERS", 3)


class World:
    """Relief's database, and what supervision has."""

    def __init__(self, own, other):
        for database in (own, other):
            for name in database.list_collection_names():
                database[name].delete_many({})
        self.own = own
        self.clock = Clock(lambda: WEEK.cutoff)
        self.facts = FactStore(other["facts"])
        self.letters = DeadLetterStore(other["parked"], self.clock)
        self.seen = SeenLogs(other["facts"], self.letters, lambda: 0)
        self.acknowledged = {}
        self.published = set()
        self.kept = None
        self.commands = 0
        self._start()

    def _start(self):
        """As a process of the service does: nothing is in memory."""
        guard = LogGuard(self.own["log_state"])
        log = EventLog(self.own["log"], guard.require_open)
        earlier = EarlierCommands("relief", log, self.own["left_over"], guard)
        self.repository = Repository(
            self.own["aggregates"],
            self.clock,
            "relief",
            require_open=guard.require_open,
            earlier=earlier,
        )
        self.context = SimpleNamespace(
            database=self.own,
            clock=self.clock,
            event_log=log,
            log_guard=guard,
            earlier=earlier,
            seen=OwnSeen(self.seen, "relief"),
            orgunits=SimpleNamespace(district=lambda: DISTRICT),
            outbox=SimpleNamespace(publisher=self, exchange="relief.events"),
            problems={},
            incarnation=self._incarnation,
        )

    def _incarnation(self):
        found = self.own["aggregates"].find_one({"_id": history_id("relief")})
        return found["incarnation"] if found else 1

    def command(self, number=None):
        if number is None:
            self.commands += 1
            number = self.commands
        return self.repository.command("any", f"command-{number}", "person:tester", {})

    def record(self, _):
        command = self.command()
        amount = {"value": str(self.commands), "qualifier": "exact", "unit": "visit"}
        visits = {**amount, "stated": None}
        try:
            result = self.repository.create(
                Visit,
                command,
                lambda visit: visit.record_visits(MOMENT),
                orgunit=COMMUNITY,
                kind="household",
                visits=visits,
            )
        except Unavailable:
            return
        self.acknowledged[command.id] = result

    def correct(self, which):
        known = sorted({result["id"] for result in self.acknowledged.values()})
        if not known:
            return
        command = self.command()
        visits = {"value": str(which), "qualifier": "exact", "unit": "visit", "stated": None}
        try:
            result = self.repository.change(
                Visit,
                known[which % len(known)],
                command,
                lambda visit: visit.correct(visits, False, "counted again", MOMENT),
            )
        except (Unavailable, NotFound):
            return
        self.acknowledged[command.id] = result

    def pending(self):
        return [it for found in self.own["aggregates"].find() for it in found["pending"]]

    def number(self, _=0):
        if self.context.log_guard.is_closed():
            return []
        pending = self.pending()
        return self.context.event_log.append(pending) if pending else []

    def publish(self, exchange=0, messages=None):
        """Number and publish what is pending, as the relay does; or publish `messages`."""
        for message in self.number() if messages is None else messages:
            delivery = Delivery.logged("relief", message.event)
            for why in self.facts.insert([fact_from(message)]).values():
                self.letters.add(delivery, why.reason, why.detail)
            self.published.add(message.head.id)
            self.own["aggregates"].update_one(
                {"_id": message.head.subject}, {"$pull": {"pending": {"id": message.head.id}}}
            )

    def copy(self, _):
        names = self.own.list_collection_names()
        self.kept = {name: list(self.own[name].find()) for name in names}

    def restore(self, _):
        if self.kept is None:
            return
        for name in self.own.list_collection_names():
            self.own[name].delete_many({})
            if self.kept.get(name):
                self.own[name].insert_many(self.kept[name])
        self._start()

    def lose(self, _):
        """An event is numbered and lost before anybody has it: the next copy is an older one."""
        if self.kept is not None:
            self.number()
            self.record(0)
            self.restore(0)

    def check(self, _=0):
        found = contradiction(
            self.context.event_log, self.own["aggregates"], self.context.seen.about()
        )
        if found:
            self.context.log_guard.close(found)
        return found

    def forward(self, times):
        """Some calls, perhaps too few, and each may be of another process."""
        if not self.context.log_guard.is_closed():
            return
        for _ in range(1 + times % 4):
            BringForward(self.context, "relief", lambda subjects: None).work()
            self._start()

    def finish(self):
        self.publish()
        for _ in range(50):
            if not self.check() and not self.context.log_guard.is_closed():
                break
            self.forward(3)
        else:
            pytest.fail("it isn't brought forward")
        self.publish()
        self.seen.settle()


def some(examples):
    own = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=own)


@some(10)
@given(steps=histories())
def test_what_was_acknowledged_is_counted_once(databases, steps):
    assert_counted_once(databases, steps)


@pytest.mark.long
@some(200)
@given(steps=histories())
def test_of_many_histories_too(databases, steps):
    assert_counted_once(databases, steps)


def assert_counted_once(databases, steps):
    world = World(*databases)
    for name, choice in steps:
        getattr(world, name)(choice)
    world.finish()
    log = {it["_id"]: event_of(it) for it in world.own["log"].find()}
    assert sorted(log) == list(range(1, len(log) + 1))
    facts = {it["seq"]: it["_id"] for it in world.facts.collection.find()}
    assert facts == {number: event["id"] for number, event in log.items()}
    # An id that was published is in no second place, and each is in one.
    ids = [event["id"] for event in log.values()]
    assert len(ids) == len(set(ids))
    assert world.published <= set(ids)
    assert world.pending() == []
    assert world.letters.count() == 0
    subjects = {}
    for event in log.values():
        subjects.setdefault(event["subject"], []).append(event)
    forked = {left.subject for left in world.context.earlier.rows() if "forked" in left.missing}
    for subject, events in subjects.items():
        if events[0]["type"] == LOST:
            continue
        newest = max(events, key=lambda event: event["subjectsequence"])
        found = world.own["aggregates"].find_one({"_id": subject})
        assert found["version"] == newest["subjectsequence"]
        if subject not in forked and newest["type"].startswith("relief.visit"):
            assert found["visits"] == newest["data"]["visits"]
    assert_repeatable(world, subjects)


def assert_repeatable(world, subjects):
    """A command whose events are there gives its first result, and no event."""
    for number in range(1, world.commands + 1):
        command = world.command(number)
        first = world.acknowledged.get(command.id)
        if first is None or first["id"] not in subjects:
            continue
        found = world.repository.done(command)
        assert found in (None, {"id": first["id"], "version": first["version"]})
    assert world.pending() == []
