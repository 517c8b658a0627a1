"""RPC methods for meetings and their actions."""

from datetime import date, datetime
from typing import Any

from services.supervision.oversight.groups import Group
from services.supervision.oversight.meetings import Action, Meeting
from shared.aggregates.aggregate import Command
from shared.contracts.rpc import oversight
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(oversight.METHODS)


class MeetingCommands(AggregateCommands):
    @rpc
    def hold_meeting(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        heard: list[str],
        **meeting: Any,
    ) -> Json:
        """A meeting took place. Raises NotFound where `heard` names a group that doesn't exist."""
        needs = [(Group, group) for group in heard]
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(
            Meeting, command, where, Meeting.hold, needs=needs, heard=heard, **meeting
        )

    @rpc
    def assign_action(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        due: date,
        group: str | None,
        meeting: str | None,
        **action: Any,
    ) -> Json:
        """Somebody has to do something by a day. The briefing lists it every week until it is
        closed."""
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
    def carry_action(self, command: Command, id: str, due: date, **when: Any) -> Json:
        """The action was not done in time and gets a later day. The first day stays on record."""
        return self._move(Action, command, id, when, lambda action, at: action.carry(due, at))

    @rpc
    def close_action(
        self, command: Command, id: str, outcome: Json | None, dropped: bool, **when: Any
    ) -> Json:
        """The action is done or dropped."""
        return self._move(
            Action, command, id, when, lambda action, at: action.close(outcome, dropped, at)
        )
