"""RPC methods for meetings and their actions."""

from datetime import date, datetime
from typing import Any

from services.supervision.oversight.groups import Group
from services.supervision.oversight.meetings import Action, Meeting
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment
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
    def correct_meeting(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct what was recorded of a meeting, or withdraw it. Raises NotFound for an unknown
        group, Conflict while actions rest on a meeting that would be no more."""
        for group in correction.get("heard", ()):
            self.repository.get(Group, group)
        return self._correct(Meeting, command, id, correction, self._require_no_actions)

    def _require_no_actions(self, meeting: Meeting, _: Moment) -> None:
        if meeting.withdrawn:
            found = self.repository.find(Action, meeting=meeting.id)
            standing = [action.id for action in found if not action.withdrawn]
            meeting.refuse_while("withdraw", "withdraw its actions first", actions=standing)

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
    def correct_action(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct how an action was assigned, or withdraw one that was entered by mistake. Raises
        NotFound for an unknown group or meeting."""
        for kind, name in ((Group, "group"), (Meeting, "meeting")):
            if correction.get(name):
                self.repository.get(kind, correction[name]).require_there()
        return self._correct(Action, command, id, correction)

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
