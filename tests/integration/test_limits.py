"""Large messages: they are handled a few at a time, in pages, or refused."""

import json
import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from deploy.local.places import ROOT
from shared.contracts import limits
from shared.domain.errors import ValidationFailed
from tests.support import plain_amqp
from tests.support.foreign import body, visits
from tests.support.running import SECONDS, properties

LARGE = 2_000_000
MANY = 30
QUEUE = "test-large-messages"


@pytest.fixture
def queue(running):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_declare(QUEUE)
        yield QUEUE
        channel.queue_delete(QUEUE)


def test_no_more_messages_are_read_than_there_is_room_for(running, queue):
    running.publish("", queue, *[bytes(LARGE)] * MANY)
    script = Path(__file__).with_name("large_messages.py")
    arguments = [running.stack.amqp_uri, queue, str(MANY)]
    found = subprocess.run(
        [sys.executable, "-W", "ignore", script, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=SECONDS,
    )
    told = json.loads(found.stdout)
    # The message with which the room is full, and what was on its way then.
    assert limits.INBOX_BYTES < told["held"] * LARGE <= limits.INBOX_BYTES + 2 * LARGE
    assert all(sum(batch) <= limits.BATCH_BYTES for batch in told["batches"])
    assert list(chain.from_iterable(told["batches"])) == [LARGE] * MANY
    running.wait(lambda: running.depth(queue) == 0)


def test_a_page_of_events_ends_before_it_is_too_large(running):
    first = running.ask("clinics", "events", after=0)["last"]
    with running.service_db("clinics") as database:
        database["log"].insert_many(
            {"_id": n, "id": f"large-{n}", "type": "x", "event": large(n)}
            for n in range(first + 1, first + 6)
        )
        try:
            after, pages = first, []
            while events := running.rpc.call("clinics", "events", after=after)["events"]:
                pages.append(len(events))
                after = events[-1]["sourcesequence"]
        finally:
            database["log"].delete_many({"_id": {"$gt": first}})
    assert pages == [2, 2, 1]


def large(number):
    return body(visits(sourcesequence=number, more="x" * LARGE)).decode()


@pytest.mark.parametrize("more", [1, limits.REQUEST_BYTES])
def test_a_client_sends_nothing_that_is_too_large(running, more):
    with pytest.raises(ValidationFailed) as caught:
        running.do("relief", "record_visits", what="x" * (limits.REQUEST_BYTES + more))
    assert set(caught.value.data) == {"_body"}


def test_events_that_are_deep_are_dead_letters(running):
    deep = body(visits(more=1)).replace(b'"more": 1', b'"more": ' + b"[" * 200 + b"]" * 200)
    before = running.parked()
    running.publish("relief.events", "visit.recorded", (deep, properties()))
    running.wait(lambda: running.dead_letters_since(before))
    [entry] = running.dead_letters_since(before)
    assert (entry["reason"], entry["state"]) == ("wrong_type", "parked")
