"""What the broker answers to a publisher: confirms, returns, refusals."""

import re

import pytest
from amqp import Message
from kombu import Connection
from pika.exceptions import ChannelClosedByBroker

from deploy.local.places import BROKER_CONFIG
from deploy.local.waiting import wait_until

SECONDS = 20
MANY = 500


@pytest.fixture
def confirming(scratch):
    """py-amqp's channel, with confirms."""
    with Connection(scratch.amqp_uri) as connection:
        channel = connection.channel()
        channel.confirm_select()
        yield channel


def publish(channel, routing_key, **options):
    channel.basic_publish(Message("x"), "", routing_key, **options)


def heard(channel, enough):
    """Whether `enough()` comes true while answers are read."""

    def read():
        channel.connection.drain_events(timeout=SECONDS)
        return enough()

    return enough() or wait_until(read, SECONDS, every=0)


def test_an_unroutable_message_is_returned_before_it_is_confirmed(confirming):
    answers = []
    confirming.events["basic_return"].add(lambda *_: answers.append("returned"))
    confirming.events["basic_ack"].add(lambda *_: answers.append("confirmed"))
    publish(confirming, "assumption.missing", mandatory=True)
    assert heard(confirming, lambda: len(answers) == 2)
    assert answers == ["returned", "confirmed"]


def test_an_unroutable_message_that_is_not_mandatory_is_lost_and_confirmed(confirming):
    answers = []
    confirming.events["basic_return"].add(lambda *_: answers.append("returned"))
    confirming.events["basic_ack"].add(lambda *_: answers.append("confirmed"))
    publish(confirming, "assumption.missing")
    assert heard(confirming, lambda: answers)
    assert answers == ["confirmed"]


def test_pipelined_confirms_cover_every_message_up_to_their_tag(scratch, confirming):
    queue, waiting = scratch.queue(), set(range(1, MANY + 1))

    def settle(tag, multiple):
        waiting.difference_update({it for it in waiting if it <= tag} if multiple else {tag})

    confirming.events["basic_ack"].add(settle)
    for _ in range(MANY):
        publish(confirming, queue)
    assert heard(confirming, lambda: not waiting)
    assert scratch.depth(queue) == MANY


def test_one_confirm_may_stand_for_many_messages(scratch, confirming):
    queue, answers = scratch.queue(), []
    confirming.events["basic_ack"].add(lambda *answer: answers.append(answer))
    for _ in range(MANY):
        publish(confirming, queue)
    assert heard(confirming, lambda: answers[-1:] and answers[-1][0] == MANY)
    assert any(multiple for _, multiple in answers)


def test_a_full_queue_refuses_what_it_has_no_room_for(scratch, confirming):
    queue = scratch.queue("classic", x_max_length=1, x_overflow="reject-publish")
    refused = []
    confirming.events["basic_nack"].add(lambda *answer: refused.append(answer))
    publish(confirming, queue)
    publish(confirming, queue)
    assert heard(confirming, lambda: refused)
    assert scratch.depth(queue) == 1


def test_a_message_that_is_too_large_closes_the_channel(scratch, channel):
    configured = (BROKER_CONFIG / "rabbitmq.conf").read_text()
    limit = int(re.search(r"^max_message_size = (\d+)$", configured, re.MULTILINE).group(1))
    queue = scratch.queue()
    channel.confirm_delivery()
    channel.basic_publish("", queue, bytes(limit))
    with pytest.raises(ChannelClosedByBroker, match="larger than configured max size"):
        channel.basic_publish("", queue, bytes(limit + 1))
