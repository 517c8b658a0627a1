"""Oversight (督导): supervision's own work, as a mixin of its service."""

from services.supervision.oversight.commitment_commands import CommitmentCommands
from services.supervision.oversight.commitments import Commitment, Exemption, Practice
from services.supervision.oversight.finding_commands import FindingCommands
from services.supervision.oversight.findings import Finding
from services.supervision.oversight.group_commands import GroupCommands
from services.supervision.oversight.groups import Action, Group, Meeting, Plan
from services.supervision.oversight.patrols import Patrol, PatrolTeam
from services.supervision.oversight.platform_commands import PlatformCommands
from services.supervision.oversight.platforms import Milestone, Platform
from shared.contracts.rpc import oversight
from shared.service.rpc_server import rpc_methods

KINDS = {
    "group": Group,
    "plan": Plan,
    "meeting": Meeting,
    "action": Action,
    "platform": Platform,
    "milestone": Milestone,
    "patrol": Patrol,
    "patrol_team": PatrolTeam,
    "finding": Finding,
    "practice": Practice,
    "commitment": Commitment,
    "exemption": Exemption,
}


rpc = rpc_methods(oversight.METHODS)


class Oversight(GroupCommands, PlatformCommands, FindingCommands, CommitmentCommands):
    @rpc
    def oversight(self, kind, status):
        """All of one kind, each as its events tell it; with `status`, only those that have it."""
        query = {"status": status} if status else {}
        return [
            {"id": one.id, "orgunit": one.orgunit, "version": one.version, **one.state()}
            for one in self.repository.find(KINDS[kind], **query)
        ]
