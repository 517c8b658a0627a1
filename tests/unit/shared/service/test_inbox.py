"""The inbox and what a batch holds, without a broker: counted are the calls of the service."""

import json
from types import SimpleNamespace

import pytest

from shared.messaging.deliveries import Delivery, Rejection
from shared.service.inbox import Inbox
from tests.support.foreign import body, visits

COPIES = 3000


class Recording(Inbox):
    """Notes the calls of the service, which rejects what `judge` rejects."""

    def __init__(self, judge=lambda message: None):
        self.judge = judge
        self.calls, self.acked, self.dead = [], [], []
        self._stopping = False
        breaker = SimpleNamespace(
            is_open=False, record_valid=lambda: None, record_invalid=lambda reason: None
        )
        progress = SimpleNamespace(moved=lambda part: None)
        letters = SimpleNamespace(add=lambda *entry: self.dead.append(entry))
        self.context = SimpleNamespace(
            circuit_breaker=breaker, progress=progress, dead_letters=letters
        )

    def _call(self, messages):
        self.calls.append([message.head.id for message in messages])
        found = map(self.judge, messages)
        return {position: why for position, why in enumerate(found) if why}

    def ack(self, delivery):
        self.acked.append(delivery)


def deliveries(events):
    # Each with bytes of its own, as they come from the broker.
    bodies = (bytearray(body(event)) for event in events)
    return [Delivery(bytes(one), "relief.events", "visit.recorded") for one in bodies]


def test_copies_in_a_batch_are_one_call_with_one_message():
    inbox, event = Recording(), visits()
    inbox._take(deliveries([event] * COPIES))
    assert (inbox.calls, inbox.dead) == ([[event["id"]]], [])


def test_copies_are_one_message_among_others_too():
    inbox, events = Recording(), [visits() for _ in range(100)]
    inbox._take(deliveries(events * 5))
    assert inbox.calls == [[event["id"] for event in events]]


def test_a_copy_that_is_rejected_is_one_dead_letter_that_was_seen_so_often():
    inbox = Recording(lambda message: Rejection("unknown_orgunit", "410103999", "410103999"))
    copies = deliveries([visits()] * 5)
    inbox._take(copies)
    assert inbox.dead == [(copies[0], "unknown_orgunit", "410103999", "410103999", 5)]


def test_each_content_of_an_id_is_judged_by_itself_in_one_call():
    one = visits()
    others = [one | {"subjectsequence": number} for number in range(2, COPIES)]
    inbox = Recording(lambda message: message.event != one and Rejection("id_conflict"))
    inbox._take(deliveries([one, *others]))
    assert inbox.calls == [[one["id"]] * (1 + len(others))]
    rejected = [json.loads(delivery.body) for delivery, *_ in inbox.dead]
    assert rejected == others


def test_one_by_one_a_copy_of_what_was_taken_is_only_acknowledged():
    inbox, event = Recording(), visits()
    batch = deliveries([event] * COPIES)
    inbox._take_one_by_one(inbox, batch)
    assert (inbox.calls, inbox.acked) == ([[event["id"]]], batch)


def test_one_by_one_a_copy_of_what_failed_is_tried_again():
    def fail(message):
        raise ValueError

    inbox, batch = Recording(fail), deliveries([visits()] * 2)
    inbox._take_one_by_one(inbox, batch)
    assert (len(inbox.calls), inbox.acked) == (2, batch)
    assert [entry[1] for entry in inbox.dead] == ["handler_failed", "handler_failed"]


@pytest.mark.parametrize("body", [b"", b"{"])
def test_copies_that_cannot_be_read_are_no_call_and_each_is_counted(body):
    inbox = Recording()
    inbox._take([Delivery(body, "relief.events", "visit.recorded") for _ in range(3)])
    assert (inbox.calls, len(inbox.dead)) == ([], 3)
