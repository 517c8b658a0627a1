"""Calls methods of the services, with a deadline, and repeats what is safe to repeat."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, Self

import pika

from warm_client.address import Address
from warm_client.errors import ServiceError
from warm_client.requests import PATIENCE, SECONDS, Attempts, Call, Lost, NoAnswer
from warm_client.wire import CLOSE_SECONDS, Request, Wire


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
        self._wire: _ThreadWire | None = None
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
        return self._call(Call.query(service, method, arguments, self._patient(patience)))

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
        return self._call(Call.command(service, method, arguments, self._patient(patience)))

    def _patient(self, patience: float | None) -> float:
        return self._patience if patience is None else patience

    def _call(self, call: Call) -> Any:
        attempts = Attempts(call, self._seconds)
        while True:
            try:
                return call.result(self._open().ask(call, attempts.seconds))
            except (ServiceError, Lost, NoAnswer) as failure:
                pause = attempts.pause_after(failure)
            time.sleep(pause)

    def _open(self) -> "_ThreadWire":
        with self._lock:
            if self._wire is None or self._wire.is_lost:
                self._wire = _ThreadWire(self._address)
            return self._wire


class _ThreadWire(Wire):
    """In a thread of its own: requests come from any thread."""

    def __init__(self, address: Address) -> None:
        super().__init__(address, pika.SelectConnection)
        self._thread = threading.Thread(target=self._run, name="warm-client-rpc", daemon=True)
        self._thread.start()

    def ask(self, call: Call, seconds: float) -> bytes:
        """The body of the answer. Raises Lost, NoAnswer."""
        answer: Future[bytes] = Future()
        request = Request(call, seconds, answer)
        if self._add(request):
            self._connection.ioloop.add_callback_threadsafe(self._send)
        try:
            return answer.result(seconds)
        except TimeoutError:
            raise self._unanswered(request) from None
        finally:
            self._forget(request)

    def close(self) -> None:
        if not self.is_lost:
            self._connection.ioloop.add_callback_threadsafe(self._connection.close)
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        try:
            self._connection.ioloop.start()
        except Exception as error:
            # Whatever pika raises ends the thread, and callers must not wait for it.
            self._lose(Lost(f"{type(error).__name__}: {error}"))

    def _ended(self) -> None:
        self._connection.ioloop.stop()
