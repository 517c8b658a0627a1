"""An acknowledged command's event is in the log once and leaves the service, whatever dies."""

import random

import pytest

from deploy.local.processes import stop_all
from shared.platform.topology import rpc_queue
from tests.support import plain_amqp
from tests.support.calling import assert_nothing_lost, call_more, callers, while_calling

SEED = 20170206
ROUNDS = 12


@pytest.fixture
def more_reliefs(running):
    """Two more processes of relief, beside the one that runs."""
    instances = ("-2", "-3")
    processes = [running.stack.process(f"relief{instance}") for instance in instances]

    def start():
        for instance in instances:
            running.stack.start_service("relief", running.environment, instance)
        running.wait(lambda: consumers(running) == 3)
        return processes

    yield start
    stop_all(processes, 10)


def consumers(running):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        return channel.queue_declare(rpc_queue("relief"), passive=True).method.consumer_count


def test_a_relief_killed_after_every_few_commands_loses_none(running):
    chance, calling = random.Random(SEED), callers(running, "killed")

    def kill_often():
        for _ in range(ROUNDS):
            call_more(calling, chance.randrange(1, 30))
            running.stack.kill_service("relief")
            running.start("relief")

    while_calling(calling, kill_often)
    assert_nothing_lost(running, calling)


def test_three_reliefs_at_once_keep_one_log_without_a_gap(running, more_reliefs):
    calling = callers(running, "three")
    more_reliefs()
    while_calling(calling, lambda: call_more(calling, 400))
    assert_nothing_lost(running, calling)


def test_two_of_three_reliefs_killed_lose_nothing(running, more_reliefs):
    calling = callers(running, "one-of-three")
    others = more_reliefs()

    def kill_both():
        for other in others:
            call_more(calling, 100)
            other.kill()
        call_more(calling, 100)

    while_calling(calling, kill_both)
    assert_nothing_lost(running, calling)


def test_what_was_recorded_while_the_broker_was_away_goes_out_afterwards(running):
    calling = callers(running, "broker")

    pids = running.pids()

    def take_the_broker_away():
        for _ in range(2):
            call_more(calling)
            running.stack.kill_broker()
            running.stack.resume_infrastructure()
            call_more(calling)

    while_calling(calling, take_the_broker_away)
    assert_nothing_lost(running, calling)
    assert running.pids() == pids


def test_what_was_recorded_while_the_database_was_away_is_kept(running):
    calling = callers(running, "database")

    pids = running.pids()

    def take_the_database_away():
        for _ in range(2):
            call_more(calling)
            running.stack.kill_database()
            running.stack.resume_infrastructure()
            call_more(calling)

    while_calling(calling, take_the_database_away)
    assert_nothing_lost(running, calling)
    assert running.pids() == pids
