"""RPC methods for good practices."""

from datetime import datetime
from typing import Any

from services.supervision.oversight.practices import Practice
from shared.aggregates.aggregate import Command
from shared.contracts.rpc import oversight
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(oversight.METHODS)


class PracticeCommands(AggregateCommands):
    @rpc
    def recognise_practice(
        self, command: Command, orgunit: str, time: datetime, timeprecision: str, what: Json
    ) -> Json:
        """A good practice is recommended to other units."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(Practice, command, where, Practice.recognise, what=what)

    @rpc
    def withdraw_practice(self, command: Command, id: str, **when: Any) -> Json:
        """The practice turned out not to be a good one."""
        return self._move(Practice, command, id, when, Practice.withdraw)
