"""RPC as a nameko entrypoint that checks its arguments and survives every request.

    rpc = rpc_methods(relief.METHODS)

    class ReliefService(Service):
        @rpc
        def raise_order(self, command, **arguments): ...

A request without `reply_to` or `content_type` kills the process of plain nameko. Here every request
is acknowledged, and ends in an answer, a typed error, or a line in the log.
"""

import re
import socket
import ssl
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, NoReturn, cast

from amqp import AMQPError
from kombu import compression
from kombu.exceptions import KombuError
from marshmallow import ValidationError
from nameko.amqp.publish import Publisher
from nameko.exceptions import ContainerBeingKilled, MethodNotFound, serialize
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer, get_rpc_exchange

from shared.aggregates.repository import Repository
from shared.contracts.limits import QUERY_BYTES
from shared.contracts.plausibility import doubts_about
from shared.contracts.rpc import error_payload, requests
from shared.contracts.rpc.declare import CommandSchema, Query
from shared.contracts.rpc.declare import Method as Contract
from shared.domain.errors import DeadlineExceeded, Unavailable, ValidationFailed, WarmError
from shared.domain.types import Json, Method
from shared.platform import broker, broker_alarm, database, logging_setup
from shared.platform.callers import sender_of
from shared.platform.limited_connection import BrokerAlarm
from shared.platform.permissions import REPLY_ADDRESSES
from shared.service.deadlines import CARRIED_OUT, UNKNOWN, Deadline
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

CAUSE = ("correlationid", "causationid")
# These are not part of what is fingerprinted as the command's arguments.
COMMAND_PARTS = tuple(CommandSchema().fields)
# What a method meets that needs the broker and can't reach it in time. Not every OSError: a missing
# file isn't the broker's.
BROKER_UNREACHABLE = (
    *(AMQPError, KombuError),
    *(ConnectionError, TimeoutError, socket.gaierror, ssl.SSLError),
)


def _refuse_compressed(_body: object) -> NoReturn:
    raise ValueError("compressed requests aren't accepted")


# kombu would unpack a compressed body before its size can be checked.
for _kind in compression.encoders():
    compression.register(_refuse_compressed, _refuse_compressed, _kind)


class RobustQueueConsumer(QueueConsumer):
    """Passes the arguments of requests on, and answers requests that aren't read.

    A body is read here, in place of kombu, which decodes it before its size can be checked.
    """

    context = ServiceContext()

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        # py-amqp would decode the body too, by any codec of Python's that the sender names.
        channel.auto_decode = False
        consumers = super().get_consumers(consumer_cls, channel)
        for provider, consumer in self._consumers.items():
            consumer.on_message = partial(self._received, provider)
        return consumers

    def _received(self, provider: Any, message: Any) -> None:
        # While the request is handled, or waits for that, its body isn't kept.
        body, message.body = message.body, b""
        try:
            # py-amqp gives an empty body as text.
            arguments = requests.read(body or b"", message.content_type)
        except Exception as error:
            # Whatever it is: raised here, it would end the process.
            self._refuse_soon(message, error)
        else:
            self.handle_message(provider, arguments, message)

    def on_consume_ready(self, *args: Any, **kwargs: Any) -> None:
        super().on_consume_ready(*args, **kwargs)
        self.context.answering = True

    def on_connection_revived(self) -> None:
        # The connection is new, and has no consumer yet.
        super().on_connection_revived()
        self.context.answering = False

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        # In place of nameko's message, which fills several lines and quotes the address.
        log.warning("broker unreachable", error=broker.describe(exc))
        self.context.answering = False

    def ack_message(self, message: Any) -> None:
        try:
            super().ack_message(message)
        except OSError as error:
            # The broker is unreachable and will deliver the request again, which is safe: a command
            # with the same id has no second effect.
            log.warning("request not acknowledged", error=type(error).__name__)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        message.body = b""
        self._refuse_soon(
            message,
            ValidationFailed(
                {
                    requests.WHOLE: [
                        "Must be plain, such as application/json without a compression header."
                    ]
                }
            ),
        )

    def _refuse_soon(self, message: Any, error: Exception) -> None:
        self.container.spawn_managed_thread(
            partial(self._refuse, message, error), identifier="unreadable request"
        )

    def _refuse(self, message: Any, error: Exception) -> None:
        for provider in self._providers:
            provider.handle_result(message, None, (type(error), error, None))


class RobustRpcConsumer(RpcConsumer):
    """One answer for each request with a valid `reply_to`, and an ack for every request."""

    queue_consumer = RobustQueueConsumer()

    def setup(self) -> None:
        super().setup()
        # The topology declares queue and exchange (shared/platform/topology.py).
        self.queue.no_declare = True
        self.queue.exchange.no_declare = True
        self._exchange = get_rpc_exchange(self.container.config)
        config = self.container.config
        self._publisher = Publisher(config["AMQP_URI"], use_confirms=False, ssl=config["AMQP_SSL"])

    def handle_message(self, arguments: Json, message: Any) -> None:
        routing_key = message.delivery_info["routing_key"]
        try:
            self.get_provider_for_method(routing_key).handle_message(arguments, message)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)
        except Exception as error:
            self.handle_result(message, None, (type(error), error, error.__traceback__))

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        error = _error_payload(_public_error(exc_info[1])) if exc_info else None
        try:
            self._answer(message, _payload(result, error))
        except Exception as failure:
            # The caller will repeat the request, which is safe: a command with the same id has no
            # second effect.
            log.warning("answer not sent", error=broker.describe(failure))
        self.queue_consumer.ack_message(message)
        return result, exc_info

    def _answer(self, message: Any, payload: bytes) -> None:
        reply_to = message.properties.get("reply_to")
        if not reply_to:
            log.warning("request without reply_to")
            return
        if not re.match(REPLY_ADDRESSES, str(reply_to)):
            # The broker would refuse it and close the channel, which all answers share.
            log.warning("request with a forbidden reply_to")
            return
        self._publisher.publish(
            payload,
            content_type=requests.CONTENT_TYPE,
            content_encoding="utf-8",
            exchange=self._exchange,
            routing_key=str(reply_to),
            correlation_id=message.properties.get("correlation_id"),
        )


class CheckedRpc(Rpc):
    """An RPC method whose keyword arguments are loaded by a marshmallow schema."""

    rpc_consumer = RobustRpcConsumer()
    context = ServiceContext()

    def __init__(self, takes: type[Query], **kwargs: Any) -> None:
        super().__init__(expected_exceptions=(WarmError,), **kwargs)
        self.takes = takes
        # Created once, because that takes as long as loading with it.
        self._schema = takes()

    def setup(self) -> None:
        super().setup()
        self._callers = self.context.settings.caller_check
        self._user = broker.user_of(self.context.settings.amqp_uri)

    def handle_message(self, arguments: Json, message: Any) -> None:
        # Without the context data of the headers: it isn't used here, and an invalid call stack in
        # it would kill nameko.
        expiration = message.properties.get("expiration")
        deadline = Deadline.of(message.headers, expiration, self.context.late_requests.note)
        if deadline:
            # Before the arguments are checked, and once more when a worker begins.
            deadline.require()
        self.container.spawn_worker(
            self,
            (),
            {**self._arguments(arguments, message), _DEADLINE: deadline},
            handle_result=partial(self.handle_result, message),
        )

    def _arguments(self, arguments: Json, message: Any) -> Json:
        try:
            loaded: Json = self._schema.load(arguments)
        except ValidationError as error:
            raise ValidationFailed(error.normalized_messages()) from None
        if not issubclass(self.takes, CommandSchema):
            return loaded
        user = message.properties.get("user_id")
        self._callers.require(sender_of(user, message.headers, self._user), loaded["actor"])
        service = self.container.service_name
        repository = self.context.repository()
        return with_command(repository, service, self.method_name, arguments, loaded)


def with_command(
    repository: Repository, service: str, method: str, arguments: Json, loaded: Json
) -> Json:
    """The `loaded` form of a command's arguments, with `command` in place of its own parts."""
    parts = {name: loaded.pop(name) for name in COMMAND_PARTS if name in loaded}
    command = repository.command(
        method,
        parts["command_id"],
        parts["actor"],
        {name: value for name, value in arguments.items() if name not in COMMAND_PARTS},
        {name: parts[name] for name in CAUSE if name in parts},
        confirms=parts["confirm_unlikely"],
        doubts=doubts_about(service, loaded),
    )
    return {"command": command, **loaded}


def _payload(result: Any, error: Json | None) -> bytes:
    """The body of an answer; an error in place of a result that is too large."""
    try:
        body = requests.encoded({"result": result, "error": error})
    except (TypeError, ValueError, RecursionError) as failure:
        return _payload(None, _error_payload(_public_error(failure)))
    if len(body) <= QUERY_BYTES:
        return body
    problem = (
        f"Must be at most {QUERY_BYTES} bytes, and is {len(body)}: ask for less, such as limit 100."
    )
    too_large = _error_payload(ValidationFailed({requests.ANSWER: [problem]}))
    return requests.encoded({"result": None, "error": too_large})


def _error_payload(error: Exception) -> Json:
    """Nameko's form of the error, and whether trying again helps."""
    if not isinstance(error, WarmError):
        return dict(serialize(error))
    return error_payload.of(error)


def _public_error(error: Exception) -> Exception:
    """The error for the caller, without messages of the database, which may quote data."""
    if isinstance(error, WarmError | MethodNotFound):
        return error
    if isinstance(error, BrokerAlarm):
        return Unavailable({"problem": broker_alarm.CODE, "reason": error.reason})
    if isinstance(database.normalized(error), database.UNREACHABLE):
        return _not_in_time("database")
    if isinstance(error, BROKER_UNREACHABLE):
        return _not_in_time("broker")
    return RuntimeError(f"{type(error).__name__} in the service; see its log")


def _not_in_time(server: str) -> DeadlineExceeded:
    reason = f"the service's {server} is unreachable; repeat the command"
    return DeadlineExceeded({"reason": reason, CARRIED_OUT: UNKNOWN})


def rpc_methods(methods: Mapping[str, Contract]) -> Callable[[Method], Method]:
    """A decorator that makes a function the RPC method of this name in the contract `methods`.

    Raises KeyError, at import, for a function that the contract doesn't declare.
    """

    def rpc(function: Method) -> Method:
        checked = CheckedRpc.decorator(methods[function.__name__].arguments)
        decorated: Method = checked(_in_time(function))
        return decorated

    return rpc


# The keyword with which an RPC method gets the deadline of its request.
_DEADLINE = "_deadline"


def _in_time(function: Method) -> Method:
    """The method, which does nothing after the deadline: its worker may have had to wait."""

    @wraps(function)
    def timely(service: Any, *args: Any, **arguments: Any) -> Any:
        deadline: Deadline | None = arguments.pop(_DEADLINE, None)
        if deadline is None:
            return function(service, *args, **arguments)
        deadline.require()
        with deadline.current():
            return function(service, *args, **arguments)

    return cast("Method", timely)
