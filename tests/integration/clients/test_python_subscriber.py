"""The Python client's subscribers on a real broker: away, late, killed, refused."""

import json
import random
import signal
import subprocess
import threading
from contextlib import contextmanager

import pytest

from deploy.local.waiting import wait_until
from shared.platform import topology
from tests.support import plain_amqp
from tests.support.report_reader import OFFICE, QUEUE, SECONDS, Place
from tests.support.signed_reports import (
    Office,
    announcement,
    body,
    event,
    message,
    retirement,
    week,
)
from warm_client import KeyRing, Options, Retries, Subscriber

STREAM = "reports"
KINDS = ("sync", "async")


@pytest.fixture
def place(clean_stack, tmp_path):
    return Place(clean_stack, tmp_path)


def die_and_come_back(place, kind, chance, published, total):
    """Publish the rest of `total` issues one by one, each time a process was killed."""
    killed = 0
    for number in range(published + 1, total + 1):
        place.publish_issues(number)
        if place.run(kind, total, points=chance.randrange(1, 60)) == -signal.SIGKILL:
            killed += 1
    while place.run(kind, total, points=chance.randrange(20, 200)) == -signal.SIGKILL:
        killed += 1
    return killed


def check_killed_anywhere(place, kind, seed, away, late):
    chance = random.Random(seed)
    place.publish_issues(*range(1, away + 1))
    if late:
        # As if its queue had been made only now: these are in the stream alone.
        place.purge(QUEUE)
    total = away + 4
    assert die_and_come_back(place, kind, chance, away, total) >= 2
    assert place.kept == list(range(1, total + 1))
    with running(place) as _:
        assert wait_until(lambda: place.depth == 0, SECONDS)
    assert place.kept == list(range(1, total + 1))


@pytest.mark.parametrize("kind", KINDS)
def test_away_for_ten_issues_and_killed_anywhere_it_has_each_once_and_in_order(place, kind, seed):
    check_killed_anywhere(place, kind, seed, away=10, late=kind == "async")


@pytest.mark.long
@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", range(12))
def test_killed_anywhere_again_and_again(place, kind, seed, number, late):
    check_killed_anywhere(place, kind, seed + number, away=10, late=late)


def test_each_issue_has_its_receipt_and_what_is_invalid_is_set_aside(place):
    good, data = message(OFFICE, 1), OFFICE.issue(2)
    bad = body(event(data | {"document": data["document"].replace("温暖", "冷淡")}))
    forged = message(Office(b"\x02" * 32), 3)
    place.publish(good, bad, forged, message(OFFICE, 4))
    with running(place, retries=Retries(attempts=2, first=0.1)) as one:
        assert wait_until(lambda: len(one.names) == 2 and place.depth == 0, SECONDS)
    assert one.names == ["2017-W06-r0", "2017-W09-r0"]
    assert [(it.body, it.reason[:12]) for it in one.subscriber.set_aside()] == [
        (bad, "the digest d"),
        (forged, "unknown key "),
    ]
    outcomes = {identity: set(it) for identity, it in place.receipts().items()}
    expected = [(good, "accepted"), (bad, "refused"), (forged, "refused")]
    for content, outcome in expected:
        assert outcomes[json.loads(content)["id"]] == {outcome}


def test_what_the_handler_refused_is_handled_again_when_it_can(place):
    place.publish_issues(1, 2)
    fails = [1]

    def handler(report):
        if report.issue in fails:
            raise ValueError("no room")

    with running(place, handler, retries=Retries(attempts=2, first=0.1)) as one:
        assert wait_until(lambda: one.names == ["2017-W07-r0"], SECONDS)
    fails.clear()
    again = Receiving(place, handler)
    assert again.subscriber.replay() == 1
    assert again.names == ["2017-W06-r0"]
    assert again.subscriber.set_aside() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_the_one_before_signed_is_followed(place, kind):
    successor = Office(b"\x03" * 32)
    place.address.write_text(place.stack.amqp_uri)
    place.publish(message(OFFICE, 1), message(successor, 2))
    to_keys(place, announcement(successor, by=OFFICE))
    assert place.run(kind, 2) == 0
    assert place.kept == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_retired_key_signed_later_is_refused(place, kind):
    """The keys are read before the reports, also those that are far behind in their stream."""
    successor = Office(b"\x03" * 32)
    place.address.write_text(place.stack.amqp_uri)
    to_keys(place, *[announcement(successor, by=OFFICE, sourcesequence=2)] * 50)
    to_keys(place, retirement(OFFICE, sourcesequence=10))
    numbers = {1: (OFFICE, 9), 2: (OFFICE, 11), 3: (successor, 12)}
    for number, (office, sequence) in numbers.items():
        place.publish(body(event(office.issue(number), sourcesequence=sequence)))
    assert place.run(kind, 3) == 0
    assert place.kept == [1, 3]
    outcomes = [outcome for [outcome] in place.receipts().values()]
    assert sorted(outcomes) == ["accepted", "accepted", "refused"]


def to_keys(place, *events):
    with plain_amqp.channel(place.stack.amqp_uri) as channel:
        arguments = {"x-queue-type": "stream"}
        channel.queue_declare("keys", durable=True, arguments=arguments)
        for found in events:
            channel.basic_publish("", "keys", body(found))


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_not_send_receipts_receives_all_the_same(place, kind):
    place.publish_issues(1, 2)
    assert place.run(f"somebody-else {kind}", 2) == 0
    assert place.kept == [1, 2]
    assert place.receipts() == {}


def test_it_begins_with_an_issue_of_its_choice(place):
    place.publish_issues(1, 2, 3, 4)
    place.purge(QUEUE)
    place.publish_issues(5)
    with running(place, from_issue=3) as one:
        assert wait_until(lambda: len(one.names) == 3, SECONDS)
    assert one.names == [f"{week(number)}-r0" for number in (3, 4, 5)]


def test_a_message_that_is_in_the_queue_alone_is_received_too(place):
    place.publish_issues(1)
    place.send_to_queue(message(OFFICE, 2))
    with running(place) as one:
        assert wait_until(lambda: len(one.names) == 2, SECONDS)


def test_a_stream_that_was_made_again_is_read_from_its_beginning(place):
    place.publish_issues(1, 2, 3)
    with running(place) as one:
        assert wait_until(lambda: len(one.names) == 3 and place.depth == 0, SECONDS)
    place.stack.broker_control("delete_queue", STREAM)
    topology.apply(place.stack.amqp_uri)
    place.publish_issues(4)
    with running(place) as one:
        assert wait_until(lambda: one.names == [f"{week(4)}-r0"], SECONDS)


@pytest.mark.long
def test_it_goes_on_after_the_broker_was_restarted(place):
    place.publish_issues(1)
    with running(place) as one:
        assert wait_until(lambda: len(one.names) == 1, SECONDS)
        place.stack.kill_broker()
        place.stack.resume_infrastructure()
        place.publish_issues(2)
        assert wait_until(lambda: len(one.names) == 2 and place.depth == 0, SECONDS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_cleanly_on_sigterm(place, kind):
    place.publish_issues(1)
    program = subprocess.Popen(place.command(kind, 99), env=place.environment)
    try:
        assert wait_until(lambda: place.kept == [1] and place.depth == 0, SECONDS)
        program.send_signal(signal.SIGTERM)
        assert program.wait(SECONDS) == 0
    finally:
        program.kill()
        program.wait()


class Receiving:
    """A subscriber of this process, which notes what it handled."""

    def __init__(self, place, handler=lambda report: None, **options):
        self.names = []
        self._handler = handler
        self.subscriber = Subscriber(
            place.uri,
            self._handle,
            store=place.store,
            keys=KeyRing.from_file(place.keys),
            options=Options(quiet_seconds=1.0, **options),
        )

    def _handle(self, report, db):
        self._handler(report)
        self.names.append(report.name)


@contextmanager
def running(place, handler=lambda report: None, **options):
    one = Receiving(place, handler, **options)
    thread = threading.Thread(target=one.subscriber.run)
    thread.start()
    try:
        yield one
    finally:
        one.subscriber.stop()
        thread.join(SECONDS)
        assert not thread.is_alive()
