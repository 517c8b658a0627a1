"""Lag and progress are two answers: nobody who is dead or stuck looks healthy."""

import json
import os
import signal
import time
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from deploy.local.cli import NOT_READY, app
from shared.service.inbox import CONCURRENCY
from tests.support import plain_amqp
from tests.support.foreign import body, visits
from tests.support.restoring import restore
from tests.support.running import properties
from tests.support.stack import stack_name

QUEUE = "supervision.inbox"
STALL_SECONDS = 5
BATCH = 5
# What the broker hands over unacknowledged.
PREFETCH = (CONCURRENCY + 1) * BATCH
CHANGES = {"WARM_STALL_SECONDS": str(STALL_SECONDS), "WARM_BATCH": str(BATCH)}


@pytest.fixture(scope="module", autouse=True)
def impatient(started):
    started.stack.stop_services(["supervision"])
    start(started)


@pytest.fixture(autouse=True)
def well_before_and_after(running):
    running.settled()
    assert running.health("supervision")["status"] == "ready"
    yield
    running.settled()
    running.wait(lambda: running.health("supervision")["status"] == "ready")


def start(running):
    running.stack.start_services(["supervision"], running.environment | CHANGES)
    running.stack.wait_answering(["supervision"])


def publish(running, count):
    events = (body(visits()) for _ in range(count))
    running.publish("relief.events", "visit.recorded", *((one, properties()) for one in events))


def state(running, part="inbox"):
    return running.health("supervision")["progress"][part]["state"]


def status(running):
    """What `./warm status` says of supervision."""
    done = CliRunner().invoke(app, ["status", "--json", "--stack", stack_name()])
    assert done.exit_code == NOT_READY
    return json.loads(done.stdout)["services"]["supervision"]


def stalls(running):
    """Wait until the inbox is stalled, for as long as that may take."""
    running.wait(lambda: state(running) == "stalled", timeout=3 * STALL_SECONDS)


def test_at_rest_every_part_is_idle_and_nothing_lags(running):
    health = running.health("supervision")
    assert {part: it["state"] for part, it in health["progress"].items()} == {
        "inbox": "idle",
        "outbox": "idle",
        "figures": "idle",
    }
    assert health["lag"] == {"inbox": 0, "outbox": 0, "figures": 0, "retries": 0}
    assert set(running.health("relief")["lag"]) == {"inbox", "outbox", "retries"}


def test_at_rest_for_longer_than_a_stall_it_is_still_idle(running):
    since = running.health("supervision")["progress"]["inbox"]["since"]
    end = time.monotonic() + STALL_SECONDS + 1
    while time.monotonic() < end:
        health = running.health("supervision")
        assert (health["status"], health["progress"]["inbox"]["state"]) == ("ready", "idle")
        assert health["progress"]["inbox"]["since"] <= since


@contextmanager
def writes_that_hang(running):
    with running.service_db("supervision") as service_db:
        admin = service_db.client.admin
        admin.command("fsync", lock=True)
        try:
            yield
        finally:
            admin.command("fsyncUnlock")


def test_a_consumer_that_is_stuck_on_what_it_took_is_stalled(running):
    with writes_that_hang(running):
        publish(running, PREFETCH - 1)
        stalls(running)
        health = running.health("supervision")
        assert health["status"] == "degraded"
        assert (health["lag"]["inbox"], health["checks"]["inbox"]) == (0, True)
        assert health["checks"]["progress"] is False


@contextmanager
def an_inbox_that_cannot_consume(running):
    """It needs both of its queues; what is missing is noticed, and tried again each second."""
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_delete("supervision.dead")
    try:
        yield
    finally:
        restore(running)


@pytest.mark.problem("progress")
def test_a_queue_that_grows_while_nobody_consumes_is_degraded_and_stalled_in_time(running):
    with an_inbox_that_cannot_consume(running):
        running.wait(lambda: not running.health("supervision")["checks"]["inbox"])
        publish(running, 10)
        assert running.health("supervision")["status"] == "degraded"
        stalls(running)
        running.wait(lambda: status(running)["lag"]["inbox"] == 10)
        answer = status(running)
        assert answer["status"] == "degraded"
        assert answer["progress"]["inbox"]["state"] == "stalled"
        [detail] = [it["detail"] for it in answer["problems"] if it["code"] == "progress"]
        assert detail.startswith("inbox has not moved since")


def test_with_the_database_away_nothing_pretends_to_progress(running):
    running.stack.kill_database()
    publish(running, 10)
    running.wait(lambda: not running.health("supervision")["checks"]["database"])
    running.wait(lambda: {state(running, part) for part in ("inbox", "outbox")} == {"stalled"})
    health = running.health("supervision")
    assert (health["status"], health["lag"]["outbox"]) == ("degraded", None)
    assert health["lag"]["inbox"] > 0
    running.stack.resume_infrastructure()
    running.wait(lambda: running.health("supervision")["checks"]["database"])
    running.wait(lambda: running.depth(QUEUE) == 0)
    running.wait(lambda: state(running) == "idle")


def test_who_is_behind_but_moves_is_moving_and_never_stalled(running):
    running.stack.stop_services(["supervision"])
    publish(running, 500)
    start(running)
    states = []
    while (health := running.health("supervision"))["lag"]["inbox"] or not states:
        states.append(health["progress"]["inbox"]["state"])
        assert health["status"] == "ready" or not health["checks"]["inbox"]
    assert set(states) == {"moving"}


def test_of_a_stopped_service_the_depth_of_its_inbox_is_known(running):
    running.stack.stop_services(["supervision"])
    publish(running, 7)
    answer = status(running)
    assert (answer["status"], answer["queue_depth"], answer["lag"]) == ("stopped", 7, {"inbox": 7})
    start(running)


def test_of_a_service_that_does_not_answer_it_is_known_too(running):
    pid = running.stack.process("supervision").pid
    os.kill(pid, signal.SIGSTOP)
    try:
        publish(running, PREFETCH + 3)
        answer = status(running)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (answer["status"], answer["queue_depth"]) == ("silent", 3)
    assert answer["progress"] is None
