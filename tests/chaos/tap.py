"""A tap on the broker: every message is delivered a second time, and if wanted in another order."""

import threading
import time
from contextlib import suppress

import pika
from pika.exceptions import AMQPError

from shared.platform.declarations import events_exchange
from shared.platform.topology import RPC_EXCHANGE, SERVICES
from tests.support import plain_amqp

AGAIN = "chaos-again"
IDLE_SECONDS = 0.1
RECONNECT_SECONDS = 0.2
SOURCES = [(events_exchange(name), "#") for name in SERVICES]
SOURCES += [(RPC_EXCHANGE, f"{name}.*") for name in SERVICES]


class Tap:
    """Publishes again whatever is published while the block lasts: events, and requests to the
    services. It holds up to `hold` messages, and shuffles them before they go out."""

    def __init__(self, amqp_uri, hold, chance):
        self._uri, self._hold, self._chance = amqp_uri, hold, chance
        self._ending = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.published = 0

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()

    def _run(self):
        while not self._ending.is_set():
            # The broker may be unreachable: a tap that starts anew has lost nothing that is owed.
            with suppress(AMQPError, OSError), plain_amqp.channel(self._uri) as channel:
                self._listen(channel)
            time.sleep(RECONNECT_SECONDS)

    def _listen(self, channel):
        channel.confirm_delivery()
        queue = channel.queue_declare("", exclusive=True).method.queue
        for exchange, key in SOURCES:
            channel.queue_bind(queue, exchange, key)
        self._ready.set()
        held, bound = [], True
        for message in channel.consume(queue, auto_ack=True, inactivity_timeout=IDLE_SECONDS):
            if message[0] and AGAIN not in (message[1].headers or {}):
                held.append(message)
            if len(held) >= self._hold or not message[0]:
                self._publish(channel, held)
                held = []
            if self._ending.is_set() and bound:
                # What goes on being published would never let it come to its end.
                for exchange, key in SOURCES:
                    channel.queue_unbind(queue, exchange, key)
                bound = False
            elif not bound and not message[0]:
                return

    def _publish(self, channel, held):
        self._chance.shuffle(held)
        for method, properties, body in held:
            properties.headers = {**(properties.headers or {}), AGAIN: True}
            with suppress(pika.exceptions.UnroutableError):
                channel.basic_publish(
                    method.exchange, method.routing_key, body, properties, mandatory=True
                )
                self.published += 1
