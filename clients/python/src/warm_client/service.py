"""The bases of the generated classes in `methods/`: for each service one, and one for asyncio."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol


class Caller(Protocol):
    """What calls the methods: RpcClient, or a stand-in of yours in tests."""

    def query(
        self, service: str, method: str, arguments: Mapping[str, Any], patience: float | None
    ) -> Any: ...

    def command(
        self, service: str, method: str, arguments: Mapping[str, Any], patience: float | None
    ) -> Any: ...


class Service:
    """`patience`: how many seconds a call may take in all, in place of the client's own."""

    service: ClassVar[str]

    def __init__(self, client: Caller, patience: float | None = None) -> None:
        self._client, self._patience = client, patience

    def _query(self, method: str, arguments: Mapping[str, Any]) -> Any:
        return self._client.query(self.service, method, arguments, self._patience)

    def _command(self, method: str, arguments: Mapping[str, Any]) -> Any:
        return self._client.command(self.service, method, arguments, self._patience)


class AsyncCaller(Protocol):
    """What calls the methods: AsyncRpcClient, or a stand-in of yours in tests."""

    async def query(
        self, service: str, method: str, arguments: Mapping[str, Any], patience: float | None
    ) -> Any: ...

    async def command(
        self, service: str, method: str, arguments: Mapping[str, Any], patience: float | None
    ) -> Any: ...


class AsyncService:
    """As Service, with methods that are awaited."""

    service: ClassVar[str]

    def __init__(self, client: AsyncCaller, patience: float | None = None) -> None:
        self._client, self._patience = client, patience

    async def _query(self, method: str, arguments: Mapping[str, Any]) -> Any:
        return await self._client.query(self.service, method, arguments, self._patience)

    async def _command(self, method: str, arguments: Mapping[str, Any]) -> Any:
        return await self._client.command(self.service, method, arguments, self._patience)
