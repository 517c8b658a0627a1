"""As `rpc.py`, for asyncio: the same rules, with a loop that is awaited."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from pika.adapters.asyncio_connection import AsyncioConnection

from warm_client.address import Address
from warm_client.errors import ServiceError
from warm_client.requests import PATIENCE, SECONDS, Attempts, Call, Lost, NoAnswer
from warm_client.wire import CLOSE_SECONDS, Request, Wire


class AsyncRpcClient:
    """As `RpcClient`, with calls that are awaited: one connection, for any number of tasks of one
    event loop. An asynchronous context manager that closes it.

    A task that is cancelled stops waiting; its command may be carried out all the same.
    """

    def __init__(
        self, address: Address | str, *, seconds: float = SECONDS, patience: float = PATIENCE
    ) -> None:
        self._address = Address.of(address)
        self._seconds, self._patience = seconds, patience
        self._wire: _LoopWire | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Calls that wait for an answer raise DeadlineExceeded after their patience."""
        wire, self._wire = self._wire, None
        if wire:
            await wire.close()

    async def query(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        patience: float | None = None,
    ) -> Any:
        """As `RpcClient.query`."""
        return await self._call(Call.query(service, method, arguments, self._patient(patience)))

    async def command(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        patience: float | None = None,
    ) -> Any:
        """As `RpcClient.command`."""
        return await self._call(Call.command(service, method, arguments, self._patient(patience)))

    def _patient(self, patience: float | None) -> float:
        return self._patience if patience is None else patience

    async def _call(self, call: Call) -> Any:
        attempts = Attempts(call, self._seconds)
        while True:
            try:
                return call.result(await self._open().ask(call, attempts.seconds))
            except (ServiceError, Lost, NoAnswer) as failure:
                pause = attempts.pause_after(failure)
            await asyncio.sleep(pause)

    def _open(self) -> "_LoopWire":
        if self._wire is None or self._wire.is_lost:
            self._wire = _LoopWire(self._address)
        return self._wire


class _LoopWire(Wire):
    """In the event loop of the caller."""

    def __init__(self, address: Address) -> None:
        self._gone = asyncio.Event()
        super().__init__(address, AsyncioConnection)

    async def ask(self, call: Call, seconds: float) -> bytes:
        """The body of the answer. Raises Lost, NoAnswer."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        request = Request(call, seconds, answer)
        if self._add(request):
            self._send()
        try:
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            raise self._unanswered(request) from None
        finally:
            self._forget(request)

    async def close(self) -> None:
        if not self.is_lost:
            self._connection.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), CLOSE_SECONDS)

    def _ended(self) -> None:
        self._gone.set()
