"""RPC as a nameko entrypoint that checks its arguments and survives every request.

    rpc = rpc_methods(relief.METHODS)

    class ReliefService(Service):
        @rpc
        def raise_order(self, command, **arguments): ...

A request without `reply_to` or `content_type` kills the process of plain nameko. Here every request
is acknowledged, and ends in an answer, a typed error, or a line in the log.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from kombu import compression
from marshmallow import ValidationError
from nameko.amqp.publish import Publisher
from nameko.exceptions import (
    ContainerBeingKilled,
    MalformedRequest,
    MethodNotFound,
    serialize,
)
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer, get_rpc_exchange

from shared.aggregates.repository import Repository
from shared.contracts.plausibility import doubts_about
from shared.contracts.rpc.declare import CommandSchema, Query
from shared.contracts.rpc.declare import Method as Contract
from shared.domain.errors import DeadlineExceeded, ValidationFailed, WarmError
from shared.domain.types import Json, Method
from shared.platform import broker, database, logging_setup
from shared.platform.permissions import REPLY_ADDRESSES
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

CAUSE = ("correlationid", "causationid")
# These are not part of what is fingerprinted as the command's arguments.
COMMAND_PARTS = tuple(CommandSchema().fields)


def _refuse_compressed(_body: object) -> NoReturn:
    raise ValueError("compressed requests aren't accepted")


# kombu would unpack a compressed body before its size can be checked.
for _kind in compression.encoders():
    compression.register(_refuse_compressed, _refuse_compressed, _kind)


class RobustQueueConsumer(QueueConsumer):
    """Passes requests on, and survives those that can't be decoded."""

    context = ServiceContext()

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
        error = MalformedRequest("The body must be JSON in UTF-8.")
        self.container.spawn_managed_thread(
            partial(self._refuse, message, error), identifier="undecodable request"
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

    def handle_message(self, body: Any, message: Any) -> None:
        routing_key = message.delivery_info["routing_key"]
        try:
            self.get_provider_for_method(routing_key).handle_message(body, message)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)
        except Exception as error:
            self.handle_result(message, None, (type(error), error, error.__traceback__))

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        error = serialize(_public_error(exc_info[1])) if exc_info else None
        try:
            self._answer(message, {"result": result, "error": error})
        except Exception as failure:
            # The caller will repeat the request, which is safe: a command with the same id has no
            # second effect.
            log.warning("answer not sent", error=type(failure).__name__)
        self.queue_consumer.ack_message(message)
        return result, exc_info

    def _answer(self, message: Any, payload: Json) -> None:
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
            serializer="json",
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

    def handle_message(self, body: Any, message: Any) -> None:
        # Without the context data of the headers: it isn't used here, and an invalid call stack in
        # it would kill nameko.
        self.container.spawn_worker(
            self,
            (),
            self._arguments(body),
            handle_result=partial(self.handle_result, message),
        )

    def _arguments(self, body: Any) -> Json:
        if not isinstance(body, dict) or not isinstance(body.get("kwargs"), dict):
            raise MalformedRequest("The body must be an object with `args` and `kwargs`.")
        if body.get("args"):
            raise ValidationFailed({"_args": ["Give arguments by name."]})
        arguments = body["kwargs"]
        try:
            loaded: Json = self._schema.load(arguments)
        except ValidationError as error:
            raise ValidationFailed(error.normalized_messages()) from None
        if not issubclass(self.takes, CommandSchema):
            return loaded
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


def _public_error(error: Exception) -> Exception:
    """The error for the caller, without messages of the database, which may quote data."""
    if isinstance(error, WarmError | MalformedRequest | MethodNotFound):
        return error
    if isinstance(database.normalized(error), database.UNREACHABLE):
        return DeadlineExceeded(
            {"reason": "the service's database is unreachable; repeat the command"}
        )
    return RuntimeError(f"{type(error).__name__} in the service; see its log")


def rpc_methods(methods: Mapping[str, Contract]) -> Callable[[Method], Method]:
    """A decorator that makes a function the RPC method of this name in the contract `methods`.

    Raises KeyError, at import, for a function that the contract doesn't declare.
    """

    def rpc(function: Method) -> Method:
        decorated: Method = CheckedRpc.decorator(methods[function.__name__].arguments)(function)
        return decorated

    return rpc
