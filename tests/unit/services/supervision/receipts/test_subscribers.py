"""What is concluded from a look at the broker, and when nothing is."""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from services.supervision.receipts import subscribers
from services.supervision.receipts.subscriber_queues import Look
from services.supervision.receipts.subscribers import Subscribers
from shared.domain.clock import Clock
from shared.domain.errors import DeadlineExceeded
from shared.platform.subscribers import ARCHIVE

DIGEST = "0" * 60 + "2edb"
ONE_WAITS = Look(1, 0, 0, frozenset())
NOW = "2017-02-13T12:00:00+08:00"


class Channel:
    def __init__(self, *bodies):
        self.letters = [
            SimpleNamespace(body=body, delivery_tag=tag, delivery_info={"routing_key": "archive"})
            for tag, body in enumerate(bodies, 1)
        ]
        self.acknowledged = []

    def basic_ack(self, tag):
        self.acknowledged.append(tag)


class Store:
    """What the subscribers have said, in memory."""

    def __init__(self):
        self.receipts, self.refused, self.kept = [], [], []

    def watch(self, names, now):
        pass

    def add(self, name, receipt, now):
        self.receipts.append((name, receipt["event"], receipt["outcome"]))

    def refuse(self, name, why, now):
        self.refused.append((name, why))

    def note_kept(self, name, found, is_all, now):
        self.kept.append((name, set(found), is_all))


@pytest.fixture
def at(monkeypatch):
    """`at(channel, versions, …)`: the subscribers, with `versions` each time it is asked what was
    sent."""

    def made(channel, *versions, look=ONE_WAITS):
        @contextmanager
        def direct_channel(uri):
            if channel is None:
                raise DeadlineExceeded({"reason": "away"})
            yield channel

        monkeypatch.setattr(subscribers, "direct_channel", direct_channel)
        monkeypatch.setattr(subscribers, "PAUSE_SECONDS", 0)
        queues = SimpleNamespace(look=lambda *_: look, receipts=lambda it: it.letters)
        monkeypatch.setattr(subscribers, "subscriber_queues", queues)
        names = dict.fromkeys(("sent_issues", "aggregates", "facts", "subscribers", "receipts"))
        context = SimpleNamespace(
            database=names,
            settings=SimpleNamespace(amqp_uri="amqp://nowhere"),
            clock=Clock.from_setting(NOW, "test"),
            action_log=SimpleNamespace(replayed=lambda queues: []),
        )
        found = Subscribers(context)
        given = list(versions)
        found.issues = SimpleNamespace(
            versions=lambda: given.pop(0) if len(given) > 1 else given[0],
            digests=lambda: {"e-1": DIGEST},
        )
        found.entries = SimpleNamespace(
            accounts=lambda: {ARCHIVE.name: ARCHIVE},
            tests=lambda: [{"event": "test-1", "digest": "1" * 64}],
        )
        found.store = Store()
        return found

    return made


def receipt(**changes):
    given = {"event": "e-1", "outcome": "accepted", "digest": DIGEST} | changes
    return json.dumps(given).encode()


def test_a_receipt_is_stored_before_it_is_acknowledged(at):
    channel = Channel(receipt(), receipt(outcome="refused"))
    found = at(channel, {"i": 3})
    assert found.look(1) == {"archive": Look(1, 0, 0, frozenset())}
    assert found.store.receipts == [("archive", "e-1", "accepted"), ("archive", "e-1", "refused")]
    assert channel.acknowledged == [1, 2]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (receipt(event="e-2"), "there is no such issue"),
        (receipt(digest="0" * 64), "another digest than the issue's"),
        (b"x", "not JSON"),
    ],
)
def test_a_receipt_that_counts_for_nothing_is_counted(at, bad, why):
    channel = Channel(bad)
    found = at(channel, {"i": 3})
    found.look(1)
    assert (found.store.receipts, found.store.refused) == ([], [("archive", why)])
    assert channel.acknowledged == [1]


def test_nothing_is_concluded_while_an_issue_is_on_its_way(at):
    channel = Channel(receipt())
    assert at(channel, None).look(3) is None
    # Published between the two questions: the broker's count isn't of the issues known before.
    found = at(channel, {"i": 3}, {"i": 3, "j": 3}, {"i": 3, "j": 3})
    assert found.look(1) is None
    assert (channel.acknowledged, found.store.receipts) == ([], [])
    assert found.look(1) is not None
    assert channel.acknowledged == [1]


def test_a_person_waits_until_it_is_known(at):
    assert at(Channel(), None, None, {"i": 3}).look(3) is not None


def test_nothing_is_concluded_while_the_broker_does_not_answer(at):
    found = at(None, {"i": 3})
    assert found.look(2) is None
    assert found.store.kept == []


def test_only_issues_are_noted_among_the_undelivered_messages(at):
    found = at(Channel(), {"i": 3}, look=Look(0, 0, 2, frozenset({"e-1", "stray"})))
    found.look(1)
    assert found.store.kept == [("archive", {"e-1"}, True)]
    found = at(Channel(), {"i": 3}, look=Look(0, 0, 101, frozenset({"e-1"})))
    found.look(1)
    assert found.store.kept == [("archive", {"e-1"}, False)]


def test_a_test_message_has_its_receipt_too(at):
    right, wrong = (receipt(event="test-1", digest=it * 64) for it in ("1", "2"))
    found = at(Channel(right, wrong), {"i": 3})
    found.look(1)
    assert found.store.receipts == [("archive", "test-1", "accepted")]
    assert found.store.refused == [("archive", "another digest than the issue's")]


def test_nothing_is_noted_of_a_queue_that_is_not_there(at):
    found = at(Channel(), {"i": 3}, look=None)
    assert found.look(1) == {"archive": None}
    assert found.store.kept == []
