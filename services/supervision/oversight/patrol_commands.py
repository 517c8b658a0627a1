"""RPC methods for patrols and patrol teams."""

from datetime import datetime
from typing import Any

from services.supervision.oversight.patrols import Patrol, PatrolTeam
from shared.aggregates.aggregate import Command
from shared.contracts.rpc import oversight
from shared.domain.quantities import Quantity
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(oversight.METHODS)


class PatrolCommands(AggregateCommands):
    @rpc
    def record_patrol(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        findings: Quantity,
        **patrol: Any,
    ) -> Json:
        """A patrol took place. One with exactly 0 findings is a nil report."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(
            Patrol, command, where, Patrol.make, findings=findings.to_json(), **patrol
        )

    @rpc
    def correct_patrol(
        self,
        command: Command,
        id: str,
        findings: Quantity | None,
        withdrawn: bool,
        reason: str,
        **when: Any,
    ) -> Json:
        """Correct or withdraw what was recorded of a patrol. `time` is when it took place."""
        counted = findings.to_json() if findings else None
        return self._move(
            Patrol,
            command,
            id,
            when,
            lambda patrol, at: patrol.correct(counted, withdrawn, reason, at),
        )

    @rpc
    def form_patrol_team(self, command: Command, id: str, **when: Any) -> Json:
        """The office forms the team that the rule has proposed."""
        return self._move(PatrolTeam, command, id, when, PatrolTeam.form)

    @rpc
    def stand_down_patrol_team(self, command: Command, id: str, **when: Any) -> Json:
        """The team is not needed, or not needed any more."""
        return self._move(PatrolTeam, command, id, when, PatrolTeam.stand_down)
