"""RPC for patrols, findings and patrol teams."""

import hashlib

from services.supervision.oversight.findings import Finding
from services.supervision.oversight.patrols import Patrol, PatrolTeam, team_id
from services.supervision.oversight.rules import VOID, asset_key
from shared.contracts.envelope import event_id
from shared.contracts.rpc import oversight
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

SERVICE = "supervision"
LONGEST_ID = 64


rpc = rpc_methods(oversight.METHODS)


class FindingCommands(AggregateCommands):
    @rpc
    def record_patrol(self, command, orgunit, time, timeprecision, findings, **patrol):
        """A round of checks; one with exactly 0 findings is a nil report."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(
            Patrol, command, where, Patrol.make, findings=findings.to_json(), **patrol
        )

    @rpc
    def correct_patrol(self, command, id, findings, withdrawn, reason, **when):
        """Put right what was recorded, or take it back; `time` is when the round was made."""
        counted = findings and findings.to_json()
        return self._move(
            Patrol,
            command,
            id,
            when,
            lambda patrol, at: patrol.correct(counted, withdrawn, reason, at),
        )

    @rpc
    def report_finding(
        self, command, orgunit, time, timeprecision, patrol, due, fixed_on_spot, **finding
    ):
        """Something was found. A repeat at the same asset proposes a patrol team for it."""
        others = self._at_asset(orgunit, finding["asset"])

        def report(found, at):
            found.report(due, others, at)
            if fixed_on_spot:
                found.rectify(command.actor, at)

        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        needs = [(Patrol, patrol)]
        result = self._open(Finding, command, where, report, needs=needs, patrol=patrol, **finding)
        self._propose_team(command, result["id"])
        return result

    @rpc
    def dispatch_finding(self, command, id, responsible, due, **when):
        """Somebody has to put it right by a day."""
        return self._move(
            Finding, command, id, when, lambda found, at: found.dispatch(responsible, due, at)
        )

    @rpc
    def rectify_finding(self, command, id, **when):
        """It was put right; somebody else has to see that, and close it."""
        return self._move(
            Finding, command, id, when, lambda found, at: found.rectify(command.actor, at)
        )

    @rpc
    def close_finding(self, command, id, **when):
        """Inspected again, and right. Raises Forbidden for who rectified it."""
        return self._move(
            Finding, command, id, when, lambda found, at: found.close(command.actor, at)
        )

    @rpc
    def reopen_finding(self, command, id, reason, **when):
        """It wasn't put right after all."""
        return self._move(Finding, command, id, when, lambda found, at: found.reopen(reason, at))

    @rpc
    def shelve_finding(self, command, id, reason, **when):
        """It can't be solved now: on account."""
        return self._move(Finding, command, id, when, lambda found, at: found.shelve(reason, at))

    @rpc
    def correct_finding(
        self, command, id, time, timeprecision, reason, duplicate, withdrawn, **parts
    ):
        """Put right what was reported, or take it back; `time` is when it was reported."""
        action = "mark_duplicate" if duplicate else "withdraw" if withdrawn else "correct"

        def correct(found, at):
            others = self._at_asset(found.orgunit, parts.get("asset", found.asset))
            found.correct(parts, action, reason, others, at)

        when = {"time": time, "timeprecision": timeprecision}
        result = self._move(Finding, command, id, when, correct)
        self._propose_team(command, id)
        return result

    @rpc
    def form_patrol_team(self, command, id, **when):
        """What was proposed by rule is set up by people."""
        return self._move(PatrolTeam, command, id, when, PatrolTeam.form)

    @rpc
    def stand_down_patrol_team(self, command, id, **when):
        """The team isn't needed, or no longer."""
        return self._move(PatrolTeam, command, id, when, PatrolTeam.stand_down)

    def _at_asset(self, orgunit, asset):
        key = asset_key(asset)
        return self.repository.find(Finding, orgunit=orgunit, asset_key=key) if key else []

    def _propose_team(self, command, id):
        """The reaction to a repeat: a command of its own, whose id comes from the one before.

        Whoever repeats the whole call, because it broke off in between, repeats this too.
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

    def _reaction(self, command, name, arguments):
        cause = event_id(SERVICE, command.id, 1)
        return self.repository.command(
            name,
            _short(f"{command.id}:{name}"),
            f"service:{SERVICE}",
            arguments,
            {"correlationid": command.cause.get("correlationid", cause), "causationid": cause},
        )


def _short(command_id):
    if len(command_id) <= LONGEST_ID:
        return command_id
    return hashlib.sha256(command_id.encode()).hexdigest()
