"""Publisher and intake as services use them, in one process: `secured_traffic.py URI QUEUE`.

Tests run it as a process, since patching is for good. It prints what it took of what it published.
"""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import json
import sys
from collections import Counter

from shared.contracts.messages import Message
from shared.messaging.consumer import Consumer
from shared.messaging.publisher import Publisher
from shared.platform.broker import connection
from tests.support.foreign import visits

EXCHANGE = "secured.events"
# From less than a record of TLS to many of them, and more than an inbox has room for.
SIZES = {1: 4000, 20_000: 100, 200_000: 20, 5_000_000: 8}
AT_ONCE = 8
GREETING_SECONDS = 10


def declare(uri, queue):
    with connection(uri) as opened:
        channel = opened.default_channel
        channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        arguments = {"x-queue-type": "quorum"}
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind(queue, EXCHANGE, "#")


def message(size):
    event = visits()
    return Message.of(event | {"data": event["data"] | {"padding": "温" * (size // 3)}})


def publish(publisher, told):
    """Green threads share the connection: each publishes one part."""
    parts = [told[start::AT_ONCE] for start in range(AT_ONCE)]
    for thread in [eventlet.spawn(publisher.publish, EXCHANGE, part) for part in parts]:
        thread.wait()


def take(uri, queue, count):
    bodies = []
    with Consumer(uri, 500, 1500) as consumer:
        consumer.listen({queue: False})
        while len(bodies) < count:
            consumer.gather(GREETING_SECONDS)
            batch = consumer.taken()
            if not batch:
                break
            bodies += [bytes(delivery.body) for delivery in batch]
            consumer.ack_all(batch)
    return bodies


def main(uri, queue):
    declare(uri, queue)
    told = [message(size) for size, count in SIZES.items() for _ in range(count)]
    publisher = Publisher(uri)
    publish(publisher, told)
    publisher.close()
    taken = take(uri, queue, len(told))
    same = Counter(taken) == Counter(it.text.encode() for it in told)
    print(json.dumps({"published": len(told), "taken": len(taken), "same": same}))


main(*sys.argv[1:])
