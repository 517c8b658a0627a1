"""What arrives where, for foreign clients that read a queue: of the message of a real event."""

import json
import os
import subprocess

import pytest

from tests.support import plain_amqp, signed_issues
from tests.support.foreign_packages import by_node, by_python, debian
from tests.support.running import SECONDS, properties

QUEUE = "foreign"
REPORTS = "sub.archive.reports"
CLIENTS = {
    "pika": lambda *at: by_python(None, "with_pika.py", *at),
    "aio-pika": lambda *at: by_python(None, "with_aio_pika.py", *at),
    "kombu": lambda *at: by_python(None, "with_kombu.py", *at),
    "FastStream": lambda *at: by_python(None, "with_faststream.py", *at),
    "amqplib": lambda *at: by_node("with_amqplib.mjs", *at),
}
# These are in the default run: they are installed for other tests already.
QUICK = ("pika", "kombu")


@pytest.fixture
def order(running):
    """The event of an order that was raised just now, waiting in a queue."""
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_bind(QUEUE, "relief.events", "order.raised")
        raised = running.raise_order()
        running.wait(lambda: running.depth(QUEUE) == 1)
        with running.service_db("relief") as database:
            (logged,) = database["log"].find({"event": {"$regex": raised["id"]}})
        yield running, json.loads(logged["event"])
        channel.queue_delete(QUEUE)


every_client = pytest.mark.parametrize(
    "client", [it if it in QUICK else pytest.param(it, marks=pytest.mark.long) for it in CLIENTS]
)


@every_client
def test_body_and_properties_arrive(order, client):
    running, event = order
    found = json.loads(CLIENTS[client](running.stack.amqp_uri, QUEUE))
    assert found.pop("event") == event
    assert found.pop("timestamp") > 0
    assert found == {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "message_id": event["id"],
        "type": event["type"],
        "app_id": "relief",
        "persistent": True,
        "routing_key": "order.raised",
        "headers": {"ce-mode": "structured"},
    }


@every_client
def test_a_subscriber_reads_its_queue_with_its_own_rights(running, client):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_purge(REPORTS)
    data = signed_issues.issue()
    about = properties(message_id="e-1", type=signed_issues.PUBLISHED, app_id="supervision")
    about.timestamp, about.delivery_mode = 1486364400, 2
    body = signed_issues.event(data)
    running.publish("supervision.events", "briefing.published", (body, about))
    found = json.loads(CLIENTS[client](running.stack.amqp_uri_of("archive"), REPORTS))
    assert found["event"]["data"] == data
    assert found["timestamp"] == 1486364400


@pytest.mark.long
def test_amqp_tools_give_the_body_to_a_program(order):
    running, event = order
    place = debian("amqp-tools")
    libraries = [str(it) for it in place.glob("usr/lib/*")] + [
        str(it) for it in place.glob("lib/*")
    ]
    done = subprocess.run(
        [
            *(str(place / "usr/bin/amqp-consume"), "--url", running.stack.amqp_uri),
            *("--queue", QUEUE, "--count", "1", "cat"),
        ],
        env=os.environ | {"LD_LIBRARY_PATH": os.pathsep.join(libraries)},
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    assert json.loads(done.stdout) == event
