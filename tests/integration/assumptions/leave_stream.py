"""Begins to read a stream and leaves it, again and again. Tests run it as a process."""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import sys

from shared.messaging.consumer import Consumer

uri, stream = sys.argv[1:]
for _ in range(5):
    with Consumer(uri, size=10, prefetch=300) as consumer:
        consumer.listen({stream: False}, from_start=True)
        while not consumer.waiting:
            consumer.gather(1)
        consumer.ack_all(consumer.taken())
