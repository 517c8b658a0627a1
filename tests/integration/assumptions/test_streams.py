"""Streams: a log that everybody can read from its start, at any time."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from pika.exceptions import ChannelClosedByBroker

from deploy.local.places import ROOT

LEAVES = Path(__file__).with_name("leave_stream.py")
SECONDS = 20
FROM_THE_START = {"x-stream-offset": "first"}


def read(channel, stream, count, arguments=FROM_THE_START):
    channel.basic_qos(prefetch_count=10)
    messages = channel.consume(stream, arguments=arguments, inactivity_timeout=SECONDS)
    return [
        (properties.headers["x-stream-offset"], body)
        for _, properties, body in islice(messages, count)
    ]


def test_a_topic_exchange_reaches_a_stream_and_a_queue_at_once(scratch, channel):
    stream, queue = scratch.queue("stream"), scratch.queue()
    exchange = scratch.exchange("topic", [stream, queue], routing_key="order.*")
    scratch.publish(b"x", to="order.raised", exchange=exchange)
    assert read(channel, stream, 1) == [(0, b"x")]
    assert channel.basic_get(queue)[2] == b"x"


def test_who_comes_late_reads_all_of_it_and_so_does_the_next(scratch):
    stream = scratch.queue("stream")
    scratch.publish(b"1", b"2", b"3", to=stream)
    everything = [(0, b"1"), (1, b"2"), (2, b"3")]
    assert read(scratch.channel(), stream, 3) == everything
    assert read(scratch.channel(), stream, 3) == everything


def test_a_reader_goes_on_where_it_stopped(scratch, channel):
    stream = scratch.queue("stream")
    scratch.publish(b"1", b"2", b"3", to=stream)
    assert read(channel, stream, 1, {"x-stream-offset": 2}) == [(2, b"3")]


def test_a_stream_is_not_read_without_a_prefetch(scratch, channel):
    stream = scratch.queue("stream")
    with pytest.raises(ChannelClosedByBroker, match="prefetch count is not set"):
        channel.basic_consume(stream, print, arguments=FROM_THE_START)


def test_a_stream_that_still_has_more_can_be_left(scratch):
    stream = scratch.queue("stream")
    scratch.publish(*(b"x" for _ in range(500)), to=stream)
    command = [sys.executable, "-W", "ignore", LEAVES, scratch.amqp_uri, stream]
    inside = {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}, "timeout": SECONDS}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, **inside)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
