"""What the broker didn't confirm is not taken as published, and stays pending."""

import uuid

import pytest
from pymongo import MongoClient

from shared.contracts.messages import Message, unsent
from shared.messaging.event_log import EventLog
from shared.messaging.outbox import Outbox
from shared.messaging.publisher import NotConfirmed, Publisher
from shared.platform.database import create_indexes
from tests.support import plain_amqp
from tests.support.foreign import visits

EXCHANGE = "test.full.events"
QUEUE = "test.full"


@pytest.fixture
def full(stack):
    """An exchange whose only queue takes one message and refuses more."""
    with plain_amqp.channel(stack.amqp_uri) as channel:
        channel.exchange_declare(EXCHANGE, "topic", durable=True)
        arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare(QUEUE, durable=True, arguments=arguments)
        channel.queue_bind(QUEUE, EXCHANGE, "#")
        yield channel
        channel.queue_delete(QUEUE)
        channel.exchange_delete(EXCHANGE)


@pytest.fixture
def outbox(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        name = f"warm_test_{uuid.uuid4().hex[:8]}"
        create_indexes(client[name])
        service_db = client[name]
        publisher = Publisher(stack.amqp_uri)
        yield Outbox(service_db["aggregates"], EventLog(service_db["log"]), publisher, EXCHANGE)
        publisher.close()
        client.drop_database(name)


def waiting(count):
    return [unsent(fresh()) for _ in range(count)]


def fresh():
    """An event that has no number yet."""
    event = visits()
    del event["sourcesequence"]
    return event


def pending(outbox, *events):
    outbox.aggregates.insert_many(
        {"_id": event["subject"], "commands": [{"id": event["id"]}], "pending": [unsent(event)]}
        for event in events
    )


def test_a_message_that_the_broker_refuses_is_no_message_that_went_out(stack, full):
    publisher = Publisher(stack.amqp_uri)
    with pytest.raises(NotConfirmed):
        publisher.publish(EXCHANGE, [Message.of(visits()) for _ in range(20)])
    publisher.close()


def test_a_connection_that_ended_while_nothing_was_sent_is_made_anew(stack):
    """As after a broker that was replaced."""
    publisher = Publisher(stack.amqp_uri_of("relief"))
    publisher.publish("relief.events", [Message.of(visits())])
    stack.broker_control("close_all_user_connections", "relief", "a test")
    publisher.publish("relief.events", [Message.of(visits())])
    publisher.close()


def test_what_was_refused_stays_pending_and_goes_out_later_with_the_same_number(outbox, full):
    events = [fresh() for _ in range(20)]
    pending(outbox, *events)
    with pytest.raises(NotConfirmed):
        outbox.sweep()
    assert outbox.pending() == 20
    numbers = {it["id"]: it["_id"] for it in outbox.log.collection.find()}
    full.queue_unbind(QUEUE, EXCHANGE, "#")
    assert outbox.sweep() == 20
    assert outbox.pending() == 0
    assert numbers == {it["id"]: it["_id"] for it in outbox.log.collection.find()}
    assert sorted(numbers.values()) == list(range(1, 21))


def test_fresh_events_that_the_sweeper_took_already_keep_their_numbers(outbox, full):
    full.queue_unbind(QUEUE, EXCHANGE, "#")
    events = [fresh() for _ in range(3)]
    pending(outbox, *events)
    assert outbox.sweep() == 3
    outbox.send(list(map(unsent, events)))
    assert [it["_id"] for it in outbox.log.collection.find().sort("_id", 1)] == [1, 2, 3]


def test_a_relay_that_thinks_an_old_number_is_the_last_leaves_no_gap(outbox):
    first, second = waiting(3), waiting(5)
    outbox.log.append(first)
    another = EventLog(outbox.log.collection)
    another.append(second)
    numbers = [message.head.sourcesequence for message in outbox.log.append(waiting(3))]
    assert numbers == [9, 10, 11]
