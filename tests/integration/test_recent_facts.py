"""Folding from memory gives what a rebuild gives, whatever dies or comes between."""

import uuid
from contextlib import contextmanager
from itertools import islice
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient
from pymongo.collection import Collection

from services.supervision.facts.fact_store import FactStore, fact_of
from services.supervision.facts.recent_facts import MOST_BYTES, RecentFacts
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.figures.fold_storage import AllSubjects, FoldedDocuments
from services.supervision.indexes import INDEXES
from services.supervision.workflow.rebuild import RebuiltFigures, slices
from shared.domain import canonical
from shared.platform.database import create_indexes
from tests.support.district.histories import histories
from tests.support.foreign import visits

SOME = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WRITES = ("insert_many", "insert_one", "bulk_write", "update_one", "update_many", "delete_many")
NAMES = ("figures", "levels")
NEVER = 1_000_000


class Died(BaseException):
    """The process ended."""


@contextmanager
def dying_after(writes):
    """The process ends before the write that follows on so many."""
    left = [writes]

    def dying(write):
        def act(*given, **more):
            if not left[0]:
                raise Died
            left[0] -= 1
            return write(*given, **more)

        return act

    patches = [patch.object(Collection, it, dying(getattr(Collection, it))) for it in WRITES]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


class Process:
    """As much of a process of supervision as takes batches and folds them."""

    def __init__(self, database, most_bytes=MOST_BYTES):
        self.facts = FactStore(database["facts"])
        self.recent = RecentFacts(self.facts, most_bytes)
        self.figures = FigureCache(database, self.facts, recent=self.recent)

    def take(self, facts):
        subjects = {fact["subject"] for fact in facts}
        note = self.figures.pending.announce(subjects)
        rejections = self.recent.insert([dict(fact) for fact in facts])
        self.figures.pending.confirm(note, subjects)
        return rejections

    def fold(self):
        while self.figures.fold():
            pass


@pytest.fixture(scope="module")
def database(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        own = client[f"warm_scratch_{uuid.uuid4().hex}"]
        create_indexes(own, {it: INDEXES[it] for it in ("facts", "figures", "levels")})
        yield own
        client.drop_database(own.name)


@pytest.fixture
def empty(database):
    return emptied(database)


def emptied(database):
    for name in database.list_collection_names():
        database[name].delete_many({})
    return database


def stored(database, names=NAMES):
    """The figures as canonical bytes."""
    return [canonical.dumps(list(database[name].find().sort("_id", 1))) for name in names]


def rebuilt(database):
    """What a rebuild makes of the stored facts alone."""
    facts, names = FactStore(database["facts"]), [f"again_{name}" for name in NAMES]
    made = RebuiltFigures(database, *names)
    for cells in slices(facts.by_cell()):
        folded = FoldedDocuments(set(cells), AllSubjects())
        for events in facts.tracked(set().union(*cells.values())):
            folded.add(events)
        made.add(folded)
    return stored(database, names)


def age_notes(database):
    """What died left notes that nobody confirms any more."""
    long_ago = [{"$set": {"at": {"$subtract": ["$at", 120_000]}}}]
    database["touched"].update_many({}, long_ago)


def batches(facts, sizes):
    left = iter(facts)
    while some := list(islice(left, next(sizes, 3))):
        yield some


@SOME
@given(data=st.data())
def test_processes_that_die_between_any_two_writes_leave_what_a_rebuild_makes(database, data):
    emptied(database)
    size = st.sampled_from([0, 3_000, MOST_BYTES])
    processes = [Process(database, data.draw(size)) for _ in range(2)]

    def turn(work):
        """One of the processes does it; if that one dies, a new one without memory goes on."""
        at = data.draw(st.integers(0, 1))
        try:
            with dying_after(data.draw(st.integers(0, 5) | st.just(NEVER))):
                work(processes[at])
        except Died:
            processes[at] = Process(database, data.draw(size))
            return False
        return True

    facts = data.draw(st.permutations([fact_of(event) for event in data.draw(histories())]))
    sizes = data.draw(st.lists(st.integers(1, 5), max_size=8))
    for some in batches(facts, iter(sizes)):
        # A batch that wasn't acknowledged is delivered again.
        while not turn(lambda process: process.take(some)):  # noqa: B023
            pass
        if data.draw(st.booleans()):
            turn(lambda process: process.fold())
        if data.draw(st.booleans()):
            age_notes(database)
    age_notes(database)
    processes[data.draw(st.integers(0, 1))].fold()
    assert database["touched"].count_documents({}) == 0
    live = [list(database[name].find().sort("_id", 1)) for name in NAMES]
    # Documents of subjects that concern no week any more may be left.
    live[1] = [it for it in live[1] if it["rows"] or it["told"] or it["always"]]
    assert [canonical.dumps(it) for it in live] == rebuilt(database)


def read(process, *subjects):
    """The ids that folding these subjects reads."""
    found = process.recent.of(set(subjects))
    return {event["id"] for events in found.tracked_in(found.cells) for event in events}


@pytest.fixture
def two():
    """Two facts of one subject."""
    first, second = visits("3"), visits("4")
    return fact_of(first), fact_of(second | {"subject": first["subject"], "subjectsequence": 2})


def test_what_this_process_stored_is_not_read_again(empty, two):
    process = Process(empty)
    process.take(two)
    with patch.object(FactStore, "_of_slice", side_effect=AssertionError("it was read")):
        assert read(process, two[0]["subject"]) == {fact["_id"] for fact in two}


def test_what_another_process_stored_is_found(empty, two):
    here, there = Process(empty), Process(empty)
    here.take(two[:1])
    there.take(two[1:])
    for process in (here, there):
        assert read(process, two[0]["subject"]) == {fact["_id"] for fact in two}


def test_what_is_stored_while_the_database_answers_is_not_taken_for_what_it_counted(empty, two):
    """One of two facts is stored elsewhere: as many as are in memory a moment later."""
    here, there = Process(empty), Process(empty)
    third = fact_of(visits("5") | {"subject": two[0]["subject"], "subjectsequence": 3})
    here.take(two[:1])
    there.take(two[1:])
    answer = FactStore.cells_by_subject

    def meanwhile(store, subjects):
        found = answer(store, subjects)
        here.take([third])
        return found

    with patch.object(FactStore, "cells_by_subject", meanwhile):
        assert {fact["_id"] for fact in two} <= read(here, two[0]["subject"])


def test_what_came_twice_counts_once_and_other_content_not_at_all(empty, two):
    process = Process(empty)
    process.take(two)
    process.take(two)
    other = fact_of(visits("9") | {"id": two[0]["_id"], "subject": "another"})
    assert list(process.take([other])) == [0]
    assert read(process, two[0]["subject"], "another") == {fact["_id"] for fact in two}
    assert process.recent._bytes == sum(len(fact["event"].encode()) for fact in two)


def test_memory_has_an_end_and_what_is_forgotten_is_read(empty, two):
    process = Process(empty, most_bytes=len(two[0]["event"]) + 10)
    process.take(two[:1])
    process.take([fact_of(visits("1"))])
    assert process.recent._bytes <= process.recent._most_bytes
    assert read(process, two[0]["subject"]) >= {two[0]["_id"]}
