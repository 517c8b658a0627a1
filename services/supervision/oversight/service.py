"""Oversight (督导): supervision's own work, as a mixin of its service."""

from services.supervision.oversight import schemas
from services.supervision.oversight.finding_desk import FindingDesk
from services.supervision.oversight.findings import Finding
from services.supervision.oversight.group_desk import GroupDesk
from services.supervision.oversight.groups import Action, Group, Meeting, Plan
from services.supervision.oversight.patrols import Patrol, PatrolTeam
from services.supervision.oversight.platform_desk import PlatformDesk
from services.supervision.oversight.platforms import Milestone, Platform
from services.supervision.oversight.promise_desk import PromiseDesk
from services.supervision.oversight.promises import Commitment, Exemption, Practice
from shared.rpc import rpc

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


class Oversight(GroupDesk, PlatformDesk, FindingDesk, PromiseDesk):
    @rpc(schemas.Listing)
    def oversight(self, kind, status):
        """All of one kind, each as its events tell it; with `status`, only those that have it."""
        query = {"status": status} if status else {}
        return [
            {"id": one.id, "orgunit": one.orgunit, "version": one.version, **one.state()}
            for one in self.books.find(KINDS[kind], **query)
        ]
