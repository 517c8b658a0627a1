"""Every event has its effect exactly once: in batches, twice, shuffled, over crashes."""

import json
import random
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

from pymongo import MongoClient

from deploy.local.places import ROOT
from shared.contracts.messages import event_of
from shared.domain.clock import Clock
from shared.domain.periods import format_instant
from shared.messaging.dead_letter_store import DeadLetterStore
from shared.messaging.deliveries import Delivery
from tests.support import plain_amqp
from tests.support.foreign import body, visits
from tests.support.running import SUBDISTRICT, WEEK, properties

VISITS = "relief.visits_household"
UNKNOWN = f"{SUBDISTRICT}999"
QUEUE = "supervision.inbox"
SEED = 20170206
COPIES = 3000
CONTENTS = 300


def together(running, bodies):
    """Let supervision find all of them in its inbox at once, each for the first time."""
    running.stack.stop_services(["supervision"])
    publish(running, bodies)
    running.start("supervision")


def publish(running, bodies):
    running.publish("relief.events", "visit.recorded", *((one, properties()) for one in bodies))


def counted(running):
    """How many visits the week has."""
    return int(running.live(VISITS) or 0)


def facts(running):
    return running.counts("supervision")["supervision", "facts"]


def test_of_a_batch_only_the_message_that_cannot_be_stored_is_a_dead_letter(running):
    before, stored, parked = counted(running), facts(running), running.parked()
    events = [visits("1") for _ in range(202)]
    guilty = [events[1], events[118]]
    guilty[0]["more"], guilty[1]["more"] = "\ud800", {"\ud800": 1}
    together(running, map(body, events))
    running.wait(lambda: counted(running) == before + 200)
    entries = running.dead_letters_since(parked)
    assert {entry["reason"] for entry in entries} == {"cannot_be_stored"}
    refused = {json.loads(entry["body"])["id"] for entry in entries}
    assert refused == {event["id"] for event in guilty}
    assert facts(running) == stored + 200
    running.wait(lambda: running.depth(QUEUE) == 0)


def test_what_no_database_has_a_type_for_is_kept_as_it_came(running):
    before, parked = counted(running), running.parked()
    odd = [visits("1", more=2**70), visits("1", more={"a\x00b": 1}), visits("1", more=1e300)]
    publish(running, map(body, odd))
    running.wait(lambda: counted(running) == before + len(odd))
    assert running.parked() == parked
    with running.service_db("supervision") as service_db:
        for event in odd:
            assert event_of(service_db["facts"].find_one({"_id": event["id"]})) == event


def test_another_event_with_a_number_that_is_taken_is_a_dead_letter(running):
    before, parked = counted(running), running.parked()
    one = visits("3")
    other = visits("5", sourcesequence=one["sourcesequence"])
    publish(running, [body(one)])
    running.wait(lambda: counted(running) == before + 3)
    publish(running, [body(other)])
    running.wait(lambda: running.parked() - parked)
    [entry] = running.dead_letters_since(parked)
    assert (entry["reason"], json.loads(entry["body"])) == ("number_taken", other)
    assert counted(running) == before + 3


def test_a_batch_with_broken_messages_in_it_is_stored_without_them(running):
    before, parked = counted(running), running.parked()
    bodies = [body(visits("1")) for _ in range(100)]
    broken = [b"", b"{", b"[]", body(visits(orgunit=UNKNOWN)), body(visits(source="/warm/x"))]
    mixed = bodies + broken
    random.Random(SEED).shuffle(mixed)
    together(running, mixed)
    running.wait(lambda: counted(running) == before + 100)
    running.wait(lambda: len(running.parked() - parked) == len(broken))


def test_of_one_id_with_two_contents_in_one_batch_only_the_other_is_a_dead_letter(running):
    before, parked = counted(running), running.parked()
    one = visits("3")
    stranger = visits("7", id=one["id"], orgunit=UNKNOWN)
    other = visits("5", id=one["id"])
    together(running, map(body, (stranger, one, other, one)))
    running.wait(lambda: len(running.parked() - parked) == 2)
    reasons = {entry["reason"]: entry["body"] for entry in running.dead_letters_since(parked)}
    assert set(reasons) == {"unknown_orgunit", "id_conflict"}
    assert json.loads(reasons["id_conflict"]) == other
    assert counted(running) == before + 3


def test_events_delivered_twice_and_shuffled_count_once(running):
    before, stored, parked = counted(running), facts(running), running.parked()
    events = [visits(str(n)) for n in range(1, 251)]
    twice = list(map(body, events)) * 2
    random.Random(SEED).shuffle(twice)
    publish(running, twice)
    running.wait(lambda: running.depth(QUEUE) == 0)
    running.wait(lambda: counted(running) == before + sum(range(1, 251)))
    assert (facts(running), running.parked()) == (stored + 250, parked)


def test_of_one_subject_the_highest_sequence_decides_in_whatever_order_they_come(running):
    before = counted(running)
    subjects = [f"subject-{n}" for n in range(20)]
    versions = [
        visits(str(version), subject=subject, subjectsequence=version)
        for subject in subjects
        for version in range(1, 8)
    ]
    random.Random(SEED).shuffle(versions)
    for event in versions:
        publish(running, [body(event)])
    running.wait(lambda: running.depth(QUEUE) == 0)
    running.wait(lambda: counted(running) == before + 7 * len(subjects))


def test_a_correction_takes_its_event_out_of_the_week_before(running):
    before, event = counted(running), visits("3")
    publish(running, [body(event)])
    running.wait(lambda: counted(running) == before + 3)
    running.wait(lambda: running.health("supervision")["unfolded"] == 0)
    moved = visits(
        "5",
        type="relief.visit.corrected",
        dataschema="urn:warm:relief.visit.corrected:1",
        subject=event["subject"],
        subjectsequence=2,
        time=format_instant(WEEK.start - timedelta(hours=9)),
    )
    publish(running, [body(moved)])
    running.wait(lambda: running.live(VISITS, week=WEEK.previous()) == "5")
    running.wait(lambda: running.health("supervision")["unfolded"] == 0)
    assert counted(running) == before


def test_a_supervision_killed_in_the_middle_counts_each_event_once(running):
    before, stored, parked = counted(running), facts(running), running.parked()
    # So many that it is still at work when it is killed.
    count = 10_000
    bodies = [body(visits("1")) for _ in range(count)]
    running.stack.stop_services(["supervision"])
    publish(running, bodies)
    chance = random.Random(SEED)
    running.start("supervision")
    for _ in range(2):
        some = min(facts(running) + chance.randrange(500, 3000), stored + count - 10)
        running.wait(lambda n=some: facts(running) >= n)
        running.stack.kill_service("supervision")
        running.start("supervision")
    running.wait(lambda: counted(running) == before + count)
    running.wait(lambda: running.depth(QUEUE) == 0)
    assert (facts(running), running.parked()) == (stored + count, parked)


def test_what_another_consumer_refused_is_kept_with_its_body(running):
    # What was taken and isn't acknowledged would be in the queue again.
    running.wait(lambda: running.health("supervision")["progress"]["inbox"]["state"] == "idle")
    parked, event = running.parked(), visits()
    running.stack.stop_services(["supervision"])
    publish(running, [body(event)])
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        running.wait(lambda: refuse_one(channel))
    running.start("supervision")
    running.wait(lambda: running.parked() - parked)
    [entry] = running.dead_letters_since(parked)
    assert (entry["reason"], json.loads(entry["body"])) == ("dead_lettered", event)


def refuse_one(channel):
    method, _, _ = channel.basic_get(QUEUE)
    if method:
        channel.basic_nack(method.delivery_tag, requeue=False)
    return method


def test_a_unit_registered_during_a_retry_is_not_missed(stack):
    now = WEEK.start
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        dead_letters = DeadLetterStore(client.warm_test.parked, Clock(lambda: now))
        dead_letters.add(Delivery(b"{}", "relief.events", "visit.recorded"), "handler_failed")
        now += timedelta(seconds=2)
        [entry] = dead_letters.due()
        dead_letters.failed_again(entry, "unknown_orgunit", orgunit=UNKNOWN)
        now += timedelta(seconds=10)
        [entry] = dead_letters.due()
        dead_letters.units_registered([UNKNOWN])
        dead_letters.failed_again(entry, "unknown_orgunit", orgunit=UNKNOWN)
        assert [again["attempts"] for again in dead_letters.due()] == [0]


def test_a_stock_nameko_listener_decodes_our_events(running):
    with stock_listener(running) as listener:
        identity = running.raise_order()["id"]
        event = json.loads(listener.stdout.readline())
    assert event == running.ask("relief", "events", after=0)["events"][-1]
    assert (event["subject"], event["data"]["items"][0]["item"]) == (identity, "大米")


@contextmanager
def stock_listener(running):
    script = ROOT / "tests" / "support" / "stock_listener.py"
    command = [sys.executable, "-W", "ignore", str(script), running.stack.amqp_uri]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listener:
        try:
            assert listener.stdout.readline() == "listening\n"
            yield listener
        finally:
            listener.kill()
            remove_queue(running, "evt-relief-order.raised--listener.hear")


def remove_queue(running, name):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_delete(name)


def test_thousands_of_copies_in_one_batch_are_one_event(running):
    before, stored, parked = counted(running), facts(running), running.parked()
    together_in_one_batch(running, [body(visits("3"))] * COPIES)
    running.wait(lambda: running.depth(QUEUE) == 0)
    running.wait(lambda: counted(running) == before + 3)
    assert (facts(running), running.parked()) == (stored + 1, parked)


def together_in_one_batch(running, bodies):
    running.stack.stop_services(["supervision"])
    publish(running, bodies)
    size = {"WARM_BATCH": str(len(bodies))}
    running.stack.start_services(["supervision"], running.environment | size)
    running.stack.wait_answering(["supervision"])


def test_of_an_id_with_hundreds_of_contents_one_is_a_fact_and_each_other_a_dead_letter(running):
    before, stored, parked = counted(running), facts(running), running.parked()
    one = visits("3")
    contents = [one, *(one | {"subjectsequence": number} for number in range(2, CONTENTS + 1))]
    together_in_one_batch(running, [body(event) for event in contents])
    running.wait(lambda: len(running.parked() - parked) == CONTENTS - 1)
    assert running.health("supervision")["parked"] == CONTENTS - 1 + len(parked)
    running.wait(lambda: counted(running) == before + 3)
    assert facts(running) == stored + 1
