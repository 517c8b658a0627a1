"""RPC for groups, plan, meetings and their actions."""

from services.supervision.oversight.groups import Action, Group, Meeting, Plan, group_id, plan_id
from shared.contracts.rpc import oversight
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(oversight.METHODS)


class GroupCommands(AggregateCommands):
    @rpc
    def form_group(self, command, orgunit, time, timeprecision, code, **group):
        """A group of the programme, known by its code."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(
            Group, command, where, Group.form, identity=group_id(code), code=code, **group
        )

    @rpc
    def change_group(self, command, id, time, timeprecision, **parts):
        """Who is responsible, who belongs to it, what it has to do."""
        when = {"time": time, "timeprecision": timeprecision}
        return self._move(Group, command, id, when, lambda group, at: group.change(parts, at))

    @rpc
    def dissolve_group(self, command, id, **when):
        """The group is no more."""
        return self._move(Group, command, id, when, Group.dissolve)

    @rpc
    def version_plan(self, command, orgunit, time, timeprecision, **plan):
        """The unit's implementation plan as it is from now on."""
        orgunit, moment = self.place(orgunit, time, timeprecision)
        return self.repository.put(
            Plan,
            plan_id(orgunit),
            command,
            lambda kept: kept.renew(plan, moment),
            orgunit=orgunit,
        )

    @rpc
    def hold_meeting(self, command, orgunit, time, timeprecision, heard, **meeting):
        """A meeting took place. Raises NotFound for a group that isn't one."""
        needs = [(Group, group) for group in heard]
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(
            Meeting, command, where, Meeting.hold, needs=needs, heard=heard, **meeting
        )

    @rpc
    def assign_action(self, command, orgunit, time, timeprecision, due, group, meeting, **action):
        """Somebody has to do something by a day; printed every week until it is closed."""
        return self._open(
            Action,
            command,
            {"orgunit": orgunit, "time": time, "timeprecision": timeprecision},
            lambda assigned, at: assigned.assign(due, at),
            needs=[(Group, group), (Meeting, meeting)],
            group=group,
            meeting=meeting,
            **action,
        )

    @rpc
    def carry_action(self, command, id, due, **when):
        """Not done in time: a later day, and the first one stays on record."""
        return self._move(Action, command, id, when, lambda action, at: action.carry(due, at))

    @rpc
    def close_action(self, command, id, outcome, dropped, **when):
        """Done, or dropped."""
        return self._move(
            Action, command, id, when, lambda action, at: action.close(outcome, dropped, at)
        )
