"""A hundred subscribers at once, one of them slow: what they cost who publishes, and ingest.

Issues go out at a fixed rate, far above a district's one a week.
"""

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from itertools import islice

import pika

from deploy.local.places import ROOT
from tests.bench import ingest
from tests.bench.report import median
from tests.bench.stage import FIRST_WEEK
from tests.support.district.history import weeks_of_events

MANY = 100
SCRIPT = ROOT / "tests" / "bench" / "peers" / "readers.py"
EXCHANGE, STREAM, PREFIX = "bench.issues", "bench.reports", "bench.sub"
# As large as an issue of a district with 176 communities.
BODY = b"x" * 300_000
# The first issues after so many have connected take longer: they aren't counted. Of so few others
# that the 99th percentile was the slowest, one of the first decided.
ISSUES, WARM_UP = 100, 5
# For the stream, and while ingest is measured.
EVERY_SECONDS, BESIDE_SECONDS = 1.0, 5.0


def run(stage, rounds, say):
    """p99 in milliseconds of the publisher's confirms; ingest beside the queues of all, as a ratio
    to ingest alone; how many issues any of the quick ones missed."""
    with exchange(stage):
        p99 = {count: confirms(stage, count) for count in (1, MANY)}
        say(f"p99 of confirms: {p99[1]:.1f} ms with one reader, {p99[MANY]:.1f} with {MANY}")
        found = [beside_ingest(stage, number, rounds, say) for number in range(rounds)]
    return {
        "confirm_p99_ms": {str(count): round(it, 1) for count, it in p99.items()},
        "confirm_times": round(p99[MANY] / p99[1], 2),
        "ingest_ratio": median(ratio for ratio, _ in found),
        "missed": sum(missed for _, missed in found),
    }


@contextmanager
def exchange(stage):
    """The bench's own, with a stream behind it."""
    with stage.channel() as channel:
        channel.exchange_declare(EXCHANGE, "fanout", durable=True)
        channel.queue_declare(STREAM, durable=True, arguments={"x-queue-type": "stream"})
        channel.queue_bind(STREAM, EXCHANGE)
    try:
        yield
    finally:
        with stage.channel() as channel:
            channel.queue_delete(STREAM)
            channel.exchange_delete(EXCHANGE)


def confirms(stage, count):
    """p99 of the time until the broker has an issue safe, while so many read the stream."""
    with readers(stage, count, "stream", STREAM) as counts, stage.channel() as channel:
        channel.confirm_delivery()
        taken = [publish(channel, EVERY_SECONDS) for _ in range(WARM_UP + ISSUES)]
    quick = counts[1:] or counts
    assert count == 1 or all(it == WARM_UP + ISSUES for it in quick), counts
    return sorted(taken[WARM_UP:])[ISSUES * 99 // 100 - 1] * 1000


def publish(channel, every):
    """Publish an issue, and wait for the next one's time. Returns the seconds to the confirm."""
    began = time.perf_counter()
    channel.basic_publish(EXCHANGE, "", BODY, pika.BasicProperties(delivery_mode=2))
    taken = time.perf_counter() - began
    channel.connection.sleep(max(0.0, every - taken))
    return taken


def beside_ingest(stage, number, rounds, say):
    """(rate of ingest beside the subscribers by that alone, issues that a quick one missed)"""
    told = weeks_of_events(FIRST_WEEK, ingest.WEEKS, ingest.EVENTS + ingest.WARM_UP, stage.units)
    events = list(islice(told, ingest.EVENTS + ingest.WARM_UP))
    alone = ingest.own_rate(stage, events, ingest.EVENTS)
    with queues(stage) as names, readers(stage, MANY, "queues", PREFIX) as counts:
        with publishing(stage) as sent:
            beside = ingest.own_rate(stage, events, ingest.EVENTS)
        stage.until(lambda: all(stage.depth(name) == 0 for name in names[1:]))
    missed = sum(len(sent) - it for it in counts[1:])
    said = f"ingest {beside:.0f}/s beside {len(sent)} issues for {MANY}, {alone:.0f}/s alone"
    say(f"subscribers {number + 1}/{rounds}: {said}")
    return beside / alone, missed


@contextmanager
def queues(stage):
    """A quorum queue for each subscriber."""
    names = [f"{PREFIX}.{number}" for number in range(MANY)]
    with stage.channel() as channel:
        for name in names:
            channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})
            channel.queue_bind(name, EXCHANGE)
    try:
        yield names
    finally:
        with stage.channel() as channel:
            for name in names:
                channel.queue_delete(name)


@contextmanager
def publishing(stage):
    """Issues go out all the time inside; a list with an entry for each that is confirmed."""
    sent, stopping = [], threading.Event()

    def work():
        with stage.channel() as channel:
            channel.confirm_delivery()
            while not stopping.is_set():
                sent.append(publish(channel, 0))
                stopping.wait(BESIDE_SECONDS)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield sent
    finally:
        stopping.set()
        thread.join()


@contextmanager
def readers(stage, count, kind, name):
    """So many subscribers read inside; afterwards the list has how many messages each had."""
    counts = []
    command = [sys.executable, "-W", "ignore", SCRIPT, stage.stack.amqp_uri, str(count), kind, name]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=stage.environment, **pipes) as process:
        assert process.stdout.readline() == "ready\n"
        yield counts
        said, _ = process.communicate("", timeout=60)
        counts.extend(json.loads(said))
