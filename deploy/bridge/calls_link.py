"""Calls: from the queues `rpc-<service>` in the partner's virtual host to our services, and the
answers back.

A request is acknowledged after its answer was sent. If the bridge dies before, the request is
delivered and passed on again, which is safe: a command with the same id has no second effect.
"""

import re
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import amqp

from deploy.bridge.definitions import QUORUM
from deploy.bridge.gate import Gate, Quota, is_command
from deploy.bridge.link import Link
from deploy.bridge.partners import Partner
from shared.contracts.rpc import error_payload, requests
from shared.domain.errors import DeadlineExceeded, WarmError
from shared.domain.types import Json
from shared.platform import broker, logging_setup
from shared.platform.permissions import REPLY_ADDRESSES
from shared.platform.topology import RPC_EXCHANGE, SERVICES, rpc_queue
from shared.service import deadlines
from shared.service.deadlines import Deadline

log = logging_setup.get(__name__)

# Calls of a partner at once; the others wait in its own queues.
MOST_AT_ONCE = 50
# For a caller that doesn't say how long it waits.
SECONDS = 30.0
# Who waits longer is answered after so long that it isn't known.
LONGEST_SECONDS = 120.0
# Clocks differ: a request whose deadline passed just now may still be waited for.
LEAST_SECONDS = 1.0


@dataclass(frozen=True)
class Call:
    """A request of a partner that waits for its answer until `deadline`, by the monotonic clock."""

    request: amqp.Message
    method: str
    command_id: str | None
    deadline: float

    def overdue(self) -> DeadlineExceeded:
        service, _, method = self.method.partition(".")
        data: Json = {"service": service, "method": method, "reason": "no answer in time"}
        if self.command_id is not None:
            ask = {"service": service, "method": "command", "command_id": self.command_id}
            data |= {deadlines.CARRIED_OUT: deadlines.UNKNOWN, "ask": ask}
        return DeadlineExceeded(data)


class CallsLink(Link):
    PREFETCH = (0, MOST_AT_ONCE)

    def __init__(self, partner: Partner, uri: str) -> None:
        super().__init__(partner, uri)
        self._gate = Gate(partner, Quota(partner.calls_per_minute))
        self._user = broker.user_of(uri)
        self._calls: dict[str, Call] = {}
        self.answered = self.refused = 0

    @property
    def waiting(self) -> int:
        """The number of calls whose answer hasn't come yet."""
        return len(self._calls)

    def declare(self) -> None:
        channel = self._outside.channel
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        for service in SERVICES:
            queue = rpc_queue(service)
            channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QUORUM)
            channel.queue_bind(queue, RPC_EXCHANGE, f"{service}.*")

    def begin(self) -> None:
        # Answers to calls of an earlier connection go nowhere: their requests come again.
        self._calls = {}
        self._address = str(uuid.uuid4())
        queue, channel = f"rpc.reply-{self._address}", self._inside.channel
        channel.queue_declare(queue, exclusive=True, arguments={"x-queue-type": "classic"})
        channel.queue_bind(queue, RPC_EXCHANGE, self._address)
        self._inside.consume(queue, no_ack=True)
        for service in SERVICES:
            self._outside.consume(rpc_queue(service))

    def work(self) -> None:
        _each(self._inside.arrived, self._pass_answer_on)
        _each(self._outside.arrived, self._pass_request_on)
        now = time.monotonic()
        for key in [key for key, call in self._calls.items() if call.deadline < now]:
            self._refuse(self._calls[key].request, self._calls[key].overdue())
            del self._calls[key]

    def _pass_request_on(self, request: amqp.Message) -> None:
        method = request.delivery_info["routing_key"]
        body, request.body = request.body or b"", b""
        try:
            arguments = self._gate.admit(method, body, request.properties.get("content_type"))
            seconds = _seconds(request)
        except WarmError as error:
            self._refuse(request, error)
            return
        command_id = str(arguments.get("command_id")) if is_command(method) else None
        key = str(uuid.uuid4())
        message = amqp.Message(
            body,
            content_type=requests.CONTENT_TYPE,
            content_encoding="utf-8",
            reply_to=self._address,
            correlation_id=key,
            # Who calls, as the services see it: the broker lets nobody else write this name.
            user_id=self._user,
            application_headers={deadlines.HEADER: deadlines.after(seconds)},
            expiration=str(int(seconds * 1000)),
        )
        self._inside.channel.basic_publish(message, RPC_EXCHANGE, method)
        self._calls[key] = Call(request, method, command_id, time.monotonic() + seconds)

    def _pass_answer_on(self, answer: amqp.Message) -> None:
        call = self._calls.pop(answer.properties.get("correlation_id"), None)
        if call:
            self._answer(call.request, answer.body or b"")
            self.answered += 1

    def _refuse(self, request: amqp.Message, error: WarmError) -> None:
        body = requests.encoded({"result": None, "error": error_payload.of(error)})
        self._answer(request, body)
        self.refused += 1

    def _answer(self, request: amqp.Message, body: bytes) -> None:
        """Send the answer, and acknowledge the request, also of a caller that can't be answered."""
        reply_to = str(request.properties.get("reply_to") or "")
        if re.match(REPLY_ADDRESSES, reply_to):
            message = amqp.Message(
                body,
                content_type=requests.CONTENT_TYPE,
                content_encoding="utf-8",
                correlation_id=request.properties.get("correlation_id"),
            )
            self._outside.channel.basic_publish(message, RPC_EXCHANGE, reply_to)
        else:
            log.warning("request without a valid reply_to", link=self.name)
        self._outside.channel.basic_ack(request.delivery_tag)


def _seconds(request: amqp.Message) -> float:
    """How long the caller waits. Raises DeadlineExceeded, and ValidationFailed for a header in
    another form."""
    headers = request.properties.get("application_headers") or {}
    deadline = Deadline.of(headers, request.properties.get("expiration"))
    if deadline is None:
        return SECONDS
    deadline.require()
    left = (deadline.instant - deadlines.now()).total_seconds()
    return min(max(left, LEAST_SECONDS), LONGEST_SECONDS)


def _each(arrived: deque[amqp.Message], handle: Callable[[amqp.Message], None]) -> None:
    """Handle each message. One that can't be sent now, because of the broker's alarm, stays."""
    while arrived:
        handle(arrived[0])
        arrived.popleft()
