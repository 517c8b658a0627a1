"""What supervision has of this service's log, asked by RPC."""

from typing import Any

from shared.domain.errors import DeadlineExceeded
from shared.domain.types import Event, Json
from shared.platform import topology
from shared.platform.settings import Settings
from shared.service.rpc_client import RpcClient

OWNER = "supervision"


class RemoteSeen:
    """See shared/messaging/log_repair.py. Raises DeadlineExceeded at once where supervision doesn't
    take requests."""

    def __init__(self, settings: Settings, service: str) -> None:
        self._settings = settings
        self._service = service

    def about(self) -> Json:
        found: Json = self._call("seen")
        return found

    def numbers(self, after: int, limit: int) -> list[tuple[int, str]]:
        found = self._call("seen_numbers", after=after, limit=limit)
        return [(row["number"], row["id"]) for row in found["numbers"]]

    def events(self, numbers: list[int]) -> list[Event]:
        found: list[Event] = self._call("seen_events", numbers=numbers)["events"]
        return found

    def unplaced(self) -> list[Event]:
        found: list[Event] = self._call("seen_unplaced")["events"]
        return found

    def _call(self, method: str, **arguments: object) -> Any:
        uri, seconds = self._settings.amqp_uri, self._settings.rpc_seconds
        if topology.instances(uri, OWNER) == 0:
            raise DeadlineExceeded({"service": OWNER, "reason": "it takes no requests"})
        with RpcClient(uri) as rpc:
            return rpc.call(OWNER, method, seconds, source=self._service, **arguments)
