"""A connection to the broker with a reply queue: each answer goes to the request that waits for it.

What is here is the same for threads (`rpc.py`) and for asyncio (`async_rpc.py`).
"""

import asyncio
import threading
import uuid
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pika
from pika.exceptions import ProbableAccessDeniedError, ProbableAuthenticationError

from warm_client.address import Address
from warm_client.requests import (
    DEADLINE,
    DENIED,
    EXCHANGE,
    REPLY_QUEUES,
    Call,
    Lost,
    NoAnswer,
    deadline_after,
)

CLOSE_SECONDS = 5


@dataclass
class Request:
    """`answer` gets the body of the answer, or Lost."""

    call: Call
    seconds: float
    answer: "Future[bytes] | asyncio.Future[bytes]"
    identity: str = field(default_factory=lambda: str(uuid.uuid4()))
    is_sent: bool = False


class Wire:
    """Opens at once, and never again: who has lost one makes a new one. `adapter` is pika's class
    of connection; its loop calls everything here but `_add`, `_forget` and `_unanswered`."""

    def __init__(self, address: Address, adapter: Any) -> None:
        self._user = address.user
        self._address = str(uuid.uuid4())
        self._outgoing: deque[Request] = deque()
        self._pending: dict[str, Request] = {}
        self._channel: Any = None
        self._loss: Lost | None = None
        self._blocked = ""
        # Guards what both the callers and the loop change: `_outgoing`, `_pending`, `_loss`.
        self._lock = threading.Lock()
        self._connection = adapter(
            address.pika_parameters(),
            on_open_callback=self._opened,
            on_open_error_callback=self._closed,
            on_close_callback=self._closed,
        )

    @property
    def is_lost(self) -> bool:
        return self._loss is not None

    def _add(self, request: Request) -> bool:
        """A request to send. Whether the loop has to be woken for it. Raises Lost."""
        with self._lock:
            if self._loss:
                raise Lost(self._loss.reason, self._loss.code, sent=False)
            self._pending[request.identity] = request
            self._outgoing.append(request)
            return len(self._outgoing) == 1

    def _forget(self, request: Request) -> None:
        with self._lock:
            self._pending.pop(request.identity, None)

    def _unanswered(self, request: Request) -> Exception:
        if not request.is_sent:
            return Lost("the broker doesn't answer", sent=False)
        return NoAnswer(f"the broker's alarm: {self._blocked}" if self._blocked else "no answer")

    def _ended(self) -> None:
        """The connection is closed."""

    def _opened(self, connection: Any) -> None:
        connection.add_on_connection_blocked_callback(self._alarm_begins)
        connection.add_on_connection_unblocked_callback(self._alarm_ends)
        connection.channel(on_open_callback=self._declare)

    def _alarm_begins(self, _connection: Any, method: Any) -> None:
        self._blocked = str(method.method.reason)

    def _alarm_ends(self, *_: Any) -> None:
        self._blocked = ""

    def _declare(self, channel: Any) -> None:
        channel.add_on_close_callback(self._channel_closed)
        queue = f"{REPLY_QUEUES}{self._address}"
        channel.queue_declare(
            queue,
            exclusive=True,
            auto_delete=True,
            # Whatever type the virtual host has by default.
            arguments={"x-queue-type": "classic"},
            callback=lambda _: channel.queue_bind(
                queue, EXCHANGE, self._address, callback=lambda _: self._consume(channel, queue)
            ),
        )

    def _consume(self, channel: Any, queue: str) -> None:
        channel.add_on_cancel_callback(lambda _: self._connection.close())
        ready = partial(self._ready, channel)
        channel.basic_consume(queue, self._answered, auto_ack=True, callback=ready)

    def _ready(self, channel: Any, _frame: Any) -> None:
        self._channel = channel
        self._send()

    def _send(self) -> None:
        if self._channel is None or self._loss:
            return
        with self._lock:
            requests = list(self._outgoing)
            self._outgoing.clear()
        for request in requests:
            if request.identity in self._pending:
                self._publish(request)

    def _publish(self, request: Request) -> None:
        call, seconds = request.call, max(request.seconds, 0.001)
        properties = pika.BasicProperties(
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=self._address,
            correlation_id=request.identity,
            headers={DEADLINE: deadline_after(seconds)},
            expiration=str(max(int(seconds * 1000), 1)),
            user_id=self._user,
        )
        request.is_sent = True
        self._channel.basic_publish(EXCHANGE, call.routing_key, call.body, properties)

    def _answered(self, _channel: Any, _method: Any, properties: Any, body: bytes) -> None:
        request = self._pending.get(properties.correlation_id)
        if request and not request.answer.done():
            request.answer.set_result(body)

    def _channel_closed(self, _channel: Any, reason: Any) -> None:
        self._lose(_loss(reason))
        if not (self._connection.is_closing or self._connection.is_closed):
            self._connection.close()

    def _closed(self, _connection: Any, reason: Any) -> None:
        self._lose(_loss(reason))
        self._ended()

    def _lose(self, loss: Lost) -> None:
        with self._lock:
            self._loss = self._loss or loss
            waiting = list(self._pending.values())
        for request in waiting:
            if not request.answer.done():
                request.answer.set_exception(Lost(loss.reason, loss.code, request.is_sent))


def _loss(reason: Any) -> Lost:
    if isinstance(reason, ProbableAuthenticationError | ProbableAccessDeniedError):
        # A broker that is being stopped or started closes the connection without a word.
        said = f"({DENIED})" in str(reason)
        return Lost("the broker refuses the login", DENIED if said else 0, sent=False)
    code = getattr(reason, "reply_code", 0)
    text = getattr(reason, "reply_text", "") or f"{type(reason).__name__}: {reason}"
    return Lost(str(text), code if isinstance(code, int) else 0)
