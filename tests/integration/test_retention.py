"""What is removed after its time, and what stays: on a real database, without services."""

from datetime import timedelta

import pytest
from pymongo import MongoClient

from services.supervision.figures.totals import BLOCK, BLOCKS_KEPT, Totals
from services.supervision.indexes import INDEXES
from services.supervision.workflow.rebuild_jobs import RebuildJobs
from shared.aggregates.repository import Repository
from shared.domain.clock import Clock
from shared.domain.errors import NotFound
from shared.domain.periods import Week
from shared.platform import database
from tests.support.running import WEEK


@pytest.fixture
def service_db(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        client.drop_database("warm_test")
        database.create_indexes(client["warm_test"], {**database.INDEXES, **INDEXES})
        yield client["warm_test"]
        client.drop_database("warm_test")


def blocks(number):
    """The first weeks of so many blocks, the newest last."""
    return [str(Week.of_day(WEEK.first_day + timedelta(weeks=BLOCK * n))) for n in range(number)]


def test_totals_of_old_blocks_are_removed_and_those_of_two_years_stay(service_db):
    weeks = blocks(BLOCKS_KEPT + 3)
    service_db["totals"].insert_many(
        {"_id": f"{week}|{unit}", "before": week, "orgunit": unit, "rows": []}
        for week in weeks
        for unit in ("410103", "410103001")
    )
    totals = Totals(service_db)
    assert totals.forget() == 6
    assert sorted(service_db["totals"].distinct("before")) == weeks[3:]
    assert totals.forget() == 0


def test_rebuilds_that_ended_long_ago_are_removed_and_one_that_runs_stays(service_db):
    jobs = RebuildJobs(service_db)
    repository = Repository(service_db["aggregates"], Clock(lambda: WEEK.start), "relief")

    def began(identity):
        command = repository.command("rebuild_figures", identity, "person:a", {})
        return jobs.begin(command, "facts")

    began("ended")
    jobs.end("ended", "done")
    began("running")
    assert jobs.forget(days=1) == 0
    # Of two jobs, one ended 401 days ago, and the other one began then.
    change = {"$set": {"at": {"$subtract": ["$$NOW", 401 * 86_400_000]}}}
    service_db["rebuilds"].update_many({}, [change])
    assert jobs.forget(days=400) == 1
    with pytest.raises(NotFound):
        jobs.show("ended")
    assert jobs.show("running")["id"] == "running"


def test_what_is_old_is_found_by_indexes(service_db):
    parked = service_db["parked"]
    for state, when in (("resolved", "resolved"), ("discarded", "last_seen")):
        query = {"state": state, when: {"$lt": WEEK.start}}
        plan = parked.find(query).sort(when, 1).explain()["queryPlanner"]["winningPlan"]
        assert "SORT" not in str(plan) and f"{when}_1" in str(plan)
    moved = {"command_recorded": {"$lt": WEEK.start}}
    plan = service_db["aggregates"].find(moved).sort("command_recorded", 1).explain()
    assert "moved_commands" in str(plan["queryPlanner"]["winningPlan"])
