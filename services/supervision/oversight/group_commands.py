"""RPC methods for groups, their weekly reports, and the implementation plan."""

from datetime import datetime
from typing import Any

from services.supervision.oversight.group_reports import GroupReport, report_id
from services.supervision.oversight.groups import Group, Plan, group_id, plan_id
from shared.aggregates.aggregate import Command
from shared.contracts.rpc import oversight
from shared.domain.periods import Week
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods
from shared.service.week_sealing import require_begun

rpc = rpc_methods(oversight.METHODS)


class GroupCommands(AggregateCommands):
    @rpc
    def form_group(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        code: str,
        **group: Any,
    ) -> Json:
        """A group of the programme is formed. Its code identifies it."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(
            Group, command, where, Group.form, identity=group_id(code), code=code, **group
        )

    @rpc
    def change_group(
        self, command: Command, id: str, time: datetime, timeprecision: str, **parts: Any
    ) -> Json:
        """A group gets other responsible people, members or duties."""
        when = {"time": time, "timeprecision": timeprecision}
        return self._move(Group, command, id, when, lambda group, at: group.change(parts, at))

    @rpc
    def dissolve_group(self, command: Command, id: str, **when: Any) -> Json:
        """The group is dissolved."""
        return self._move(Group, command, id, when, Group.dissolve)

    @rpc
    def report_progress(self, command: Command, group: str, period: Week, **report: Any) -> Json:
        """A group reports what it did in a week, or that there is nothing to report, which is not
        silence. Raises NotFound for an unknown group, ValidationFailed for a week that has not
        begun or in which the group didn't stand, Conflict where the week has its report already."""

        def record() -> Json:
            known = self.repository.get(Group, group)
            require_begun(period, self.context.clock.now())
            known.require_standing_in(period)
            return self.repository.create(
                GroupReport,
                command,
                GroupReport.make,
                identity=report_id(group, period),
                orgunit=known.orgunit,
                group=group,
                period=str(period),
                **report,
            )

        return self.repository.once(command, record)

    @rpc
    def correct_progress(
        self, command: Command, id: str, withdrawn: bool, reason: str, **parts: Any
    ) -> Json:
        """Correct or withdraw a group's report of a week."""
        return self.repository.change(
            GroupReport, id, command, lambda report: report.correct(parts, withdrawn, reason)
        )

    @rpc
    def group_reports(self, period: Week, after: str | None, limit: int | None) -> list[Json]:
        """What the groups reported of a week."""
        return [
            {"id": one.id, "orgunit": one.orgunit, "version": one.version, **one.state()}
            for one in self.repository.page(GroupReport, after, limit, period=str(period))
        ]

    @rpc
    def version_plan(
        self, command: Command, orgunit: str, time: datetime, timeprecision: str, **plan: Any
    ) -> Json:
        """A new version of the unit's implementation plan replaces the one before."""
        orgunit, moment = self.place(orgunit, time, timeprecision)
        return self.repository.put(
            Plan,
            plan_id(orgunit),
            command,
            lambda known: known.renew(plan, moment),
            orgunit=orgunit,
        )
