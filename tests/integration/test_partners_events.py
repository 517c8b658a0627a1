"""Events of a partner: what isn't allowed stays here, and what is allowed isn't lost."""

import json
import random
import threading
import uuid
from contextlib import contextmanager
from dataclasses import replace

import pika
import pytest

from deploy.local.places import ROOT
from tests.support import plain_amqp
from tests.support.partners import added, until
from tests.support.running import properties

GOLDEN = json.loads(
    (ROOT / "tests/contract/golden/events/relief.order.delivered.1.json").read_text("utf-8")
)
QUEUE = "school.orders"
EVENTS = 2000
KILLS = 12


@pytest.fixture(scope="module")
def kept(stack):
    with added(stack, events=("relief.order.*",)) as partner:
        yield partner


@pytest.fixture
def school(clean_stack, kept):
    """Connected, with an empty queue for everything that it may hear from relief."""
    kept.bridge.start()
    kept.bridge.await_connected(kept.name)
    hear_all(kept)
    yield kept


def hear_all(partner):
    with plain_amqp.channel(partner.uri) as channel:
        channel.queue_declare(QUEUE, durable=True)
        channel.queue_bind(QUEUE, "relief.events", "#")
        channel.queue_purge(QUEUE)


@contextmanager
def publisher(stack):
    """Publishes as relief does: `send(key)` returns the id of the event."""
    with plain_amqp.channel(stack.amqp_uri) as channel:
        channel.confirm_delivery()

        def send(key="order.delivered"):
            identity = str(uuid.uuid4())
            kind = f"relief.{key}"
            body = json.dumps(GOLDEN | {"id": identity, "type": kind}, ensure_ascii=False)
            given = properties(
                headers={"ce-mode": "structured"},
                message_id=identity,
                type=kind,
                timestamp=1486346400,
                app_id="relief",
                delivery_mode=2,
            )
            channel.basic_publish("relief.events", key, body.encode(), given, mandatory=True)
            return identity

        yield send


def taken(partner):
    """Every message that the partner has, in order: (method, properties, body)."""
    with plain_amqp.channel(partner.uri) as channel:
        found = []
        while (message := channel.basic_get(QUEUE, auto_ack=True))[0]:
            found.append(message)
        return found


def depth(uri, queue):
    with plain_amqp.channel(uri) as channel:
        return channel.queue_declare(queue, passive=True).method.message_count


def all_carried(stack, partner):
    """The bridge has carried all, and each acknowledgement has come."""
    queue = partner.partner.events_queue
    with plain_amqp.channel(stack.amqp_uri) as channel:
        until(lambda: channel.queue_declare(queue, passive=True).method.message_count == 0)
    until(lambda: ready_and_unacknowledged(stack, queue) == 0)


def ready_and_unacknowledged(stack, queue):
    listed = json.loads(
        stack.broker_control("list_queues", "name", "messages", "--formatter", "json")
    )
    return {it["name"]: it["messages"] for it in listed}[queue]


def test_an_allowed_event_arrives_as_it_was_and_no_other_does(clean_stack, school):
    with publisher(clean_stack) as send:
        for key in ("visit.recorded", "order", "period.sealed"):
            send(key)
        allowed = send()
    until(lambda: depth(school.uri, QUEUE) >= 1)
    [(method, sent, body)] = taken(school)
    assert (method.exchange, method.routing_key) == ("relief.events", "order.delivered")
    assert json.loads(body) == GOLDEN | {"id": allowed}
    assert (sent.content_type, sent.content_encoding) == ("application/json", "utf-8")
    assert (sent.message_id, sent.type, sent.app_id) == (
        allowed,
        "relief.order.delivered",
        "relief",
    )
    assert (sent.timestamp, sent.delivery_mode) == (1486346400, 2)
    assert sent.headers == {"ce-mode": "structured"}


def test_events_wait_while_the_bridge_is_down(clean_stack, school):
    school.bridge.process.kill()
    with publisher(clean_stack) as send:
        sent = [send() for _ in range(25)]
    school.bridge.start()
    until(lambda: depth(school.uri, QUEUE) >= len(sent))
    assert [properties.message_id for _, properties, _ in taken(school)] == sent


@pytest.mark.long
def test_a_bridge_killed_at_any_moment_loses_no_event(clean_stack, school, seed):
    chance = random.Random(seed)
    sent, done = [], threading.Event()

    def send_all():
        with publisher(clean_stack) as send:
            while len(sent) < EVENTS:
                sent.append(send())
        done.set()

    thread = threading.Thread(target=send_all)
    thread.start()
    for _ in range(KILLS):
        done.wait(chance.uniform(0.2, 2.5))
        school.bridge.process.kill()
        school.bridge.start()
    thread.join()
    all_carried(clean_stack, school)
    arrived = [properties.message_id for _, properties, _ in taken(school)]
    assert set(arrived) == set(sent)
    # A kill repeats at most those that were taken at once.
    assert len(arrived) - len(sent) <= 10 * KILLS


@pytest.mark.long
def test_a_pattern_that_is_no_longer_allowed_carries_nothing(clean_stack):
    with added(clean_stack, events=("relief.order.*",)) as partner:
        hear_all(partner)
        narrower = replace(partner.partner, events=("relief.visit.*",))
        partner.bridge.put(narrower, "person:tester")
        begun = f'"partner": "{partner.name}", "event": "partner begun"'
        until(lambda: partner.bridge.process.log_file.read_text().count(begun) == 2)
        partner.bridge.await_connected(partner.name)
        with publisher(clean_stack) as send:
            send("order.delivered")
            wanted = send("visit.recorded")
        all_carried(clean_stack, partner)
        until(lambda: depth(partner.uri, QUEUE) >= 1)
        assert [properties.message_id for _, properties, _ in taken(partner)] == [wanted]


@pytest.mark.long
def test_a_full_queue_of_the_partner_s_loses_no_event(clean_stack, school):
    with plain_amqp.channel(school.uri) as channel:
        arguments = {"x-max-length": 5, "x-overflow": "reject-publish"}
        channel.queue_declare("school.small", durable=True, arguments=arguments)
        channel.queue_bind("school.small", "relief.events", "#")
        with publisher(clean_stack) as send:
            sent = [send() for _ in range(30)]
        found = set()

        def all_heard():
            method, properties, _ = channel.basic_get("school.small", auto_ack=True)
            if method:
                found.add(properties.message_id)
            return found == set(sent)

        until(all_heard, 120)
        channel.queue_delete("school.small")


@pytest.mark.long
def test_during_the_broker_s_alarm_the_bridge_waits_and_keeps_its_connections(clean_stack, school):
    school.bridge.process.kill()
    with publisher(clean_stack) as send:
        sent = [send() for _ in range(50)]
    log = school.bridge.process.log_file
    before = log.read_text().count("link interrupted")
    clean_stack.broker_control("set_disk_free_limit", "90000GB")
    try:
        school.bridge.start()
        until(lambda: "bridge\tblocked" in listed(clean_stack), 60)
        assert depth(school.uri, QUEUE) == 0
    finally:
        clean_stack.broker_control("set_disk_free_limit", "500MB")
    until(lambda: depth(school.uri, QUEUE) >= len(sent))
    assert {properties.message_id for _, properties, _ in taken(school)} == set(sent)
    assert log.read_text().count("link interrupted") == before


def listed(stack):
    return stack.broker_control("list_connections", "user", "state")


@pytest.mark.long
def test_no_event_is_lost_when_the_broker_dies(clean_stack, school):
    if not clean_stack.owns_servers:
        pytest.skip("the broker isn't ours")
    with publisher(clean_stack) as send:
        sent = [send() for _ in range(200)]
    clean_stack.kill_broker()
    clean_stack.resume_infrastructure()
    with publisher(clean_stack) as send:
        sent += [send() for _ in range(20)]
    all_carried(clean_stack, school)
    assert {properties.message_id for _, properties, _ in taken(school)} == set(sent)


@pytest.mark.long
def test_what_a_partner_deletes_is_there_again_and_nobody_else_notices(clean_stack, school):
    with added(clean_stack, events=("relief.order.*",)) as other:
        hear_all(other)
        sent = []
        with publisher(clean_stack) as send:
            for _ in range(5):
                with plain_amqp.channel(school.uri) as channel:
                    channel.queue_delete(QUEUE)
                    channel.exchange_delete("relief.events")
                    channel.exchange_delete("nameko-rpc")
                    channel.queue_delete("rpc-relief")
                sent += [send() for _ in range(20)]
            until(lambda: depth(other.uri, QUEUE) >= len(sent))
            until(lambda: declared(school, "relief.events"))
            hear_all(school)
            last = send()
        until(lambda: depth(school.uri, QUEUE) >= 1)
        assert taken(school)[-1][1].message_id == last
        assert [properties.message_id for _, properties, _ in taken(other)] == [*sent, last]


def declared(partner, exchange):
    try:
        with plain_amqp.channel(partner.uri) as channel:
            channel.exchange_declare(exchange, passive=True)
    except pika.exceptions.ChannelClosedByBroker:
        return False
    return True
