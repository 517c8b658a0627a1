"""An acknowledged command's event is in the log once and leaves the service, whatever dies."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local.processes import Process, stop_all
from shared.errors import DeadlineExceeded
from shared.rpc_client import RpcClient
from shared.topology import rpc_queue
from tests.support import plain_amqp
from tests.support.running import COMMUNITY, PERSON, SECONDS, TIME

VISITS = "relief.visits_household"
SEED = 20170206
ROUNDS = 12
CLIENTS = 4


def record_visits(running, rpc, command_id, timeout=SECONDS):
    visits = {"value": "1", "qualifier": "exact", "unit": "visit"}
    return rpc.call(
        "relief",
        "record_visits",
        timeout=timeout,
        command_id=command_id,
        actor=PERSON,
        orgunit=COMMUNITY,
        time=TIME,
        kind="household",
        visits=visits,
    )


class Caller:
    """Gives one command after the other until told to stop; knows which were acknowledged."""

    def __init__(self, running, name):
        self.running, self.name = running, name
        self.acknowledged = {}
        self.stopping = False

    def run(self):
        with RpcClient(self.running.stack.amqp_uri) as rpc:
            number = 0
            while not self.stopping:
                number += 1
                self.give(rpc, f"{self.name}:{number}")

    def give(self, rpc, command_id):
        """Again and again until it is acknowledged, as a caller does who doesn't know."""
        while not self.stopping:
            try:
                self.acknowledged[command_id] = record_visits(self.running, rpc, command_id, 1)[
                    "id"
                ]
                return
            except DeadlineExceeded:
                continue


@pytest.fixture
def more_reliefs(running):
    """Two more processes of relief, beside the one that runs."""
    processes = [Process(f"relief-{n}", running.stack.home) for n in (2, 3)]

    def start():
        for process in processes:
            process.start([sys.executable, "-m", "shared.runner", "relief"], environment(running))
        running.wait(lambda: consumers(running) == 3)
        return processes

    yield start
    stop_all(processes, 10)


def environment(running):
    """Of the relief that runs."""
    text = Path(f"/proc/{running.stack.process('relief').pid}/environ").read_text()
    return dict(entry.split("=", 1) for entry in text.split("\0") if entry)


def consumers(running):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        return channel.queue_declare(rpc_queue("relief"), passive=True).method.consumer_count


def callers(running, test):
    return [Caller(running, f"{test}:{n}") for n in range(CLIENTS)]


def while_calling(callers, act):
    """Let all of them call at once while `act()` happens."""
    with ThreadPoolExecutor(len(callers)) as pool:
        results = [pool.submit(caller.run) for caller in callers]
        try:
            act()
        finally:
            for caller in callers:
                caller.stopping = True
        for result in results:
            result.result()


def acknowledged(callers):
    return {command: made for caller in callers for command, made in caller.acknowledged.items()}


def assert_nothing_lost(running, callers):
    """Every acknowledged command: once in the log, without a gap, gone out, counted."""
    running.settled()
    events = whole_log(running)
    assert [event["sourcesequence"] for event in events] == list(range(1, len(events) + 1))
    assert len({event["id"] for event in events}) == len(events)
    subjects = [event["subject"] for event in events if event["type"] == "relief.visit.recorded"]
    assert sorted(set(subjects)) == sorted(subjects)
    assert set(acknowledged(callers).values()) <= set(subjects)
    with running.books("supervision") as books:
        facts = books["facts"].distinct("_id", {"source": "relief"})
    assert sorted(facts) == sorted(event["id"] for event in events)
    assert running.live(VISITS) == str(len(subjects))


def whole_log(running):
    events = []
    while page := running.ask("relief", "events", after=len(events))["events"]:
        events += page
    return events


def test_a_relief_killed_after_every_few_commands_loses_none(running):
    chance, calling = random.Random(SEED), callers(running, "killed")

    def kill_often():
        for _ in range(ROUNDS):
            more = len(acknowledged(calling)) + chance.randrange(1, 30)
            running.wait(lambda n=more: len(acknowledged(calling)) >= n)
            running.stack.kill_service("relief")
            running.start("relief")

    while_calling(calling, kill_often)
    assert_nothing_lost(running, calling)


def test_three_reliefs_at_once_keep_one_log_without_a_gap(running, more_reliefs):
    calling = callers(running, "three")
    more_reliefs()
    while_calling(calling, lambda: running.wait(lambda: len(acknowledged(calling)) >= 400))
    assert_nothing_lost(running, calling)


def test_two_of_three_reliefs_killed_lose_nothing(running, more_reliefs):
    calling = callers(running, "one-of-three")
    others = more_reliefs()

    def kill_both():
        for other, many in zip(others, (100, 200), strict=True):
            running.wait(lambda n=many: len(acknowledged(calling)) >= n)
            other.kill()
        running.wait(lambda: len(acknowledged(calling)) >= 300)

    while_calling(calling, kill_both)
    assert_nothing_lost(running, calling)


def test_what_was_recorded_while_the_broker_was_away_goes_out_afterwards(running):
    calling = callers(running, "broker")

    def take_the_broker_away():
        running.wait(lambda: len(acknowledged(calling)) >= 20)
        running.stack.kill_broker()
        running.stack.resume_infrastructure()
        enough = len(acknowledged(calling)) + 20
        running.wait(lambda: len(acknowledged(calling)) >= enough)

    while_calling(calling, take_the_broker_away)
    assert_nothing_lost(running, calling)


def test_what_was_recorded_while_the_database_was_away_is_kept(running):
    calling = callers(running, "database")

    def take_the_database_away():
        running.wait(lambda: len(acknowledged(calling)) >= 20)
        running.stack.kill_database()
        running.stack.resume_infrastructure()
        enough = len(acknowledged(calling)) + 20
        running.wait(lambda: len(acknowledged(calling)) >= enough)

    while_calling(calling, take_the_database_away)
    assert_nothing_lost(running, calling)
