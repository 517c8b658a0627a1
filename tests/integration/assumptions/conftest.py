"""What every test here gets of its own: queues, exchanges, connections, a collection."""

import uuid
from contextlib import ExitStack

import pika
import pytest
from pymongo import MongoClient

from tests.support import plain_amqp


class Scratch:
    """Queues, exchanges and connections of one test, gone at its end."""

    def __init__(self, amqp_uri, at_end):
        self.amqp_uri = amqp_uri
        self._at_end = at_end
        self._keeper = self.channel()

    def channel(self):
        """A channel on a connection of its own, which may be idle for minutes."""
        return self._at_end.enter_context(plain_amqp.channel(self.amqp_uri, heartbeat=0))

    def queue(self, kind="quorum", **arguments):
        """The name of a new durable queue; `x_delivery_limit` becomes `x-delivery-limit`."""
        arguments = {key.replace("_", "-"): value for key, value in arguments.items()}
        name = self.name()
        self._keeper.queue_declare(
            name, durable=True, arguments={"x-queue-type": kind, **arguments}
        )
        self.remove_queue_at_end(name)
        return name

    def exchange(self, kind="topic", queues=(), routing_key="#", name=None):
        """The name of a new durable exchange, bound to `queues`."""
        name = name or self.name()
        self._keeper.exchange_declare(name, kind, durable=True)
        self._at_end.callback(self._keeper.exchange_delete, name)
        for queue in queues:
            self._keeper.queue_bind(queue, name, routing_key)
        return name

    def remove_queue_at_end(self, name):
        self._at_end.callback(self._keeper.queue_delete, name)

    def publish(self, *bodies, to, exchange="", **properties):
        """Publish and wait until each is confirmed."""
        with plain_amqp.channel(self.amqp_uri) as channel:
            channel.confirm_delivery()
            for body in bodies:
                channel.basic_publish(exchange, to, body, pika.BasicProperties(**properties))

    def depth(self, queue):
        """How many messages wait in it, those with a consumer not counted."""
        return self._keeper.queue_declare(queue, passive=True).method.message_count

    @staticmethod
    def name():
        return f"assumption.{uuid.uuid4()}"


@pytest.fixture
def scratch(stack):
    with ExitStack() as at_end:
        yield Scratch(stack.amqp_uri, at_end)


@pytest.fixture
def channel(scratch):
    return scratch.channel()


@pytest.fixture
def collection(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        collection = client["warm_assumptions"][uuid.uuid4().hex]
        yield collection
        collection.drop()
