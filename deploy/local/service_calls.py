"""RPC calls of commands to the services of a running stack."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nameko.exceptions import RemoteError

from deploy.local import stack_state
from deploy.local.errors import CannotRun
from deploy.local.stacks import named_stack
from shared.domain.errors import DeadlineExceeded, NeedsConfirmation, WarmError
from shared.domain.types import Json
from shared.service.rpc_client import SECONDS, RpcClient


class _CommandClient(RpcClient):
    """Raises CannotRun where a service fails with an unexpected error."""

    def call(self, service: str, method: str, timeout: float = SECONDS, **arguments: Any) -> Any:
        try:
            return super().call(service, method, timeout, **arguments)
        except RemoteError as error:
            raise CannotRun(
                f"{service} failed on {method}: {error_text(error)}", f"See ./warm logs {service}."
            ) from error


@contextmanager
def service_client(stack_name: str = "") -> Iterator[RpcClient]:
    """An RPC client of the named stack, or of the one that runs (AMQP_URI comes first).

    For one command: raises CannotRun where no stack runs, or where a service refuses or fails.
    """
    try:
        with _CommandClient(_amqp_uri(stack_name)) as rpc:
            yield rpc
    except DeadlineExceeded as error:
        raise CannotRun(f"No answer: {_plain(error.data)}", "See ./warm status.") from error
    except WarmError as error:
        raise CannotRun(error_text(error), "Nothing changed.") from error


def error_text(error: WarmError | RemoteError) -> str:
    """The error with which a service answered, as text: a typed error, or nameko's RemoteError."""
    if isinstance(error, NeedsConfirmation):
        return f"Unlikely: {_unlikely(error.data)}"
    if isinstance(error, WarmError):
        return f"{type(error).__name__}: {_plain(error.data)}"
    return str(error)


def how_to_confirm(error: Exception) -> str:
    """What to do about an unlikely value; empty for other errors."""
    unlikely = isinstance(error, NeedsConfirmation)
    return " If the value is right, repeat with --confirm-unlikely." if unlikely else ""


def _amqp_uri(stack_name: str) -> str:
    if not stack_name:
        return stack_state.amqp_uri()
    state = stack_state.read(named_stack(stack_name).home)
    if state is None:
        raise CannotRun(f"The stack {stack_name} isn't running.", "Start it: ./warm up")
    uri: str = state["amqp_uri"]
    return uri


def _unlikely(data: Json, path: str = "") -> str:
    """Each field with the rules that it breaks, in both languages."""
    parts = []
    for name, found in data.items():
        if isinstance(found, dict):
            parts.append(_unlikely(found, f"{path}{name}."))
        else:
            rules = "; ".join(f"{rule['zh']} / {rule['en']}" for rule in found)
            parts.append(f"{path}{name}: {rules}")
    return "; ".join(parts)


def _plain(data: Any) -> str:
    if not isinstance(data, dict):
        return str(data)
    return "; ".join(f"{name}: {value}" for name, value in data.items())
