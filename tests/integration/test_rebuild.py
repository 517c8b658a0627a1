"""`./warm rebuild` on running services: what differs is named and put right, what doesn't stays."""

import json
import os
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.errors import CannotRun
from deploy.local.waiting import wait_until
from services.supervision.facts.fact_store import fact_of
from services.supervision.workflow import rebuild_jobs
from shared.domain.errors import Conflict, NotFound
from shared.service.rpc_client import RpcClient
from tests.support.calling import VISITS, call_more, callers, while_calling
from tests.support.foreign import visits
from tests.support.running import COMMUNITY, SECONDS, SUBDISTRICT, TIME, WEEK, Running
from tests.support.stack import stack_name

CELL = f"{WEEK}|{COMMUNITY}"
DIFFERED = 4
AT_WORK = ("working", "swapping")
STRANGE = "410103999999"
FAR = f"{WEEK}|{STRANGE}"


@pytest.fixture(scope="module", autouse=True)
def figures(started):
    """Flows and levels of several units."""
    for unit in (COMMUNITY, SUBDISTRICT):
        started.raise_order(orgunit=unit)
        record(started, "3", unit)
    counted = {"value": "90", "qualifier": "exact", "unit": "merchant"}
    where = {"orgunit": SUBDISTRICT, "time": TIME}
    started.do("relief", "declare_stock", stock="merchants", level=counted, **where)


def record(running, value, unit=COMMUNITY):
    amount = {"value": value, "qualifier": "exact", "unit": "visit"}
    about = {"kind": "household", "visits": amount, "orgunit": unit, "time": TIME}
    running.do("relief", "record_visits", **about)


def folded(running):
    running.settled()
    running.wait(lambda: running.health("supervision")["unfolded"] == 0)


def stored(running):
    """Both collections of figures, as they stand once everything is folded."""
    folded(running)
    with running.service_db("supervision") as service_db:
        return {
            name: {
                found["_id"]: found for found in service_db[name].find() if found.get("rows") != []
            }
            for name in ("figures", "levels")
        }


def rebuild(running, **arguments):
    """The job of a rebuild, once it is over."""
    job = running.do("supervision", "rebuild_figures", **arguments)
    return over(running, job["id"])


def over(running, identity):
    running.wait(lambda: progress(running, identity)["state"] not in AT_WORK)
    return progress(running, identity)


def progress(running, identity):
    return running.ask("supervision", "rebuild_progress", id=identity)


def warm(*arguments):
    return CliRunner().invoke(app, ["rebuild", "--yes", *arguments, "--stack", stack_name()])


def assert_nothing_left(running):
    with running.service_db("supervision") as service_db:
        names = service_db.list_collection_names()
        assert [name for name in names if name.startswith(rebuild_jobs.PREFIX)] == []
        assert service_db["rebuilds"].count_documents({"at_work": True}) == 0
    running.wait(lambda: not notes(running))


def notes(running):
    with running.service_db("supervision") as service_db:
        return service_db["touched"].count_documents({})


def test_untouched_figures_are_found_equal_and_left_alone(running):
    before = stored(running)
    done = warm("--json")
    assert done.exit_code == 0, done.output
    job = json.loads(done.stdout)
    assert (job["state"], job["replaced"]) == ("done", False)
    assert job["differences"] == {"cells": 0, "levels": 0, "named": []}
    assert job["folded"] == job["total"] > 0
    assert stored(running) == before
    assert_nothing_left(running)


def extra_cell():
    """One that no fact feeds."""
    return {"_id": FAR, "period": str(WEEK), "orgunit": STRANGE, "seen": 1, "partials": []}


def spoil(service_db):
    """A changed value, a cell that is gone, one that no fact feeds, and a level of long ago."""
    query = {"_id": CELL, "partials.indicator": VISITS}
    service_db["figures"].update_one(query, {"$set": {"partials.$.value": "1000"}})
    gone = service_db["figures"].find_one_and_delete(
        {"_id": {"$nin": [CELL, FAR]}, "partials": {"$ne": []}}
    )
    service_db["figures"].insert_one(extra_cell())
    level = service_db["levels"].find_one({"rows.0": {"$exists": True}})
    stale = {"seen": 10**6, "rows": [level["rows"][0] | {"first": "2016-W01"}]}
    service_db["levels"].update_one({"_id": level["_id"]}, {"$set": stale})
    return gone["_id"], level["_id"]


def test_what_was_changed_by_hand_is_named_and_put_right(running):
    before = stored(running)
    with running.service_db("supervision") as service_db:
        gone, level = spoil(service_db)
    done = warm("--json")
    assert done.exit_code == DIFFERED, done.output
    job = json.loads(done.stdout)
    assert job["replaced"]
    assert (job["differences"]["cells"], job["differences"]["levels"]) == (3, 1)
    named = job["differences"]["named"]
    [visited] = [row for row in named if row.get("orgunit") == COMMUNITY and "subject" not in row]
    assert (visited["indicator"], visited["period"]) == (VISITS, str(WEEK))
    assert visited["live"]["value"] == "1000" != visited["rebuilt"]["value"]
    assert [row["rebuilt"] for row in named if row.get("orgunit") == STRANGE] == [None]
    places = {f"{row.get('period')}|{row.get('orgunit')}" for row in named if not row["live"]}
    assert gone in places
    assert {level.rsplit("|", 1)[1]} == {row["subject"] for row in named if "subject" in row}
    assert stored(running) == before
    assert_nothing_left(running)
    assert warm().exit_code == 0


def test_people_read_what_differed_from_what_to_what(running):
    folded(running)
    with running.service_db("supervision") as service_db:
        query = {"_id": CELL, "partials.indicator": VISITS}
        service_db["figures"].update_one(query, {"$set": {"partials.$.value": "77"}})
    lines = warm().stdout
    assert f"{WEEK} {COMMUNITY} {VISITS}: " in lines
    assert '"77"' in lines and "→" in lines and "replaced" in lines


def test_a_swapped_collection_has_its_indexes(running):
    folded(running)
    with running.service_db("supervision") as service_db:
        before = {name: service_db[name].index_information() for name in ("figures", "levels")}
        service_db["figures"].delete_many({})
    assert rebuild(running)["replaced"]
    with running.service_db("supervision") as service_db:
        assert {name: service_db[name].index_information() for name in before} == before


def test_what_comes_during_a_rebuild_is_no_difference_and_is_not_lost(running):
    folded(running)
    busy = callers(running, f"rebuild:{uuid.uuid4()}")
    jobs = []

    def again_and_again():
        call_more(busy)
        for _ in range(4):
            jobs.append(rebuild(running))
        # One that replaces: what came while it was at work has to be in the figures afterwards.
        with running.service_db("supervision") as service_db:
            service_db["figures"].insert_one(extra_cell())
        jobs.append(rebuild(running))
        call_more(busy)

    while_calling(busy, again_and_again)
    assert [job["state"] for job in jobs] == ["done"] * 5
    assert [job["differences"]["named"] for job in jobs[:4]] == [[]] * 4
    assert [row["orgunit"] for row in jobs[4]["differences"]["named"]] == [STRANGE]
    assert jobs[4]["replaced"]
    folded(running)
    assert rebuild(running)["differences"] == {"cells": 0, "levels": 0, "named": []}
    assert_nothing_left(running)


def test_readers_never_see_a_half_while_figures_are_swapped(running):
    folded(running)
    expected = running.live(VISITS)
    seen = set()

    def swaps():
        for _ in range(5):
            with running.service_db("supervision") as service_db:
                service_db["figures"].insert_one(extra_cell())
            assert rebuild(running)["replaced"]

    with ThreadPoolExecutor(1) as pool, RpcClient(running.stack.amqp_uri) as rpc:
        swapping = pool.submit(swaps)
        reader = Running(running.stack, rpc)
        while not swapping.done():
            seen.add(reader.live(VISITS))
    swapping.result()
    assert seen == {expected}


def test_a_repeated_command_is_the_same_job(running):
    folded(running)
    given = {"command_id": str(uuid.uuid4()), "source": "facts"}
    first = rebuild(running, **given)
    assert running.do("supervision", "rebuild_figures", **given) == first
    with pytest.raises(Conflict):
        running.do("supervision", "rebuild_figures", **given | {"source": "stream"})
    with pytest.raises(NotFound):
        progress(running, "nobody")


@contextmanager
def a_job_elsewhere(running, seconds_ago):
    """As another process at work on it would have left it so long ago."""
    identity, names = str(uuid.uuid4()), rebuild_jobs.collections
    with running.service_db("supervision") as service_db:
        at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        progress = {"doing": "folding", "read": 5, "folded": 1, "total": 5, "replaced": False}
        command = {"source": "facts", "actor": "person:tester", "arguments": "x"}
        state = {"_id": identity, "state": "working", "at_work": True, "at": at}
        job = state | progress | command
        service_db["rebuilds"].insert_one(job)
        service_db[names(identity)["figures"]].insert_one({"seen": 1})
        yield identity
        service_db["rebuilds"].delete_one({"_id": identity})


def test_only_one_rebuild_is_at_work(running):
    with a_job_elsewhere(running, 0) as identity:
        with pytest.raises(Conflict) as caught:
            running.do("supervision", "rebuild_figures")
        assert caught.value.data["at_work"] == identity
        assert progress(running, identity)["state"] == "working"
        refused = warm()
        assert refused.exit_code == 1 and isinstance(refused.exception, CannotRun)
        # What is folded meanwhile is kept for it, and waits for nobody else.
        before = int(running.live(VISITS))
        record(running, "5")
        folded(running)
        assert notes(running) > 0
        assert int(running.live(VISITS)) == before + 5
    running.wait(lambda: not notes(running))


def test_a_job_whose_process_ended_is_marked_so_and_blocks_nobody(running):
    with a_job_elsewhere(running, 60) as identity:
        assert progress(running, identity)["state"] == "died"
        assert rebuild(running)["state"] == "done"
        assert_nothing_left(running)


def test_a_supervision_killed_in_the_middle_leaves_figures_as_they_were(running):
    before = stored(running)
    with many_facts(running):
        identity, process = held_in_the_middle(running)
        process.kill()
        running.start("supervision")
        assert stored(running) == before
        assert over(running, identity)["state"] == "died"
        assert rebuild(running)["replaced"]
    assert warm().exit_code == DIFFERED
    assert stored(running) == before
    assert_nothing_left(running)


def held_in_the_middle(running):
    """The job that is at work, its process held as soon as it folds: to ask it takes as long as the
    rest of its work on a busy machine.
    """
    process = running.stack.process("supervision")
    with running.service_db("supervision") as service_db:
        identity = running.do("supervision", "rebuild_figures")["id"]
        at_work = {"_id": identity, "state": "working", "doing": "folding"}
        assert wait_until(lambda: service_db["rebuilds"].find_one(at_work), SECONDS, every=0.01)
        os.kill(process.pid, signal.SIGSTOP)
        assert service_db["rebuilds"].find_one(at_work)
    return identity, process


def test_a_supervision_that_is_stopped_ends_its_rebuild(running):
    before = stored(running)
    with many_facts(running, 150_000):
        identity, process = held_in_the_middle(running)
        process.ask_to_stop()
        os.kill(process.pid, signal.SIGCONT)
        running.stack.stop_services(["supervision"])
        running.start("supervision")
        ended = progress(running, identity)
        assert (ended["state"], ended.get("problem")) == ("failed", {"error": "Stopped"})
    assert stored(running) == before
    assert_nothing_left(running)


@contextmanager
def many_facts(running, count=40_000):
    """So many facts that nobody has folded, for a while: folding them takes some seconds."""
    with running.service_db("supervision") as service_db:
        facts = [fact_of(visits("1")) for _ in range(count)]
        service_db["facts"].insert_many(facts, ordered=False)
        yield
        service_db["facts"].delete_many({"_id": {"$in": [fact["_id"] for fact in facts]}})
