"""RPC calls of commands to the services of a running stack."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nameko.exceptions import RemoteError

from deploy.local import stack_state
from deploy.local.errors import CannotRun
from deploy.local.stacks import named_stack
from shared.contracts.problems import PROBLEMS
from shared.domain.errors import DeadlineExceeded, NeedsConfirmation, Unavailable, WarmError
from shared.domain.types import Json
from shared.service.deadlines import CARRIED_OUT, NO, UNKNOWN
from shared.service.rpc_client import SECONDS, RpcClient

# The deadline of a call in an import: a server that is busy for a while shouldn't end it.
IMPORT_SECONDS = 60.0


class _CommandClient(RpcClient):
    """Raises CannotRun where a service fails with an unexpected error."""

    def __init__(self, amqp_uri: str, seconds: float) -> None:
        super().__init__(amqp_uri)
        self._seconds = seconds

    def call(
        self, service: str, method: str, timeout: float | None = None, **arguments: Any
    ) -> Any:
        try:
            return super().call(service, method, timeout or self._seconds, **arguments)
        except RemoteError as error:
            raise CannotRun(
                f"{service} failed on {method}: {error_text(error)}", f"See ./warm logs {service}."
            ) from error


@contextmanager
def service_client(stack_name: str = "", seconds: float = SECONDS) -> Iterator[RpcClient]:
    """An RPC client of the named stack, or of the one that runs (AMQP_URI comes first). A call
    waits `seconds` for its answer.

    For one command: raises CannotRun where no stack runs, or where a service refuses or fails.
    """
    try:
        with _CommandClient(amqp_uri_of(stack_name), seconds) as rpc:
            yield rpc
    except DeadlineExceeded as error:
        raise CannotRun(error_text(error), next_step(error)) from error
    except WarmError as error:
        raise CannotRun(error_text(error), "Nothing changed.") from error


def error_text(error: WarmError | RemoteError) -> str:
    """The error with which a service answered, as text: a typed error, or nameko's RemoteError."""
    if isinstance(error, NeedsConfirmation):
        return f"Unlikely: {_unlikely(error.data)}"
    if isinstance(error, DeadlineExceeded):
        return f"No answer: {_unanswered(error.data)}"
    if isinstance(error, Unavailable):
        return f"Not possible now: {_unavailable(error.data)}"
    if isinstance(error, WarmError):
        return f"{type(error).__name__}: {_plain(error.data)}"
    return str(error)


def next_step(error: DeadlineExceeded) -> str:
    """What to do after a call without an answer."""
    ask = error.data.get("ask")
    if ask:
        return f"Ask before you repeat it: ./warm command {ask['service']} {ask['command_id']}"
    if error.data.get(CARRIED_OUT) == NO:
        return "See ./warm status, then run the command again."
    return "See ./warm status."


def _unanswered(data: Json) -> str:
    """What happened, and whether it may have been done."""
    parts = [f"{data['service']}.{data['method']}"] if data.get("service") else []
    parts += [str(data[name]) for name in ("reason", "clocks") if data.get(name)]
    if data.get(CARRIED_OUT) == UNKNOWN:
        parts.append("it may have been done, or may still be")
    elif data.get(CARRIED_OUT) == NO:
        parts.append("nothing was done")
    return "; ".join(parts) or _plain(data)


def _unavailable(data: Json) -> str:
    """The problem in words, with what ends it."""
    problem = PROBLEMS.get(data.get("problem", ""))
    if problem is None:
        return _plain(data)
    service = data.get("service", "the service")
    reason = f" ({data['reason']})" if data.get("reason") else ""
    return f"{service} {problem.shown}{reason}. To end it: {problem.ends.format(service=service)}."


def how_to_confirm(error: Exception) -> str:
    """What to do about an unlikely value; empty for other errors."""
    unlikely = isinstance(error, NeedsConfirmation)
    return " If the value is right, repeat with --confirm-unlikely." if unlikely else ""


def amqp_uri_of(stack_name: str) -> str:
    """The broker of the named stack, or of the one that runs. Raises CannotRun where none runs."""
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
