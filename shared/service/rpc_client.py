"""A client that calls the RPC methods of a service, with a deadline."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from kombu import Connection, Consumer, Exchange, Producer, Queue
from nameko.exceptions import deserialize, deserialize_to_instance

from shared.contracts.rpc import requests
from shared.domain.errors import DeadlineExceeded, Unavailable, WarmError
from shared.domain.types import Json
from shared.platform import broker, broker_alarm
from shared.platform.limited_connection import BrokerAlarm
from shared.platform.topology import RPC_EXCHANGE
from shared.service import deadlines

# An answer with a typed error raises it.
for _typed in WarmError.__subclasses__():
    deserialize_to_instance(_typed)

SECONDS = 10
CONNECT_SECONDS = 5
RECONNECT_SECONDS = 0.2
CLOSE_SECONDS = 1
# After so long without an answer, or without a call, the broker is asked for its alarm.
SILENT_SECONDS = 1


@dataclass
class _Call:
    """One call. `command_id` is None for a query. `deadline` is by the monotonic clock; `until` is
    the same instant for the service. `sent` counts how often the broker may have taken the
    request."""

    service: str
    method: str
    body: bytes
    command_id: str | None
    deadline: float
    until: str
    sent: int = 0

    @property
    def left(self) -> float:
        return max(self.deadline - time.monotonic(), 0.001)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.deadline

    @contextmanager
    def sending(self) -> Iterator[None]:
        self.sent += 1
        try:
            yield
        except BrokerAlarm:
            self.sent -= 1
            raise

    def late(self, reason: str, **more: str) -> DeadlineExceeded:
        return DeadlineExceeded({**self.names(reason), **more, **self.outcome()})

    def alarmed(self, alarm: str) -> WarmError:
        """Says whether the broker may have the request."""
        if self.sent:
            return self.late(f"the broker's alarm: {alarm}", problem=broker_alarm.CODE)
        return Unavailable({"problem": broker_alarm.CODE, **self.names(alarm)})

    def outcome(self, refused: int = 0) -> Json:
        """Whether a command may have been carried out, if the service refused so many of the
        requests, and what to ask. Empty for a query."""
        if self.command_id is None:
            return {}
        if self.sent <= refused:
            return {deadlines.CARRIED_OUT: deadlines.NO}
        ask = {"service": self.service, "method": "command", "command_id": self.command_id}
        return {deadlines.CARRIED_OUT: deadlines.UNKNOWN, "ask": ask}

    def names(self, reason: str) -> Json:
        return {"service": self.service, "method": self.method, "reason": reason}


class RpcClient:
    """A context manager with one connection. Only one thread may use it at a time."""

    def __init__(self, amqp_uri: str) -> None:
        self._uri = amqp_uri
        self._user = broker.user_of(amqp_uri)
        self._connection: Any = None
        self._awaited: str | None = None
        self._reply: Json | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._connection:
            self._amqp.limit_waits(CLOSE_SECONDS)
            self._connection.release()
        self._connection = None

    def call(self, service: str, method: str, timeout: float = SECONDS, **arguments: Any) -> Any:
        """The method's result.

        Raises the typed error of the service; Unavailable where the broker's alarm kept the request
        from being sent; DeadlineExceeded without an answer in `timeout` seconds, or when the alarm
        begins meanwhile. Its data say whether a command may have been carried out, and how to ask.
        Raises ValidationFailed, and sends nothing, if the arguments are larger than a service
        reads.
        """
        body = requests.encoded({"args": [], "kwargs": arguments})
        requests.require_size(body)
        seconds = deadlines.within(timeout)
        until = deadlines.after(seconds)
        command_id = arguments.get("command_id")
        call = _Call(service, method, body, command_id, time.monotonic() + seconds, until)
        while True:
            try:
                return self._call(call)
            except BrokerAlarm as alarm:
                raise call.alarmed(alarm.reason) from None
            except self._broken as error:
                # Sending again is safe: a repeated command has no second effect.
                self._drop()
                if call.left < RECONNECT_SECONDS:
                    raise call.late("the broker doesn't answer") from error
                time.sleep(RECONNECT_SECONDS)

    _broken = (OSError, *Connection("amqp://").recoverable_connection_errors)

    def _drop(self) -> None:
        if self._connection:
            self._connection.collect()
        self._connection = None

    def _open(self, call: _Call) -> None:
        if self._connection is None:
            limit = min(CONNECT_SECONDS, call.left)
            connection = broker.connection(self._uri, limit, connect_timeout=limit)
            connection.connect()
            self._connection, self._amqp = connection, connection.connection
            self._awaited = self._reply = None
            self._address = str(uuid.uuid4())
            channel = connection.default_channel
            queue = Queue(
                f"rpc.reply-{self._address}",
                exchange=Exchange(RPC_EXCHANGE, type="topic", durable=True, no_declare=True),
                routing_key=self._address,
                exclusive=True,
                auto_delete=True,
                durable=False,
                # Whatever type the virtual host has by default.
                queue_arguments={"x-queue-type": "classic"},
            )
            consumer = Consumer(
                channel, [queue], no_ack=True, callbacks=[self._received], accept=["json"]
            )
            consumer.consume()
            self._producer = Producer(channel, exchange=queue.exchange, auto_declare=False)
            self._probe = broker_alarm.Probe(channel)
            self._used = 0.0

    def _received(self, body: Json, message: Any) -> None:
        if message.properties.get("correlation_id") == self._awaited:
            self._reply = body

    def _call(self, call: _Call) -> Any:
        self._open(call)
        if time.monotonic() - self._used > SILENT_SECONDS:
            self._refuse_alarm(self._probe.alarm(call.left))
        self._send(call)
        self._await_reply(call)
        self._used = time.monotonic()
        return self._result(call)

    def _send(self, call: _Call) -> None:
        self._awaited, self._reply = str(uuid.uuid4()), None
        with call.sending():
            self._producer.publish(
                call.body,
                routing_key=f"{call.service}.{call.method}",
                content_type=requests.CONTENT_TYPE,
                content_encoding="utf-8",
                reply_to=self._address,
                correlation_id=self._awaited,
                headers={deadlines.HEADER: call.until},
                # The broker makes sure that it is right: services know by it who calls.
                user_id=self._user,
                # For a queue that nobody reads. The service itself looks at the deadline.
                expiration=call.left,
                timeout=call.left,
            )

    def _await_reply(self, call: _Call) -> None:
        while self._reply is None:
            if call.is_over:
                raise call.late("no answer in time")
            try:
                self._connection.drain_events(timeout=min(call.left, SILENT_SECONDS))
            except TimeoutError:
                # With the alarm on the answer can't come, and only who publishes is told.
                self._probe.send()
            if self._reply is None:
                self._refuse_alarm(self._amqp.blocked)

    @staticmethod
    def _refuse_alarm(alarm: str) -> None:
        if alarm:
            raise BrokerAlarm(alarm)

    def _result(self, call: _Call) -> Any:
        reply = self._reply or {}
        if not reply.get("error"):
            return reply["result"]
        error = deserialize(reply["error"])
        if isinstance(error, DeadlineExceeded) and isinstance(error.data, dict):
            raise _explained(error, call)
        raise error


def _explained(refusal: DeadlineExceeded, call: _Call) -> DeadlineExceeded:
    """A service's DeadlineExceeded, with what only the caller knows."""
    refused = int(refusal.data.get(deadlines.CARRIED_OUT) == deadlines.NO)
    data = {**call.names(""), **refusal.data, **call.outcome(refused)}
    if clocks := deadlines.clocks_differ(data):
        data["clocks"] = clocks
    return DeadlineExceeded(data)
