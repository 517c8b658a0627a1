"""Calls methods of the services, with a deadline, and repeats what is safe to repeat."""

import threading
import time
from collections.abc import Mapping
from typing import Any, Self

from warm_client.address import Address
from warm_client.backoff import Backoff
from warm_client.errors import AccessRefused, ServiceError
from warm_client.requests import Call, Lost, NoAnswer, command_id, is_worth_repeating
from warm_client.wire import DENIED, Wire

SECONDS = 10.0
PATIENCE = 60.0


class RpcClient:
    """One connection, which any number of threads may use at the same time. It is opened by the
    first call, and again after it was lost. A context manager that closes it.

    `seconds`: how long one request may take. `patience`: how long a call may take in all; after a
    request without an answer, or on a lost connection, it is sent again until then. A command keeps
    its `command_id`, so that it has one effect, however often it is sent.
    """

    def __init__(
        self, address: Address | str, *, seconds: float = SECONDS, patience: float = PATIENCE
    ) -> None:
        self._address = Address.of(address)
        self._seconds, self._patience = seconds, patience
        self._wire: Wire | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Calls that wait for an answer raise DeadlineExceeded after their patience."""
        with self._lock:
            wire, self._wire = self._wire, None
        if wire:
            wire.close()

    def query(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        patience: float | None = None,
    ) -> Any:
        """The answer of a method that changes nothing. Raises ServiceError, AccessRefused."""
        return self._call(Call(service, method, arguments, self._ends(patience)))

    def command(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        patience: float | None = None,
    ) -> Any:
        """The answer of a method that changes something, with a `command_id` unless one is given.

        Raises ServiceError, AccessRefused. The data of DeadlineExceeded say whether it may have
        been carried out, and how to ask.
        """
        given = {"command_id": command_id(), **arguments}
        return self._call(
            Call(service, method, given, self._ends(patience), str(given["command_id"]))
        )

    def _ends(self, patience: float | None) -> float:
        return time.monotonic() + (self._patience if patience is None else patience)

    def _call(self, call: Call) -> Any:
        backoff = Backoff(first=0.1, longest=5.0)
        while True:
            try:
                return call.result(
                    self._open().ask(call, min(self._seconds, max(call.left, 0.001)))
                )
            except ServiceError as error:
                if not is_worth_repeating(error):
                    raise
                failure: Exception = error
            except (Lost, NoAnswer) as error:
                _require_access(error, call)
                failure = error
            call.note(failure)
            wait = backoff.wait()
            if call.left <= wait:
                raise call.late(failure) from failure
            time.sleep(wait)

    def _open(self) -> Wire:
        with self._lock:
            if self._wire is None or self._wire.is_lost:
                self._wire = Wire(self._address)
            return self._wire


def _require_access(failure: Exception, call: Call) -> None:
    """The broker closes the channel, which all calls share, for one that isn't allowed: its text
    names that one."""
    if isinstance(failure, Lost) and failure.code == DENIED:
        others = "access to topic" in failure.reason and call.routing_key not in failure.reason
        if not others:
            raise AccessRefused(failure.reason) from failure
