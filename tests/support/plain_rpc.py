"""Requests as a plain AMQP client makes them."""

import json
from contextlib import contextmanager

from shared.platform.topology import RPC_EXCHANGE
from tests.support import plain_amqp
from tests.support.running import SECONDS


@contextmanager
def listening(running):
    """(channel, name of a queue that gets the answers)"""
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, RPC_EXCHANGE, queue)
        yield channel, queue


def ask(channel, body, method, given):
    channel.basic_publish(RPC_EXCHANGE, f"relief.{method}", body, given)


def take(running, channel, queue):
    """The next message of the queue, waited for."""
    got = []

    def arrived():
        method, header, body = channel.basic_get(queue, auto_ack=True)
        if method:
            got[:] = [method, header, body]
        return method

    running.wait(arrived, SECONDS)
    return got


def answer(running, body, method, given):
    with listening(running) as (channel, queue):
        given.reply_to = queue
        ask(channel, body, method, given)
        return json.loads(take(running, channel, queue)[2])
