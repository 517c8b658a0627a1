"""Asking the services of a running stack, for the commands that do."""

from contextlib import contextmanager

from deploy.local import state
from deploy.local.errors import CannotRun
from deploy.local.stacks import named_stack
from shared.errors import DeadlineExceeded, WarmError
from shared.rpc_client import RpcClient


@contextmanager
def services(stack_name=""):
    """An RPC client of the stack, or of the one that is up (AMQP_URI counts as up).

    Raises CannotRun where there is none, or where a service refuses.
    """
    try:
        with RpcClient(_amqp_uri(stack_name)) as rpc:
            yield rpc
    except DeadlineExceeded as error:
        raise CannotRun(f"No answer: {_plain(error.data)}", "See ./warm status.") from error
    except WarmError as error:
        raise CannotRun(
            f"{type(error).__name__}: {_plain(error.data)}", "Nothing changed."
        ) from error


def _amqp_uri(stack_name):
    if not stack_name:
        return state.addresses()["amqp_uri"]
    known = state.read(named_stack(stack_name).home)
    if known is None:
        raise CannotRun(f"The stack {stack_name} isn't running.", "Start it: ./warm up")
    return known["amqp_uri"]


def _plain(data):
    if not isinstance(data, dict):
        return str(data)
    return "; ".join(f"{name}: {value}" for name, value in data.items())
