"""RPC methods for patrols and patrol teams."""

from datetime import datetime
from typing import Any

from services.supervision.oversight.findings import Finding
from services.supervision.oversight.patrols import Patrol, PatrolTeam
from services.supervision.oversight.rules import VOID
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment
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
        orgunit: str | None,
        **when: Any,
    ) -> Json:
        """Correct or withdraw what was recorded of a patrol. `time` is when it took place. Raises
        Conflict while findings rest on a patrol that would be no more."""
        counted = findings.to_json() if findings else None

        def correct(patrol: Patrol, at: Moment) -> None:
            if withdrawn:
                self._require_no_findings(patrol)
            patrol.correct(counted, withdrawn, reason, at)

        return self._move(Patrol, command, id, when, correct, orgunit)

    def _require_no_findings(self, patrol: Patrol) -> None:
        found = self.repository.find(Finding, patrol=patrol.id)
        standing = [finding.id for finding in found if finding.status not in VOID]
        patrol.refuse_while("withdraw", "withdraw what it found first", findings=standing)

    @rpc
    def form_patrol_team(self, command: Command, id: str, **when: Any) -> Json:
        """The office forms the team that the rule has proposed."""
        return self._move(PatrolTeam, command, id, when, PatrolTeam.form)

    @rpc
    def stand_down_patrol_team(self, command: Command, id: str, **when: Any) -> Json:
        """The team is not needed, or not needed any more."""
        return self._move(PatrolTeam, command, id, when, PatrolTeam.stand_down)
