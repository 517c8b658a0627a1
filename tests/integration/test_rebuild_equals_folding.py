"""However events came, folding them bit by bit and rebuilding give the same figures."""

import uuid
from itertools import islice
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from services.supervision.facts.fact_store import FactStore, fact_of
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.figures.figure_rules import FigureRules
from services.supervision.indexes import INDEXES
from services.supervision.workflow import rebuild
from services.supervision.workflow.rebuild import RebuildRun
from services.supervision.workflow.rebuild_jobs import RebuildJobs
from shared.aggregates.aggregate import Command
from shared.domain.clock import Clock
from shared.platform.database import create_indexes
from tests.support.contract_check import check_result
from tests.support.district.histories import WEEKS, histories

NOTHING = {"cells": 0, "levels": 0, "named": []}
SOME = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def projection(stack):
    """As much of supervision's projection as a rebuild needs, on a real database."""
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        database = client[f"warm_scratch_{uuid.uuid4().hex}"]
        create_indexes(database, INDEXES)
        rebuilds, facts = RebuildJobs(database), FactStore(database["facts"])
        figures = FigureCache(database, facts, rebuilds)
        yield SimpleNamespace(
            rebuilds=rebuilds,
            facts=facts,
            figures=figures,
            figure_rules=FigureRules(database),
            require_running=lambda: None,
        )
        client.drop_database(database.name)


def emptied(projection):
    for name in projection.rebuilds.database.list_collection_names():
        projection.rebuilds.database[name].delete_many({})


def take(projection, facts):
    """As Projection takes a batch."""
    if not facts:
        return
    subjects = {fact["subject"] for fact in facts}
    note = projection.figures.pending.announce(subjects)
    projection.facts.insert(facts)
    projection.figures.pending.confirm(note, subjects)


def fold(projection):
    while projection.figures.fold():
        pass


def rebuilt(projection, during=lambda: None):
    command = Command(str(uuid.uuid4()), "person:x", "rebuild_figures", "", Clock().now())
    projection.rebuilds.begin(command, "facts")
    during()
    RebuildRun(command.id, projection).run("facts")
    job = projection.rebuilds.show(command.id)
    check_result("supervision", "rebuild_progress", job)
    return job


def batches(facts, sizes):
    left = iter(facts)
    while some := list(islice(left, next(sizes, 3))):
        yield some


def shown(projection):
    """What readers see of every week."""
    return {week: projection.figures.cells(week).partials for week in WEEKS}


@pytest.mark.parametrize("slice_", [3, rebuild.SLICE])
@SOME
@given(data=st.data())
def test_a_rebuild_finds_what_folding_bit_by_bit_gave(projection, monkeypatch, slice_, data):
    monkeypatch.setattr(rebuild, "SLICE", slice_)
    emptied(projection)
    facts = [fact_of(event) for event in data.draw(histories())]
    sizes = data.draw(st.lists(st.integers(1, 5), max_size=8))
    for some in batches(data.draw(st.permutations(facts)), iter(sizes)):
        take(projection, some)
        if data.draw(st.booleans()):
            projection.figures.fold()
    fold(projection)
    job = rebuilt(projection)
    assert job["differences"] == NOTHING
    before = shown(projection)
    projection.figures.figures.delete_many({})
    projection.figures.levels.delete_many({})
    rebuilt(projection)
    assert shown(projection) == before


@SOME
@given(data=st.data())
def test_what_is_taken_and_folded_while_it_is_at_work_is_kept_for_afterwards(projection, data):
    emptied(projection)
    facts = data.draw(st.permutations([fact_of(event) for event in data.draw(histories())]))
    count = data.draw(st.integers(0, len(facts)))
    before, during = facts[:count], facts[count:]
    take(projection, before)
    fold(projection)
    # Somebody has made the cells such that no folding would ever put them right.
    projection.figures.figures.update_many({}, {"$inc": {"seen": data.draw(st.integers(0, 9))}})

    def meanwhile():
        take(projection, during)
        fold(projection)

    rebuilt(projection, meanwhile)
    fold(projection)
    assert projection.figures.pending.count() == 0
    assert rebuilt(projection)["differences"] == NOTHING
