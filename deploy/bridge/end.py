"""One end of a link: a connection to one virtual host, with one channel."""

import select
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import amqp

from shared.platform import broker
from shared.platform.limited_connection import BrokerAlarm

CONNECT_SECONDS = 5
CLOSE_SECONDS = 1
HEARTBEAT_SECONDS = 20
CONFIRM_SECONDS = 10


def in_vhost(uri: str, vhost: str) -> str:
    """The same address, user and password, in another virtual host."""
    return urlunsplit(urlsplit(uri)._replace(path=f"/{quote(vhost, safe='')}"))


class End:
    """What arrives waits in `arrived`, in order; at most `prefetch` messages are unacknowledged."""

    def __init__(self, uri: str, prefetch: int) -> None:
        limits = {"connect_timeout": CONNECT_SECONDS, "heartbeat": HEARTBEAT_SECONDS}
        self._connection: Any = broker.connection(uri, **limits)
        self._connection.connect()
        self._amqp = self._connection.connection
        self.channel: Any = self._connection.default_channel
        # Bodies are passed on as they are.
        self.channel.auto_decode = False
        self.channel.basic_qos(0, prefetch, False)
        self.arrived: deque[amqp.Message] = deque()
        self._sent = 0
        self._unconfirmed: set[int] = set()
        self._refused: set[int] = set()

    @property
    def blocked(self) -> str:
        """The broker's alarm as far as was read; empty without one."""
        alarm: str = self._amqp.blocked
        return alarm

    def fileno(self) -> int:
        number: int = self._amqp.sock.fileno()
        return number

    def consume(self, queue: str, no_ack: bool = False) -> None:
        self.channel.basic_consume(queue, no_ack=no_ack, callback=self.arrived.append)

    def read(self) -> None:
        """Take what has come. Raises what ended the connection, the channel or a consumer."""
        self._amqp.read_pending()
        self._connection.heartbeat_check()

    def confirm(self) -> None:
        """From now on `publish_all` may be used."""
        self.channel.confirm_select()
        self.channel.events["basic_ack"].add(self._on_ack)
        self.channel.events["basic_nack"].add(self._on_nack)

    def publish_all(self, messages: Iterable[tuple[amqp.Message, str, str]]) -> list[bool]:
        """Publish (message, exchange, routing key) of each; whether the broker took it, of each.

        Raises BrokerAlarm, TimeoutError, and what ends the channel: then any may have been taken.
        """
        self._refused.clear()
        tags = []
        for message, exchange, key in messages:
            self.channel.basic_publish(message, exchange, key)
            self._sent += 1
            self._unconfirmed.add(self._sent)
            tags.append(self._sent)
        while self._unconfirmed:
            if self.blocked:
                raise BrokerAlarm(self.blocked)
            self._connection.drain_events(timeout=CONFIRM_SECONDS)
        return [tag not in self._refused for tag in tags]

    def close(self) -> None:
        self._connection.collect(CLOSE_SECONDS)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._unconfirmed -= self._meant(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        refused = self._meant(tag, multiple)
        self._refused |= refused
        self._unconfirmed -= refused

    def _meant(self, tag: int, multiple: bool) -> set[int]:
        return {it for it in self._unconfirmed if it <= tag} if multiple else {tag}


@contextmanager
def opened(uri: str, prefetch: int) -> Iterator[End]:
    end = End(uri, prefetch)
    try:
        yield end
    finally:
        end.close()


def read(ends: Collection[End], seconds: float) -> None:
    """Wait until something comes at one of the ends, `seconds` at most, and take it."""
    select.select(ends, [], [], seconds)
    for end in ends:
        end.read()
