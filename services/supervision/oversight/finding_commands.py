"""RPC methods for findings."""

import hashlib
from datetime import date, datetime
from typing import Any

from services.supervision.oversight.findings import Finding
from services.supervision.oversight.patrols import Patrol, PatrolTeam, team_id
from services.supervision.oversight.rules import VOID, asset_key
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment, event_id
from shared.contracts.rpc import oversight
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

SERVICE = "supervision"
LONGEST_ID = 64


rpc = rpc_methods(oversight.METHODS)


class FindingCommands(AggregateCommands):
    @rpc
    def report_finding(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        patrol: str | None,
        due: date | None,
        fixed_on_spot: bool,
        **finding: Any,
    ) -> Json:
        """A finding is reported. A repeat at the same asset proposes a patrol team for it."""
        others = self._at_asset(orgunit, finding["asset"])

        def report(reported: Finding, at: Moment) -> None:
            reported.report(due, self.present_calendar(), others, at)
            if fixed_on_spot:
                reported.rectify(command.actor, at)

        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        needs = [(Patrol, patrol)]
        result = self._open(Finding, command, where, report, needs=needs, patrol=patrol, **finding)
        self._propose_team(command, result["id"])
        return result

    @rpc
    def dispatch_finding(
        self, command: Command, id: str, responsible: str, due: date, **when: Any
    ) -> Json:
        """Somebody is made responsible for rectifying it by a day."""
        return self._move(
            Finding, command, id, when, lambda finding, at: finding.dispatch(responsible, due, at)
        )

    @rpc
    def rectify_finding(self, command: Command, id: str, **when: Any) -> Json:
        """The finding is rectified. Somebody else has to re-inspect and close it."""
        return self._move(
            Finding, command, id, when, lambda finding, at: finding.rectify(command.actor, at)
        )

    @rpc
    def close_finding(self, command: Command, id: str, **when: Any) -> Json:
        """Re-inspected and in order. Raises Forbidden for the actor who rectified it."""
        return self._move(
            Finding, command, id, when, lambda finding, at: finding.close(command.actor, at)
        )

    @rpc
    def reopen_finding(self, command: Command, id: str, reason: str, **when: Any) -> Json:
        """The rectification did not solve it."""
        return self._move(
            Finding, command, id, when, lambda finding, at: finding.reopen(reason, at)
        )

    @rpc
    def shelve_finding(self, command: Command, id: str, reason: str, **when: Any) -> Json:
        """The finding can't be solved now, and stays on account."""
        return self._move(
            Finding, command, id, when, lambda finding, at: finding.shelve(reason, at)
        )

    @rpc
    def correct_finding(
        self,
        command: Command,
        id: str,
        time: datetime,
        timeprecision: str,
        reason: str,
        orgunit: str | None,
        duplicate: bool,
        withdrawn: bool,
        **parts: Any,
    ) -> Json:
        """Correct or withdraw what was reported. `time` is when it was reported."""
        action = "mark_duplicate" if duplicate else "withdraw" if withdrawn else "correct"

        def correct(finding: Finding, at: Moment) -> None:
            others = self._at_asset(finding.orgunit, parts.get("asset", finding.asset))
            finding.correct(parts, action, reason, self.present_calendar(), others, at)

        when = {"time": time, "timeprecision": timeprecision}
        result = self._move(Finding, command, id, when, correct, orgunit)
        self._propose_team(command, id)
        return result

    def _at_asset(self, orgunit: str, asset: str | None) -> list[Finding]:
        key = asset_key(asset)
        return self.repository.find(Finding, orgunit=orgunit, asset_key=key) if key else []

    def _propose_team(self, command: Command, id: str) -> None:
        """The reaction to a repeat: a command of its own, whose id is derived from `command`.

        Where the call was interrupted between the two, a repetition of it does this one too.
        """
        finding = self.repository.get(Finding, id)
        if finding.repeat_of is None or finding.status in VOID:
            return
        team = team_id(finding.orgunit, finding.asset)
        if self.repository.find(PatrolTeam, _id=team, findings=id):
            return
        self.repository.put(
            PatrolTeam,
            team,
            self._reaction(command, "patrol-team", {"finding": id}),
            lambda proposed: proposed.propose(id, finding.reported_at()),
            orgunit=finding.orgunit,
            asset=finding.asset,
        )

    def _reaction(self, command: Command, name: str, arguments: Json) -> Command:
        cause = event_id(SERVICE, command.id, 1)
        return self.repository.command(
            name,
            _shortened(f"{command.id}:{name}"),
            f"service:{SERVICE}",
            arguments,
            {"correlationid": command.cause.get("correlationid", cause), "causationid": cause},
        )


def _shortened(command_id: str) -> str:
    if len(command_id) <= LONGEST_ID:
        return command_id
    return hashlib.sha256(command_id.encode()).hexdigest()
