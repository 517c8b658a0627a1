"""An inbox that receives large messages: `large_messages.py URI QUEUE COUNT`.

Tests run it as a process, since patching is for good. It prints what the buffer held at most before
any message was taken, and the sizes of the batches.
"""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import json
import sys

from shared.messaging.consumer import Consumer

SETTLED_SECONDS = 2


def main(uri, queue, count):
    batches = []
    with Consumer(uri, size=1000, prefetch=3000) as consumer:
        consumer.listen({queue: False})
        while not consumer.full:
            eventlet.sleep(0.01)
        eventlet.sleep(SETTLED_SECONDS)
        held = consumer.waiting
        while sum(map(len, batches)) < int(count):
            consumer.gather(1)
            if batch := consumer.taken():
                batches.append([len(delivery.body) for delivery in batch])
                consumer.ack_all(batch)
    print(json.dumps({"held": held, "batches": batches}))


main(*sys.argv[1:])
