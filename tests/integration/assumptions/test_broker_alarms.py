"""What the broker does while its alarm is on, and what it tells whom."""

from contextlib import contextmanager, suppress

import amqp
import pytest

from deploy.local.waiting import wait_until
from shared.platform.broker import Address

SECONDS = 20


@contextmanager
def connected(uri):
    parts = Address(uri)
    userid, password = parts.plain.split("//")[1].split("@")[0].split(":")
    place = parts.plain.split("@")[1].split("/")[0]
    said = []
    connection = amqp.Connection(place, userid, password, ssl=parts.tls, on_blocked=said.append)
    connection.connect()
    yield connection, said
    connection.collect()


def hears(connection, said, seconds):
    with suppress(TimeoutError):
        connection.drain_events(timeout=seconds)
    return bool(said)


@pytest.fixture
def alarm(stack):
    if not stack.owns_servers:
        pytest.skip("the alarm of somebody else's broker is left alone")
    stack.broker_control("set_disk_free_limit", "90000GB")
    yield
    stack.broker_control("set_disk_free_limit", "500MB")


def test_only_a_publisher_hears_of_the_alarm_and_loses_nothing(stack, scratch, alarm):
    queue = scratch.queue()
    with connected(stack.amqp_uri) as (connection, said):
        channel = connection.channel()
        # It may declare, and hears nothing of the alarm.
        assert channel.queue_declare(queue, passive=True).message_count == 0
        assert not hears(connection, said, 1)
        channel.basic_publish(amqp.Message("x"), "", queue)
        assert wait_until(lambda: hears(connection, said, 1), SECONDS)
        assert scratch.depth(queue) == 0
        stack.broker_control("set_disk_free_limit", "500MB")
        assert wait_until(lambda: scratch.depth(queue) == 1, SECONDS)
