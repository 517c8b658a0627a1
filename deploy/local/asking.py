"""Asking the services of a running stack, for the commands that do."""

from contextlib import contextmanager

from deploy.local import state
from deploy.local.errors import CannotRun
from deploy.local.stacks import named_stack
from shared.errors import DeadlineExceeded, WarmError
from shared.rpc_client import RpcClient


@contextmanager
def services(stack_name):
    """An RPC client of the stack. Raises CannotRun where it isn't up, or refuses."""
    known = state.read(named_stack(stack_name).home)
    if known is None:
        start = "demo --keep" if stack_name == "demo" else "up"
        raise CannotRun(f"The stack {stack_name} isn't running.", f"Start it: ./warm {start}")
    try:
        with RpcClient(known["amqp_uri"]) as rpc:
            yield rpc
    except DeadlineExceeded as error:
        raise CannotRun(f"No answer: {error.data}", "See ./warm status.") from error
    except WarmError as error:
        raise CannotRun(
            f"{type(error).__name__}: {_plain(error.data)}", "Nothing changed."
        ) from error


def running_stack():
    """`main` if it is up, else `demo` if it was kept."""
    names = ("main", "demo")
    return next((name for name in names if state.read(named_stack(name).home)), "main")


def _plain(data):
    if not isinstance(data, dict):
        return str(data)
    return "; ".join(f"{name}: {value}" for name, value in data.items())
