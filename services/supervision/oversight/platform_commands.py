"""RPC methods for platforms and their milestones."""

from datetime import date, datetime
from typing import Any

from services.supervision.oversight.days import iso
from services.supervision.oversight.platforms import Milestone, Platform
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment
from shared.contracts.rpc import oversight
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(oversight.METHODS)


class PlatformCommands(AggregateCommands):
    @rpc
    def register_platform(
        self, command: Command, orgunit: str, time: datetime, timeprecision: str, name: Json
    ) -> Json:
        """The programme begins to build a platform."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(Platform, command, where, Platform.register, name=name)

    @rpc
    def set_milestone(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        platform: str,
        target: date | None,
        **milestone: Any,
    ) -> Json:
        """A platform gets a milestone. Raises NotFound where the platform doesn't exist."""
        return self._open(
            Milestone,
            command,
            {"orgunit": orgunit, "time": time, "timeprecision": timeprecision},
            Milestone.set,
            needs=[(Platform, platform)],
            platform=platform,
            target=iso(target),
            **milestone,
        )

    @rpc
    def reach_milestone(self, command: Command, id: str, **when: Any) -> Json:
        """The milestone is reached."""
        return self._move(Milestone, command, id, when, Milestone.reach)

    @rpc
    def correct_milestone(
        self,
        command: Command,
        id: str,
        time: datetime,
        timeprecision: str,
        reason: str,
        orgunit: str | None,
        withdrawn: bool,
        **parts: Any,
    ) -> Json:
        """Correct what was recorded of a milestone. For one that is done, `time` is when it was
        reached."""
        if "target" in parts:
            parts["target"] = iso(parts["target"])
        when = {"time": time, "timeprecision": timeprecision}
        return self._move(
            Milestone,
            command,
            id,
            when,
            lambda known, at: known.correct(parts, withdrawn, reason, at),
            orgunit,
        )

    @rpc
    def correct_platform(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct or withdraw a platform. Raises Conflict while milestones rest on one that would
        be no more."""
        return self._correct(Platform, command, id, correction, self._require_no_milestones)

    def _require_no_milestones(self, platform: Platform, _: Moment) -> None:
        if platform.withdrawn:
            found = self.repository.find(Milestone, platform=platform.id)
            standing = [milestone.id for milestone in found if not milestone.withdrawn]
            platform.refuse_while("withdraw", "withdraw its milestones first", milestones=standing)
