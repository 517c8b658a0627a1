"""A client that calls the RPC methods of a service, with a deadline."""

import time
import uuid
from typing import Any, Self

from kombu import Connection, Consumer, Exchange, Producer, Queue
from nameko.exceptions import deserialize

from shared.domain.errors import DeadlineExceeded
from shared.domain.types import Json
from shared.platform import broker
from shared.platform.topology import RPC_EXCHANGE

SECONDS = 10
RECONNECT_SECONDS = 0.2
CLOSE_SECONDS = 1


class RpcClient:
    """A context manager with one connection. Only one thread may use it at a time."""

    def __init__(self, amqp_uri: str) -> None:
        self._uri = amqp_uri
        self._connection: Any = None
        self._awaited: str | None = None
        self._reply: Json | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._connection:
            self._connection.release()
        self._connection = None

    def call(self, service: str, method: str, timeout: float = SECONDS, **arguments: Any) -> Any:
        """The method's result. Raises the typed error of the service, or DeadlineExceeded if it
        doesn't answer in `timeout` seconds: repeat a command with the same id."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                return self._call(service, method, deadline, arguments)
            except self._broken as error:
                # Sending again is safe: a repeated command has no second effect.
                self._drop()
                if time.monotonic() + RECONNECT_SECONDS > deadline:
                    raise DeadlineExceeded(_late(service, method)) from error
                time.sleep(RECONNECT_SECONDS)

    _broken = (OSError, *Connection("amqp://").recoverable_connection_errors)

    def _drop(self) -> None:
        if self._connection:
            self._connection.collect(CLOSE_SECONDS)
        self._connection = None

    def _open(self) -> None:
        if self._connection is None:
            connection = broker.connection(self._uri, connect_timeout=5)
            connection.connect()
            self._connection = connection
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
            )
            consumer = Consumer(
                channel, [queue], no_ack=True, callbacks=[self._received], accept=["json"]
            )
            consumer.consume()
            self._producer = Producer(channel, exchange=queue.exchange, auto_declare=False)

    def _received(self, body: Json, message: Any) -> None:
        if message.properties.get("correlation_id") == self._awaited:
            self._reply = body

    def _call(self, service: str, method: str, deadline: float, arguments: Json) -> Any:
        self._open()
        left = max(deadline - time.monotonic(), 0.001)
        self._awaited, self._reply = str(uuid.uuid4()), None
        self._producer.publish(
            {"args": [], "kwargs": arguments},
            routing_key=f"{service}.{method}",
            serializer="json",
            reply_to=self._address,
            correlation_id=self._awaited,
            expiration=left,  # after the deadline the request isn't handled
        )
        while self._reply is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise DeadlineExceeded(_late(service, method))
            try:
                self._connection.drain_events(timeout=min(left, 1))
            except TimeoutError:
                continue
        return _result(self._reply)


def _result(reply: Json) -> Any:
    if reply.get("error"):
        raise deserialize(reply["error"])
    return reply["result"]


def _late(service: str, method: str) -> Json:
    return {"service": service, "method": method, "reason": "no answer in time"}
