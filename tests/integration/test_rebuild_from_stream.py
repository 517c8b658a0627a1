"""`./warm rebuild --from-stream`: the stream gives the same facts and figures as are stored."""

import json

import pytest

from deploy.local.purge import purge_queues
from shared.contracts.messages import event_of
from shared.platform import topology
from tests.integration.test_rebuild import (
    CELL,
    DIFFERED,
    assert_nothing_left,
    folded,
    record,
    stored,
    warm,
)
from tests.support.calling import VISITS, call_more, callers, while_calling
from tests.support.foreign import body
from tests.support.running import properties


@pytest.fixture(scope="module", autouse=True)
def stream_of(started):
    for number in range(5):
        record(started, str(number))
    started.raise_order()


def from_stream():
    """Exit status and job."""
    done = warm("--from-stream", "--json")
    assert done.stdout, done.output
    return done.exit_code, json.loads(done.stdout)


def test_the_stream_gives_the_same_figures_as_the_stored_facts(running):
    before = stored(running)
    status, job = from_stream()
    assert status == 0, job
    assert job["stream"]["agreed"] and not job["replaced"]
    assert job["differences"] == {"cells": 0, "levels": 0, "named": []}
    with running.service_db("supervision") as service_db:
        assert job["stream"]["messages"] >= service_db["facts"].count_documents({})
    assert stored(running) == before
    assert_nothing_left(running)


def test_an_event_that_is_twice_in_the_stream_counts_once(running):
    folded(running)
    with running.service_db("supervision") as service_db:
        fact = service_db["facts"].find_one({"type": "relief.visit.recorded"})
    running.publish("relief.events", "visit.recorded", (body(event_of(fact)), properties()))
    before = stored(running)
    status, job = from_stream()
    assert (status, job["stream"]["skipped"]) == (0, {}), job
    assert stored(running) == before


def test_messages_that_are_no_events_are_counted_and_skipped(running):
    parked = running.parked()
    running.publish("relief.events", "visit.recorded", (b"{", properties()), (b"", properties()))
    running.wait(lambda: len(running.parked() - parked) == 2)
    record(running, "3")
    folded(running)
    status, job = from_stream()
    assert (status, job["stream"]["skipped"]) == (0, {"not_json": 1, "empty": 1}), job


def test_figures_changed_by_hand_are_put_right_from_the_stream(running):
    before = stored(running)
    with running.service_db("supervision") as service_db:
        service_db["figures"].delete_one({"_id": CELL})
    status, job = from_stream()
    assert (status, job["replaced"]) == (DIFFERED, True)
    assert VISITS in [row["indicator"] for row in job["differences"]["named"]]
    assert stored(running) == before


def test_what_comes_while_the_stream_is_read_is_no_difference(running):
    folded(running)
    busy, jobs = callers(running, "stream"), []

    def meanwhile():
        call_more(busy)
        jobs.extend(from_stream() for _ in range(2))
        call_more(busy)

    while_calling(busy, meanwhile)
    for status, job in jobs:
        assert status == 0, job
    folded(running)
    assert from_stream()[0] == 0


def test_a_fact_removed_by_hand_is_named_and_nothing_is_replaced(running):
    before = stored(running)
    with running.service_db("supervision") as service_db:
        fact = service_db["facts"].find_one_and_delete({"type": "relief.visit.recorded"})
        service_db["figures"].update_one({"_id": CELL}, {"$inc": {"seen": 1}})
    try:
        spoilt = stored(running)
        status, job = from_stream()
        assert (status, job["replaced"]) == (DIFFERED, False)
        named = {name: fact[name] for name in ("source", "seq", "type")}
        named |= {"id": fact["_id"], "problem": "only_streamed"}
        assert job["stream"]["named"] == [named]
        assert stored(running) == spoilt
        lines = warm("--from-stream").stdout
        assert fact["_id"] in lines and "NOT replaced" in lines
    finally:
        with running.service_db("supervision") as service_db:
            service_db["facts"].insert_one(fact)
            service_db["figures"].update_one({"_id": CELL}, {"$inc": {"seen": -1}})
    assert stored(running) == before
    assert from_stream()[0] == 0


def test_a_fact_changed_by_hand_is_named(running):
    folded(running)
    with running.service_db("supervision") as service_db:
        fact = service_db["facts"].find_one({"type": "relief.visit.recorded"})
        service_db["facts"].update_one({"_id": fact["_id"]}, {"$set": {"digest": "0" * 64}})
        status, job = from_stream()
        service_db["facts"].replace_one({"_id": fact["_id"]}, fact)
    assert status == DIFFERED
    assert [(row["id"], row["problem"]) for row in job["stream"]["named"]] == [
        (fact["_id"], "different")
    ]


def test_a_source_that_does_not_answer_ends_it_with_a_reason(running):
    folded(running)
    running.stack.stop_services(["clinics"])
    done = warm("--from-stream")
    assert done.exit_code == 1
    assert "clinics" in str(done.exception)
    assert_nothing_left(running)


def test_what_the_stream_has_lost_is_counted_and_the_figures_stay(running):
    before = stored(running)
    running.stack.stop_services()
    purge_queues(running.stack.amqp_uri)
    running.start()
    record(running, "2")
    after = stored(running)
    assert after != before
    status, job = from_stream()
    assert (status, job["replaced"]) == (DIFFERED, False)
    assert set(job["stream"]["missing"]) == {"relief", "supervision"}
    assert job["stream"]["only_stored"] == sum(job["stream"]["missing"].values())
    assert stored(running) == after
    lines = warm("--from-stream").stdout
    assert topology.LOG_STREAM in lines and "events of relief are missing from the stream" in lines
    assert "the stream was shortened" in lines and "./warm republish" in lines
