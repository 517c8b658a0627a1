"""Putting events into a queue as a service's relay would."""

import time

import amqp
from kombu import Connection

from shared.contracts.messages import Message
from shared.messaging.publisher import Publisher


def publish(amqp_uri, events):
    """Each through its own service's exchange, confirmed."""
    publisher = Publisher(amqp_uri)
    by_exchange = {}
    for event in events:
        service = event["source"].rsplit("/", 1)[1]
        by_exchange.setdefault(f"{service}.events", []).append(event)
    for exchange, own in by_exchange.items():
        publisher.publish(exchange, map(Message.of, own))
    publisher.close()


def send(amqp_uri, queue, bodies):
    """Straight into one queue; returns once all of them are there."""
    with Connection(amqp_uri) as connection:
        channel = connection.default_channel
        before = channel.queue_declare(queue, passive=True).message_count
        sent = 0
        for body in bodies:
            channel.basic_publish(
                amqp.Message(body, content_type="application/json", delivery_mode=2),
                exchange="",
                routing_key=queue,
            )
            sent += 1
        while channel.queue_declare(queue, passive=True).message_count < before + sent:
            time.sleep(0.05)
