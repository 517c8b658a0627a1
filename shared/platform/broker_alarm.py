"""Asks the broker whether it takes messages. Without publishing nobody can tell."""

import threading
import time
from typing import Any

from amqp import AMQPError, Message
from kombu.exceptions import KombuError

from shared.platform import broker
from shared.platform.topology import RPC_EXCHANGE

# The code of the problem, shared/contracts/problems.py.
CODE = "broker_alarm"
# Every user may publish it, and no queue gets it: a method has no dot in its name.
PROBE_KEY = "supervision.alarm.probe"
SECONDS = 2.0

UNREACHABLE = (OSError, AMQPError, KombuError)


class Probe:
    """Publishes a message to nobody, which comes back unless the broker's alarm is on. It has a
    channel to itself or shares it with one that no mandatory message goes through."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._sent = False
        channel.events["basic_return"].add(self._on_return)

    def alarm(self, seconds: float) -> str:
        """The reason for the broker's alarm, empty where it is off. Raises TimeoutError without an
        answer in `seconds`, and what the connection raises."""
        connection, deadline = self._channel.connection, time.monotonic() + seconds
        self.send()
        while self._sent and not connection.blocked:
            connection.drain_events(timeout=max(deadline - time.monotonic(), 0.001))
        alarm: str = connection.blocked
        return alarm

    def send(self) -> None:
        """Publish it, unless one is on its way."""
        connection = self._channel.connection
        connection.read_pending()
        if not (self._sent or connection.blocked):
            self._sent = True
            self._channel.basic_publish(Message(), RPC_EXCHANGE, PROBE_KEY, mandatory=True)

    def _on_return(self, *_: object) -> None:
        self._sent = False


class AlarmWatch:
    """Keeps one connection: each one that is blocked stays at the broker until the alarm ends."""

    def __init__(self, amqp_uri: str, seconds: float = SECONDS) -> None:
        self._uri = amqp_uri
        self._seconds = seconds
        self._lock = threading.Lock()
        self._connection: Any = None

    def alarm(self) -> str | None:
        """The reason for the broker's alarm, empty where it is off; None where the broker doesn't
        answer."""
        with self._lock:
            try:
                self._open()
                return self._probe.alarm(self._seconds)
            except UNREACHABLE:
                self._drop()
                return None

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _open(self) -> None:
        if self._connection is None:
            self._connection = broker.connection(
                self._uri, connect_timeout=self._seconds, answer_seconds=self._seconds
            )
            self._probe = Probe(self._connection.default_channel)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.collect()
        self._connection = None
