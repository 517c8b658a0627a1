"""What kombu makes of Python values, and which messages it decodes."""

import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from kombu import Connection, Consumer, Queue
from kombu.exceptions import ContentDisallowed

SECONDS = 20
EVENT = b'{"specversion": "1.0"}'


@pytest.fixture
def connection(scratch):
    with Connection(scratch.amqp_uri) as connection:
        yield connection


def decoded(connection, queue):
    """What a stock consumer that accepts JSON makes of the next message."""
    bodies = []
    queue = Queue(queue, no_declare=True)
    callbacks = [lambda body, message: bodies.append(body)]
    with Consumer(connection, [queue], callbacks=callbacks, accept=["json"]):
        connection.drain_events(timeout=SECONDS)
    return bodies[0]


def on_the_wire(scratch, connection, body):
    queue = scratch.queue()
    producer = connection.Producer(auto_declare=False)
    producer.publish(body, routing_key=queue, serializer="json")
    connection.release()
    return json.loads(scratch.channel().basic_get(queue)[2])


def test_application_json_is_decoded(scratch, connection):
    queue = scratch.queue()
    scratch.publish(EVENT, to=queue, content_type="application/json", content_encoding="utf-8")
    assert decoded(connection, queue) == {"specversion": "1.0"}


def test_the_content_type_of_cloudevents_is_not_decoded(scratch, connection):
    queue = scratch.queue()
    kind = "application/cloudevents+json"
    scratch.publish(EVENT, to=queue, content_type=kind, content_encoding="utf-8")
    with pytest.raises(ContentDisallowed):
        decoded(connection, queue)


@pytest.mark.parametrize(
    "value", [datetime(2017, 2, 6, tzinfo=UTC), Decimal("1.5"), uuid.UUID(int=1)]
)
def test_values_beyond_json_travel_as_something_only_kombu_reads(scratch, connection, value):
    assert "__type__" in on_the_wire(scratch, connection, {"value": value})["value"]


def test_plain_values_travel_as_they_are(scratch, connection):
    plain = {"text": "温暖", "number": 2**62, "nothing": None, "list": [True, {"key": "1.5"}]}
    assert on_the_wire(scratch, connection, plain) == plain
