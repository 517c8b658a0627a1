"""Old commands are moved out of the document of their aggregate, and keep their promises there.

A repository on a real database, without services.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import bson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

from services.relief.documents import Stock
from shared.aggregates.command_archive import KEPT, MOST, CommandArchive, grown
from shared.aggregates.repository import FORGOTTEN, FULL, Repository
from shared.contracts.envelope import Moment
from shared.domain.clock import Clock
from shared.domain.errors import Conflict
from shared.domain.periods import parse_instant
from shared.platform import database

NOW = parse_instant("2017-02-08T09:00:00+08:00")
NAMES = ("a", "b")
SHORT = 2


class Commands:
    """A repository whose documents keep few commands, so that little is needed to move some."""

    def __init__(self, service_db, kept=SHORT, most=5 * SHORT):
        self.now = NOW
        self.aggregates = service_db["aggregates"]
        clock = Clock(lambda: self.now)
        self.repository = Repository(self.aggregates, clock, "relief")
        self.archive = self.repository.archive = CommandArchive(self.aggregates, kept, most)

    def empty(self):
        self.aggregates.delete_many({})

    def declare(self, name, command_id=None, number=1):
        """A command on the aggregate of this name, which is created at need."""
        arguments = {"name": name, "number": number}
        identity = command_id or str(uuid.uuid4())
        command = self.repository.command("declare_stock", identity, "person:a", arguments)

        def act(stock):
            level = {"value": str(number), "qualifier": "exact", "unit": "merchant"}
            stock.declare(level | {"stated": None}, None, Moment(NOW))

        given = {"orgunit": "410103001", "stock": "merchants"}
        return self.repository.put(Stock, name, command, act, **given)

    def answer(self, *command):
        """Its result, or the reason of its conflict."""
        try:
            return self.declare(*command)["version"]
        except Conflict as error:
            return error.data["reason"]

    def document(self, name):
        return self.aggregates.find_one({"_id": name})

    def ids(self, name):
        """The ids in the document, and those that were moved out of it."""
        moved = self.aggregates.find({"command_of": name}).sort("command_recorded", 1)
        return (
            [entry["id"] for entry in self.document(name)["commands"]],
            [entry["id"] for it in moved for entry in it["commands"]],
        )

    def move_all(self):
        while self.archive.move_some():
            pass


@pytest.fixture(scope="module")
def service_db(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        client.drop_database("warm_test")
        database.create_indexes(client["warm_test"])
        yield client["warm_test"]
        client.drop_database("warm_test")


@pytest.fixture
def commands(service_db):
    found = Commands(service_db)
    yield found
    found.empty()


@pytest.fixture
def interrupted(commands, monkeypatch):
    """A move that dies after the document was shortened."""

    def dies(*_, **__):
        raise ConnectionFailure

    def move():
        with monkeypatch.context() as patched, pytest.raises(ConnectionFailure):
            patched.setattr(type(commands.aggregates), "insert_many", dies)
            for name in NAMES:
                commands.archive.move(name)
            # There was nothing to move.
            raise ConnectionFailure

    return move


COMMANDS = st.tuples(st.sampled_from(NAMES), st.integers(0, 30).map(str), st.integers(1, 2))
NEW = st.tuples(st.sampled_from(NAMES), st.uuids().map(str), st.integers(1, 2))
STEPS = st.lists(COMMANDS | NEW | st.sampled_from(["move", "interrupted"]), max_size=50)
QUICK = {"deadline": None, "max_examples": 12}
UNCHECKED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(**QUICK, suppress_health_check=UNCHECKED)
@given(STEPS)
def test_a_command_has_one_effect_and_one_answer_wherever_its_entry_is(
    commands, interrupted, steps
):
    """Against an oracle that keeps every command for ever, in one dictionary."""
    commands.empty()
    known, versions = {}, dict.fromkeys(NAMES, 0)
    for step in steps:
        if step == "move":
            commands.move_all()
        elif step == "interrupted":
            interrupted()
        else:
            assert commands.answer(*step) == expected(known, versions, *step)
    for name in NAMES:
        if versions[name]:
            kept, moved = commands.ids(name)
            carried_out = [it for it, (at, *_) in known.items() if at == name]
            assert sorted(kept + moved) == sorted(carried_out)
            assert kept[0] == carried_out[0]
            assert len(kept) <= commands.archive.most + 1


def expected(known, versions, name, command_id, number):
    if command_id not in known:
        versions[name] += 1
        known[command_id] = name, number, versions[name]
        return versions[name]
    at, before, version = known[command_id]
    if at != name and versions[name]:
        return "used for another command"
    return version if (at, before) == (name, number) else "used with other arguments"


def test_a_document_keeps_the_first_command_and_the_newest(commands):
    ids = [str(n) for n in range(20)]
    for n in ids:
        commands.declare("a", n)
        commands.now += timedelta(seconds=1)
        commands.move_all()
    kept, moved = commands.ids("a")
    assert (kept[0], kept[-SHORT:]) == ("0", ids[-SHORT:])
    assert len(kept) <= 1 + 2 * SHORT
    assert kept[:1] + moved + kept[1:] == ids
    assert commands.document("a")["moved"] == len(moved)


def test_writers_and_movers_at_once_lose_nothing_and_do_nothing_twice(commands):
    """Each command is given twice, from two sides."""
    commands.declare("a", "first")
    ids = [str(uuid.uuid4()) for _ in range(60)]

    def give(identity):
        return commands.declare("a", identity)["version"]

    with ThreadPoolExecutor(6) as pool:
        moves = [pool.submit(commands.move_all) for _ in range(20)]
        answers = list(pool.map(give, [it for it in ids for _ in range(2)]))
        for move in moves:
            move.result()
    commands.move_all()
    assert all(one == other for one, other in zip(answers[::2], answers[1::2], strict=True))
    assert sorted(answers[::2]) == list(range(2, 62))
    kept, moved = commands.ids("a")
    assert sorted(kept + moved) == sorted(["first", *ids])
    assert len(kept) == 2 * SHORT or len(kept) == SHORT + 1


def test_a_moved_id_is_not_free_for_a_new_aggregate_nor_for_another(commands):
    for n in range(10):
        commands.declare("a", str(n))
    commands.declare("b", "of b")
    commands.move_all()
    assert "3" in commands.ids("a")[1]
    assert commands.answer("b", "3") == "used for another command"
    assert commands.answer("new", "3") == "used with other arguments"
    assert commands.document("new") is None


def test_without_the_background_work_a_command_moves_old_ones_itself(commands):
    for _ in range(40):
        commands.declare("a")
        assert len(commands.document("a")["commands"]) <= commands.archive.most + 1


def test_what_is_forgotten_and_repeated_is_refused_and_has_no_effect(commands):
    for n in range(10):
        commands.declare("a", str(n))
    commands.declare("b", "of b")
    commands.move_all()
    assert commands.archive.forget(NOW) == 0
    assert commands.archive.forget(NOW + timedelta(seconds=1)) == len(range(1, 10 - SHORT))
    assert commands.archive.forget(NOW + timedelta(seconds=1)) == 0
    answers = [commands.answer(name, "3") for name in ("a", "b", "new")]
    assert answers == [FORGOTTEN, "used for another command", FORGOTTEN]
    # What the document keeps is answered as before.
    assert [commands.answer("a", n) for n in ("0", "9")] == [1, 10]
    versions = [commands.document(name)["version"] for name in NAMES]
    assert (versions, commands.document("new")) == ([10, 1], None)


def test_the_oldest_are_forgotten_first(commands):
    for n in range(10):
        commands.declare("a", str(n))
        commands.now += timedelta(days=1)
    commands.move_all()
    assert commands.archive.forget(NOW + timedelta(days=3)) == 2
    assert [commands.answer("a", str(n)) for n in range(1, 5)] == [FORGOTTEN, FORGOTTEN, 4, 5]


def test_a_document_full_of_unpublished_events_gives_a_typed_answer(commands):
    commands.declare("a")
    left = 16 * 1024 * 1024 - len(bson.encode(commands.document("a"))) - 300
    event = {"id": "x", "event": "x" * left}
    commands.aggregates.update_one({"_id": "a"}, {"$push": {"pending": event}})
    assert [commands.answer("a", n) for n in ("new", "new")] == [FULL, FULL]
    # The command's id isn't used up.
    commands.aggregates.update_one({"_id": "a"}, {"$set": {"pending": []}})
    assert commands.answer("a", "new") == 2


def test_documents_to_shorten_are_found_by_an_index_that_is_empty_otherwise(service_db):
    aggregates = service_db["aggregates"]
    entries = [{"id": str(n)} for n in range(2 * KEPT + 1)]
    aggregates.insert_one({"_id": "long", "version": 1, "commands": entries})
    aggregates.insert_many(
        {"_id": f"short-{n}", "version": 1, "commands": [{"id": f"s{n}"}]} for n in range(50)
    )
    explained = aggregates.find(grown()).explain()
    plan = explained["queryPlanner"]["winningPlan"]["inputStage"]
    assert (plan["stage"], plan["indexName"]) == ("IXSCAN", "grown")
    assert explained["executionStats"]["totalKeysExamined"] == 1
    aggregates.delete_many({})


def test_the_limits_are_in_the_order_that_the_background_work_needs():
    assert 2 * KEPT < MOST
    assert all(one < other for one, other in pairwise([KEPT, 2 * KEPT, MOST]))
