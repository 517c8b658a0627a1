"""Events: from the partner's queue in our virtual host to the exchanges in its own.

An event is acknowledged once the partner's virtual host has it. So it may come twice, with the same
id, and is never lost.
"""

import time
from collections.abc import Collection

import amqp

from deploy.bridge.definitions import QUORUM
from deploy.bridge.link import Link
from deploy.bridge.partners import Partner
from shared.platform.declarations import events_exchange

# An event may have 4.5 MB.
MOST_AT_ONCE = 10
# Then refused events are tried again.
FULL_SECONDS = 1.0
FULL = "a queue of the partner is full"
# As they came. The broker wants no `user_id` but the sender's, and an expiry would end too late.
PASSED_ON = (
    "content_type",
    "content_encoding",
    "application_headers",
    "delivery_mode",
    "correlation_id",
    "message_id",
    "timestamp",
    "type",
    "app_id",
)


class EventsLink(Link):
    PREFETCH = (MOST_AT_ONCE, 1)

    def __init__(self, partner: Partner, uri: str) -> None:
        super().__init__(partner, uri)
        self.passed_on = 0
        self._not_before = 0.0

    def declare(self) -> None:
        inside, outside, queue = self._inside.channel, self._outside.channel, self._queue
        inside.queue_declare(queue, durable=True, auto_delete=False, arguments=QUORUM)
        for service, key in self.partner.bindings:
            inside.queue_bind(queue, events_exchange(service), key)
            outside.exchange_declare(
                events_exchange(service), "topic", durable=True, auto_delete=False
            )

    def begin(self) -> None:
        self._outside.confirm()
        self._inside.consume(self._queue)

    def work(self) -> None:
        arrived = self._inside.arrived
        if not arrived or time.monotonic() < self._not_before:
            return
        # A pattern that isn't allowed any more stays bound until the queue is deleted.
        allowed = [it for it in arrived if self.partner.may_hear(_type(it))]
        taken = self._outside.publish_all((_copy(it), _exchange(it), _key(it)) for it in allowed)
        refused = [it for it, was_taken in zip(allowed, taken, strict=True) if not was_taken]
        for event in arrived:
            if event not in refused:
                self._inside.channel.basic_ack(event.delivery_tag)
        arrived.clear()
        arrived.extend(refused)
        self.passed_on += len(allowed) - len(refused)
        self._wait_if_full(refused)

    def _wait_if_full(self, refused: Collection[amqp.Message]) -> None:
        self.problem = FULL if refused else ""
        self._not_before = time.monotonic() + FULL_SECONDS if refused else 0

    @property
    def _queue(self) -> str:
        return self.partner.events_queue


def _copy(event: amqp.Message) -> amqp.Message:
    properties = {name: event.properties[name] for name in PASSED_ON if name in event.properties}
    return amqp.Message(event.body, **properties)


def _exchange(event: amqp.Message) -> str:
    name: str = event.delivery_info["exchange"]
    return name


def _key(event: amqp.Message) -> str:
    key: str = event.delivery_info["routing_key"]
    return key


def _type(event: amqp.Message) -> str:
    """By where it came from, which the broker has checked."""
    return f"{_exchange(event).partition('.')[0]}.{_key(event)}"
