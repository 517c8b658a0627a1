"""A service says what it waits for, refuses settings it can't use, and stops in time."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from shared.platform.topology import SERVICES
from tests.support import plain_amqp
from tests.support.calling import assert_nothing_lost, call_more, callers, while_calling
from tests.support.notices import announcement
from tests.support.restoring import restore
from tests.support.running import COMMUNITY

BAD_SETTINGS = 64
# How long a container may take to stop: docker-compose.yml.
GRACE_SECONDS = 20
SEED = 20170206


def start(running, name):
    """Start it without waiting for anything."""
    running.stack.start_service(name, running.environment)


def says(running, name, *words):
    """Wait until one line of what it logs has all these words."""
    log = running.stack.process(name).log_file
    running.wait(lambda: any(all(word in line for word in words) for line in _lines(log)))


def _lines(log):
    return log.read_text(encoding="utf-8").splitlines()


def stopped(running, name):
    running.stack.stop_services([name])
    running.stack.process(name).log_file.unlink()


def remove(running, kind, name):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        (channel.queue_delete if kind == "queue" else channel.exchange_delete)(name)


@pytest.mark.parametrize(
    "kind, missing",
    [
        ("queue", "relief.inbox"),
        ("queue", "rpc-relief"),
        ("exchange", "relief.events"),
    ],
)
def test_it_names_what_the_broker_lacks_and_starts_once_it_is_there(running, kind, missing):
    stopped(running, "relief")
    remove(running, kind, missing)
    start(running, "relief")
    says(running, "relief", "broker topology incomplete", missing)
    pid = running.stack.process("relief").pid
    restore(running)
    running.stack.wait_ready(["relief"])
    assert running.stack.process("relief").pid == pid
    running.raise_order()
    running.settled()


def test_a_binding_that_is_missing_is_made_again_at_the_start(running):
    running.stack.stop_services(["relief", "supervision"])
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_unbind("supervision.inbox", "relief.events", "#")
        for key in ("orgunit.*", "calendar.*"):
            channel.queue_unbind("relief.inbox", "supervision.events", key)
    running.start()
    code, known = f"{COMMUNITY[:9]}701", running.health("relief")["orgunits"]
    unit = {"parent": COMMUNITY[:9], "level": "community", "name": "新社区"}
    running.do("supervision", "register_orgunit", code=code, **unit)
    running.wait(lambda: running.health("relief")["orgunits"] == known + 1)
    running.raise_order(orgunit=code)
    # A notice that the release doesn't know: the order of that year waits for it.
    order = running.raise_order(time="2003-12-01T09:00:00+08:00")
    assert order["due_awaits_notice"] == 2003
    running.do("supervision", "announce_calendar", **announcement(2003))
    running.wait(
        lambda: running.ask("relief", "order", id=order["id"])["due_awaits_notice"] is None
    )
    running.settled()


def test_it_waits_for_a_database_that_is_not_there_yet(running):
    stopped(running, "relief")
    running.stack.kill_database()
    start(running, "relief")
    says(running, "relief", "database unreachable")
    running.stack.resume_infrastructure()
    running.stack.wait_ready()
    assert running.raise_order()["status"] == "raised"


def test_it_waits_for_a_broker_that_is_not_there_yet(running):
    stopped(running, "relief")
    running.stack.kill_broker()
    start(running, "relief")
    says(running, "relief", "broker unreachable")
    running.stack.resume_infrastructure()
    running.stack.wait_ready()
    assert running.raise_order()["status"] == "raised"


WRONG = {
    "AMQP_URI": "",
    "MONGODB_URI": "",
    "WARM_ENV": "staging",
    "WARM_LOG_LEVEL": "LOUD",
    "WARM_MAX_WORKERS": "0",
    "WARM_BATCH": "many",
    "WARM_SWEEP_SECONDS": "-1",
    "WARM_DRAIN_SECONDS": "1.5",
    "WARM_RPC_SECONDS": "²",
}


def run(running, *arguments, **changes):
    """Start it as an operator does; what it said and how it ended."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "AMQP_URI": running.stack.amqp_uri,
        "MONGODB_URI": running.stack.mongodb_uri,
        "WARM_ENV": "test",
    }
    command = [sys.executable, "-W", "ignore", "-m", "shared.service.runner", *arguments]
    return subprocess.run(
        command,
        env=environment | changes,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "service",
    ["relief", *(pytest.param(it, marks=pytest.mark.long) for it in SERVICES if it != "relief")],
)
def test_all_settings_that_are_wrong_are_named_at_once(running, service):
    ended = run(running, service, **WRONG)
    assert ended.returncode == BAD_SETTINGS
    assert [name for name in WRONG if name not in ended.stderr] == []
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "service, changes",
    [
        ("clinics", {"WARM_ENV": "production", "WARM_NOW": "2017-02-06T09:30:00+08:00"}),
        ("clinics", {"WARM_NOW": "2017-02-06T09:30:00"}),
        ("clinics", {"WARM_NOW": "@/no/such/file"}),
        ("relief", {"WARM_FIELD_KEY_FILE": ""}),
        ("relief", {"WARM_FIELD_KEY_FILE": "/no/such/file"}),
        ("relief", {"WARM_FIELD_KEY_FILE": __file__}),
        ("supervision", {"WARM_SIGNING_KEY_FILE": ""}),
        ("supervision", {"WARM_SIGNING_KEY_FILE": "/no/such/file"}),
        ("supervision", {"WARM_SIGNING_KEY_FILE": __file__}),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(running, service, changes):
    ended = run(running, service, **changes)
    assert ended.returncode == BAD_SETTINGS
    assert list(changes)[-1] in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("arguments", [("no-such-service",), ("relief", "clinics")])
def test_it_says_how_it_is_used(running, arguments):
    ended = run(running, *arguments)
    assert ended.returncode == BAD_SETTINGS
    assert ended.stderr.startswith("usage:")


@pytest.mark.parametrize("name", ["relief", "supervision"])
def test_it_stops_in_time_under_load_and_loses_nothing(running, name):
    chance, calling = random.Random(SEED), callers(running, f"stop-{name}")

    def stop_often():
        for _ in range(2):
            call_more(calling, chance.randrange(10, 60))
            stop(running, name)
            running.start(name)

    while_calling(calling, stop_often)
    assert_nothing_lost(running, calling)


def stop(running, name):
    """Asked twice, it ends by itself, before anybody would kill it."""
    process = running.stack.process(name)
    process.ask_to_stop()
    process.ask_to_stop()
    assert wait_until(lambda: process.pid is None, GRACE_SECONDS, every=0.02)


def test_at_rest_it_answers_and_its_memory_is_known(running, capsys):
    running.settled()
    with capsys.disabled():
        for name, pid in running.pids().items():
            print(f"\n{name} at rest: {resident_megabytes(pid)} MB", end="")


def resident_megabytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) // 1024
