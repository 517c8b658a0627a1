"""Publishing with pipelined confirms: many messages under way, each one confirmed."""

import time
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from amqp import Message
from kombu import Connection

from shared import envelope
from shared.types import Event

CONFIRM_SECONDS = 30
CLOSE_SECONDS = 1


class NotConfirmed(Exception):
    """The broker refused a message or didn't confirm it in time: publish all of them again."""


class Publisher:
    """Owns one connection; not for two green threads at once."""

    def __init__(self, amqp_uri: str) -> None:
        self._uri = amqp_uri
        self._connection: Any = None
        # In the order of their numbers.
        self._waiting: dict[int, None] = {}
        self._refused: set[int] = set()

    def publish(self, exchange: str, events: Iterable[Event]) -> None:
        """Publish and wait until each event is confirmed.

        Raises NotConfirmed, or the connection's own errors; then none may be taken as published.
        """
        try:
            self._publish(exchange, events)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._connection:
            self._connection.collect(CLOSE_SECONDS)
        self._connection = None

    def _publish(self, exchange: str, events: Iterable[Event]) -> None:
        channel = self._open()
        for event in events:
            self._waiting[self._next_tag] = None
            self._next_tag += 1
            key = event["type"].split(".", 1)[1]
            channel.basic_publish(message(event), exchange=exchange, routing_key=key)
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._waiting and not self._refused:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotConfirmed(f"{len(self._waiting)} without an answer")
            self._drain(left)
        if self._refused:
            raise NotConfirmed(f"{len(self._refused)} refused")

    def _drain(self, seconds: float) -> None:
        try:
            self._connection.drain_events(timeout=seconds)
        except TimeoutError as error:
            raise NotConfirmed(f"{len(self._waiting)} without an answer") from error

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = Connection(self._uri, heartbeat=0)
            self._connection.connect()
            channel = self._connection.default_channel
            channel.confirm_select()
            channel.events["basic_ack"].add(self._on_ack)
            channel.events["basic_nack"].add(self._on_nack)
            self._waiting, self._refused, self._next_tag = {}, set(), 1
        return self._connection.default_channel

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused |= self._settle(tag, multiple)

    def _settle(self, tag: int, multiple: bool) -> set[int]:
        if not multiple:
            self._waiting.pop(tag, None)
            return {tag}
        settled = set(takewhile(lambda waiting: waiting <= tag, self._waiting))
        for one in settled:
            del self._waiting[one]
        return settled


def message(event: Event) -> Message:
    """The event as an AMQP message that stock clients of any language decode."""
    return Message(
        envelope.encode(event),
        content_type=envelope.CONTENT_TYPE,
        content_encoding="utf-8",
        delivery_mode=2,
        message_id=event["id"],
        type=event["type"],
        app_id=event["source"].rsplit("/", 1)[1],
        correlation_id=event["correlationid"],
        timestamp=int(envelope.happened(event, "recordedtime").timestamp()),
        application_headers={"ce-mode": "structured"},
    )
