"""Asking the services of a running stack, for the commands that do."""

from contextlib import contextmanager

from nameko.exceptions import RemoteError

from deploy.local import stack_state
from deploy.local.errors import CannotRun
from deploy.local.stacks import named_stack
from shared.domain.errors import DeadlineExceeded, WarmError
from shared.service.rpc_client import RpcClient


class _Asker(RpcClient):
    def call(self, service, method, **arguments):
        try:
            return super().call(service, method, **arguments)
        except RemoteError as error:
            raise CannotRun(
                f"{service} failed on {method}: {in_words(error)}", f"See ./warm logs {service}."
            ) from error


@contextmanager
def services(stack_name=""):
    """An RPC client of the stack, or of the one that is up (AMQP_URI counts as up).

    For one command: raises CannotRun where there is no stack, or where a service refuses or fails.
    """
    try:
        with _Asker(_amqp_uri(stack_name)) as rpc:
            yield rpc
    except DeadlineExceeded as error:
        raise CannotRun(f"No answer: {_plain(error.data)}", "See ./warm status.") from error
    except WarmError as error:
        raise CannotRun(in_words(error), "Nothing changed.") from error


def in_words(error):
    """What a service answered in place of a result: a typed error, or nameko's RemoteError."""
    if isinstance(error, WarmError):
        return f"{type(error).__name__}: {_plain(error.data)}"
    return str(error)


def _amqp_uri(stack_name):
    if not stack_name:
        return stack_state.amqp_uri()
    known = stack_state.read(named_stack(stack_name).home)
    if known is None:
        raise CannotRun(f"The stack {stack_name} isn't running.", "Start it: ./warm up")
    return known["amqp_uri"]


def _plain(data):
    if not isinstance(data, dict):
        return str(data)
    return "; ".join(f"{name}: {value}" for name, value in data.items())
