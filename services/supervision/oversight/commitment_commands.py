"""RPC methods for commitments."""

from datetime import date, datetime
from typing import Any

from services.supervision.oversight.commitments import Commitment
from shared.aggregates.aggregate import Command
from shared.contracts.rpc import oversight
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(oversight.METHODS)


class CommitmentCommands(AggregateCommands):
    @rpc
    def make_commitment(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        due: date | None,
        **commitment: Any,
    ) -> Json:
        """A unit announces what it will do."""
        return self._open(
            Commitment,
            command,
            {"orgunit": orgunit, "time": time, "timeprecision": timeprecision},
            lambda made, at: made.make(due, at),
            **commitment,
        )

    @rpc
    def keep_commitment(self, command: Command, id: str, **when: Any) -> Json:
        """The unit did what it had announced."""
        return self._move(Commitment, command, id, when, Commitment.keep)

    @rpc
    def drop_commitment(self, command: Command, id: str, reason: str, **when: Any) -> Json:
        """The unit will not do what it had announced."""
        return self._move(Commitment, command, id, when, lambda made, at: made.drop(reason, at))
