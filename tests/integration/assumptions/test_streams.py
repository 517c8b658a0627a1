"""Streams: a log that everybody can read from its start, at any time."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from kombu import Connection
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


def test_a_late_reader_of_a_shortened_stream_begins_later_without_an_error(scratch):
    """Who reads `warm.log` finds out by the numbers of the events, as a rebuild does."""
    limits = {"x_max_length_bytes": 200_000, "x_stream_max_segment_size_bytes": 50_000}
    stream = scratch.queue("stream", **limits)
    for n in range(30):
        scratch.publish(*(b"%05d" % (5 * n + m) + b"x" * 10_000 for m in range(5)), to=stream)
    found = []
    # pika would return the messages that it has fetched, which a stream refuses.
    with Connection(scratch.amqp_uri) as connection:
        channel = connection.default_channel
        channel.basic_qos(0, 10, False)
        channel.basic_consume(stream, arguments=FROM_THE_START, callback=found.append)
        while not found:
            connection.drain_events(timeout=SECONDS)
    assert int(found[0].body[:5]) > 0
