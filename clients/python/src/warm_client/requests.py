"""One call of a method, without a broker: what is sent, what the answer says, and what is known
when no answer comes."""

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from warm_client import typed_errors
from warm_client.backoff import Backoff
from warm_client.errors import AccessRefused, OtherError, ServiceError

EXCHANGE = "nameko-rpc"
# The broker lets a caller declare queues that begin so, and no others.
REPLY_QUEUES = "rpc.reply-"
DEADLINE = "deadline"
SAME_ID = "same_id"
# The broker's code for what a user may not do.
DENIED = 403
SECONDS = 10.0
PATIENCE = 60.0
NO, UNKNOWN = "no", "unknown"

TYPED: dict[str, type[ServiceError]] = {
    it.__name__: it
    for it in vars(typed_errors).values()
    if isinstance(it, type) and issubclass(it, ServiceError) and it is not ServiceError
}


class NoAnswer(Exception):
    """The request was sent, and no answer came in time. The argument is the reason."""


class Lost(Exception):
    """The connection is gone. `sent`: the request may have reached the broker."""

    def __init__(self, reason: str, code: int = 0, sent: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.code, self.sent = reason, code, sent


@dataclass
class Call:
    """`command_id` is None for a query. The caller waits until `ends`, by the monotonic clock."""

    service: str
    method: str
    arguments: Mapping[str, Any]
    ends: float
    command_id: str | None = None
    body: bytes = b""
    # How many requests the broker may have, and how many of them the service surely left undone.
    _sent: int = field(default=0, repr=False)
    _refused: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        request = {"args": [], "kwargs": dict(self.arguments)}
        try:
            self.body = json.dumps(request, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            # A lone surrogate. The service refuses it with the name of its field.
            self.body = json.dumps(request).encode()

    @classmethod
    def command(
        cls, service: str, method: str, arguments: Mapping[str, Any], patience: float
    ) -> Self:
        """With a `command_id`, unless one is given."""
        given = {"command_id": str(uuid.uuid4()), **arguments}
        ends = time.monotonic() + patience
        return cls(service, method, given, ends, str(given["command_id"]))

    @classmethod
    def query(
        cls, service: str, method: str, arguments: Mapping[str, Any], patience: float
    ) -> Self:
        return cls(service, method, arguments, time.monotonic() + patience)

    @property
    def routing_key(self) -> str:
        return f"{self.service}.{self.method}"

    @property
    def left(self) -> float:
        return self.ends - time.monotonic()

    def result(self, answer: bytes) -> Any:
        """Raises the typed error that the answer carries."""
        found = json.loads(answer)
        if found.get("error"):
            raise read_error(found["error"])
        return found.get("result")

    def note(self, failure: Exception) -> None:
        """An attempt failed by NoAnswer, Lost, or a DeadlineExceeded of the service."""
        if isinstance(failure, Lost):
            self._sent += failure.sent
            return
        self._sent += 1
        if isinstance(failure, ServiceError) and _data(failure).get("carried_out") == NO:
            self._refused += 1

    def late(self, failure: Exception) -> typed_errors.DeadlineExceeded:
        """What the caller gets in the end: whether a command may have been carried out, and how to
        ask."""
        data = {"service": self.service, "method": self.method, "reason": _reason(failure)}
        if self.command_id is None:
            return typed_errors.DeadlineExceeded(data)
        if self._sent <= self._refused:
            return typed_errors.DeadlineExceeded({**data, "carried_out": NO})
        ask = {"service": self.service, "method": "command", "command_id": self.command_id}
        return typed_errors.DeadlineExceeded({**data, "carried_out": UNKNOWN, "ask": ask})


class Attempts:
    """The attempts of one call: each may take `seconds`, and is made again after a pause as long as
    the caller is patient and it is safe."""

    def __init__(self, call: Call, seconds: float) -> None:
        self._call, self._seconds = call, seconds
        self._backoff = Backoff(first=0.1, longest=5.0)

    @property
    def seconds(self) -> float:
        """How long the next attempt may take."""
        return min(self._seconds, max(self._call.left, 0.001))

    def pause_after(self, failure: ServiceError | Lost | NoAnswer) -> float:
        """How long to wait before the next attempt. Raises what the caller gets where none is
        made: ServiceError, AccessRefused."""
        if isinstance(failure, ServiceError) and failure.try_again != SAME_ID:
            raise failure
        _require_access(failure, self._call)
        self._call.note(failure)
        pause = self._backoff.wait()
        if self._call.left <= pause:
            raise self._call.late(failure) from failure
        return pause


def deadline_after(seconds: float) -> str:
    """The header for a caller that waits so long from now on."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def read_error(error: Mapping[str, Any]) -> ServiceError:
    """The error in an answer. Its `value`, which differs between releases, isn't needed."""
    name, try_again = str(error.get("exc_type")), error.get("try_again")
    arguments = error.get("exc_args") or []
    known = TYPED.get(name)
    if known is None:
        return OtherError(name, arguments, try_again)
    return known(arguments[0] if arguments else {}, try_again)


def _require_access(failure: Exception, call: Call) -> None:
    """The broker closes the channel, which all calls share, for one that isn't allowed: its text
    names that one."""
    if isinstance(failure, Lost) and failure.code == DENIED:
        others = "access to topic" in failure.reason and call.routing_key not in failure.reason
        if not others:
            raise AccessRefused(failure.reason) from failure


def _data(error: ServiceError) -> Mapping[str, Any]:
    return error.data if isinstance(error.data, dict) else {}


def _reason(failure: Exception) -> str:
    if isinstance(failure, ServiceError):
        return str(_data(failure).get("reason", ""))
    return str(failure)
