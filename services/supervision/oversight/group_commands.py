"""RPC methods for groups and the implementation plan."""

from datetime import datetime
from typing import Any

from services.supervision.oversight.groups import Group, Plan, group_id, plan_id
from shared.aggregates.aggregate import Command
from shared.contracts.rpc import oversight
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

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
