"""All RPC methods of oversight (督导), as one mixin of the service."""

from services.supervision.oversight.calendar_commands import CalendarCommands
from services.supervision.oversight.commitment_commands import CommitmentCommands
from services.supervision.oversight.commitments import Commitment
from services.supervision.oversight.exemption_commands import ExemptionCommands
from services.supervision.oversight.exemptions import Exemption
from services.supervision.oversight.finding_commands import FindingCommands
from services.supervision.oversight.findings import Finding
from services.supervision.oversight.group_commands import GroupCommands
from services.supervision.oversight.groups import Group, Plan
from services.supervision.oversight.meeting_commands import MeetingCommands
from services.supervision.oversight.meetings import Action, Meeting
from services.supervision.oversight.patrol_commands import PatrolCommands
from services.supervision.oversight.patrols import Patrol, PatrolTeam
from services.supervision.oversight.platform_commands import PlatformCommands
from services.supervision.oversight.platforms import Milestone, Platform
from services.supervision.oversight.practice_commands import PracticeCommands
from services.supervision.oversight.practices import Practice
from services.supervision.oversight.staff_commands import StaffCommands
from shared.aggregates.aggregate import Aggregate
from shared.contracts.rpc import oversight
from shared.domain.types import Json
from shared.service.rpc_server import rpc_methods

KINDS: dict[str, type[Aggregate]] = {
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


class OversightCommands(
    GroupCommands,
    MeetingCommands,
    PlatformCommands,
    PatrolCommands,
    FindingCommands,
    PracticeCommands,
    CommitmentCommands,
    ExemptionCommands,
    CalendarCommands,
    StaffCommands,
):
    @rpc
    def oversight(
        self, kind: str, status: str | None, after: str | None, limit: int | None
    ) -> list[Json]:
        """Those of one kind, each with its published state; only those with `status`, if given."""
        query = {"status": status} if status else {}
        return [
            {"id": one.id, "orgunit": one.orgunit, "version": one.version, **one.state()}
            for one in self.repository.page(KINDS[kind], after, limit, **query)
        ]
