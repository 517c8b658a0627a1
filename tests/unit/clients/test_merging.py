"""From the stream to the queue: each report once, in order, however the two arrive and wherever the
subscriber is killed. The broker is simulated; tests/integration/clients has a real one."""

import random
from dataclasses import dataclass, field

import pytest

from tests.support.signed_reports import Office, message
from tests.unit.clients.test_intake import Consumer
from warm_client.merging import Merging, Message, StreamChanged
from warm_client.store import Position

OFFICE = Office()
ISSUES = [message(OFFICE, number) for number in range(1, 13)]
NAMES = [f"2017-W{number:02}-r0" for number in range(6, 18)]
QUIET = 5.0


class Killed(BaseException):
    pass


@dataclass
class Broker:
    """A stream with everything, and a queue from which what is acknowledged is gone."""

    stream: list = field(default_factory=list)
    queue: list = field(default_factory=list)

    def publish(self, content):
        self.stream.append(content)
        self.queue.append(content)


class Life:
    """A subscriber from its start until it is killed. `chance` decides what arrives when."""

    def __init__(self, broker, path, chance):
        self.broker, self.chance = broker, chance
        self.consumer = Consumer(path)
        self.now = 0.0
        self.merging = Merging(self.consumer.store, self.consumer.intake.is_settled, True, 0.0)
        position = self.consumer.store.position
        self.read = position.offset if position else 0
        self.sent = 0

    def step(self):
        """Something arrives, or is dealt with."""
        self.now += 0.01
        arrivals = [self._from_stream, self._from_queue]
        self.chance.choice(arrivals)()
        found = self.merging.next(self.now)
        if found:
            self._maybe_die()
            self.consumer.take(found.body, sent_to_us=found.offset is None)
            self._maybe_die()
            self.merging.done(found, self.now)
            self._maybe_die()
            if found.offset is None:
                self.broker.queue.remove(found.body)
                self.sent -= 1

    def _maybe_die(self):
        if self.chance.random() < 0.05:
            raise Killed

    def _from_stream(self):
        if self.read < len(self.broker.stream) and not self.merging.is_live:
            self.merging.add(Message(self.broker.stream[self.read], self.read, None), self.now)
            self.read += 1

    def _from_queue(self):
        # A prefetch of one.
        if self.sent == 0 and self.broker.queue:
            self.merging.add(Message(self.broker.queue[0], None, None), self.now)
            self.sent = 1


@pytest.mark.parametrize("seed", range(12))
def test_each_comes_once_and_in_order_wherever_it_is_killed(seed, tmp_path):
    chance = random.Random(seed)
    broker, waiting = Broker(), list(ISSUES)
    # The queue was added when some were published already, and was emptied now and then.
    for _ in range(chance.randrange(6)):
        broker.stream.append(waiting.pop(0))
    while True:
        life = Life(broker, tmp_path / "store", chance)
        try:
            for _ in range(400):
                if waiting and chance.random() < 0.1:
                    broker.publish(waiting.pop(0))
                life.step()
            break
        except Killed:
            life.consumer.store.close()
    assert waiting == []
    assert life.consumer.kept == NAMES
    assert broker.queue == []


@pytest.fixture
def consumer():
    return Consumer()


def merging(consumer, reads_stream=True):
    return Merging(consumer.store, consumer.intake.is_settled, reads_stream, 0.0, QUIET)


def queued(content):
    return Message(content, None, None)


def test_it_is_live_when_the_stream_has_brought_what_waits_in_the_queue(consumer):
    order = merging(consumer)
    order.add(queued(ISSUES[1]), 0.0)
    assert order.next(0.0) is None
    for offset in (0, 1):
        order.add(Message(ISSUES[offset], offset, None), 0.0)
        found = order.next(0.0)
        consumer.take(found.body)
        order.done(found, 0.0)
        assert not order.is_live
    assert order.next(0.0).body == ISSUES[1]
    assert order.is_live


def test_a_message_that_is_not_in_the_stream_is_taken_when_that_is_quiet(consumer):
    order = merging(consumer)
    order.add(queued(ISSUES[0]), 1.0)
    assert order.next(QUIET - 0.1) is None
    assert order.next(QUIET).body == ISSUES[0]
    assert not order.is_live


def test_without_the_stream_the_queue_is_taken_at_once(consumer):
    order = merging(consumer, reads_stream=False)
    order.add(queued(ISSUES[0]), 0.0)
    assert order.next(0.0).body == ISSUES[0]


def test_a_stream_that_was_made_again_is_noticed_by_its_first_message(consumer):
    consumer.store.position = Position(0, "another")
    order = merging(consumer)
    order.add(Message(ISSUES[0], 0, None), 0.0)
    with pytest.raises(StreamChanged):
        order.next(0.0)


def test_a_stream_that_was_made_again_and_is_shorter_is_noticed_by_its_silence(consumer):
    consumer.store.position = Position(7, "former")
    order = merging(consumer)
    order.add(queued(ISSUES[0]), 0.0)
    assert order.next(1.0) is None
    with pytest.raises(StreamChanged):
        order.next(QUIET)
