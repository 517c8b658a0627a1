"""Looking for what others declared, and binding again."""

import pytest
from pika.exceptions import ChannelClosedByBroker

from deploy.local.waiting import wait_until

NOT_FOUND, RESOURCE_LOCKED, PRECONDITION_FAILED = 404, 405, 406
SECONDS = 20


def refusal(declare, *arguments, **options):
    """The reply code with which the broker closes the channel."""
    with pytest.raises(ChannelClosedByBroker) as caught:
        declare(*arguments, **options)
    return caught.value.reply_code


def test_looking_for_a_missing_queue_closes_the_channel(channel):
    assert refusal(channel.queue_declare, "assumption.missing", passive=True) == NOT_FOUND
    assert channel.is_closed and channel.connection.is_open


def test_looking_for_a_missing_exchange_closes_the_channel(channel):
    missing = ("assumption.missing", "topic")
    assert refusal(channel.exchange_declare, *missing, passive=True) == NOT_FOUND


def test_who_only_looks_may_name_other_arguments(scratch, channel):
    queue = scratch.queue("quorum")
    other = {"x-queue-type": "classic", "x-delivery-limit": 7}
    channel.queue_declare(queue, passive=True, durable=False, arguments=other)


def test_who_declares_with_other_arguments_is_refused(scratch, channel):
    queue, other = scratch.queue("quorum"), {"x-queue-type": "classic"}
    again = refusal(channel.queue_declare, queue, durable=True, arguments=other)
    assert again == PRECONDITION_FAILED


def test_binding_again_delivers_nothing_twice(scratch, channel):
    queue = scratch.queue()
    exchange = scratch.exchange("topic", [queue], routing_key="order.*")
    channel.queue_bind(queue, exchange, "order.*")
    channel.queue_bind(queue, exchange, "order.raised")
    scratch.publish(b"x", to="order.raised", exchange=exchange)
    assert channel.basic_get(queue)[2] == b"x"
    assert channel.basic_get(queue) == (None, None, None)


def test_a_reply_queue_goes_with_its_connection(scratch, channel):
    name = scratch.name()
    channel.queue_declare(name, exclusive=True, auto_delete=True)
    look = {"queue": name, "passive": True}
    assert refusal(scratch.channel().queue_declare, **look) == RESOURCE_LOCKED
    channel.connection.close()
    codes = (refusal(scratch.channel().queue_declare, **look) for _ in range(1000))
    assert wait_until(lambda: next(codes) == NOT_FOUND, SECONDS)
