"""What arrives where, for foreign clients that read a queue: of the message of a real event."""

import json
import os
import subprocess

import pytest

from tests.support import plain_amqp
from tests.support.foreign_packages import by_node, by_python, debian
from tests.support.running import SECONDS

QUEUE = "foreign"
CLIENTS = {
    "pika": lambda uri: by_python(None, "with_pika.py", uri, QUEUE),
    "aio-pika": lambda uri: by_python(None, "with_aio_pika.py", uri, QUEUE),
    "kombu": lambda uri: by_python(None, "with_kombu.py", uri, QUEUE),
    "FastStream": lambda uri: by_python(None, "with_faststream.py", uri, QUEUE),
    "amqplib": lambda uri: by_node("with_amqplib.mjs", uri, QUEUE),
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


@pytest.mark.parametrize(
    "client", [it if it in QUICK else pytest.param(it, marks=pytest.mark.long) for it in CLIENTS]
)
def test_body_and_properties_arrive(order, client):
    running, event = order
    # Some write the virtual host "/" as a second slash, which not all of them read.
    uri = running.stack.amqp_uri.rstrip("/") + "/%2F"
    found = json.loads(CLIENTS[client](uri))
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
