"""RPC for platforms and their milestones."""

from services.supervision.oversight.days import iso
from services.supervision.oversight.platforms import Milestone, Platform
from shared.contracts.rpc import oversight
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(oversight.METHODS)


class PlatformCommands(AggregateCommands):
    @rpc
    def register_platform(self, command, orgunit, time, timeprecision, name):
        """A platform that the programme builds."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(Platform, command, where, Platform.register, name=name)

    @rpc
    def set_milestone(self, command, orgunit, time, timeprecision, platform, target, **milestone):
        """A step of a platform. Raises NotFound where there is no such platform."""
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
    def reach_milestone(self, command, id, **when):
        """It is done."""
        return self._move(Milestone, command, id, when, Milestone.reach)

    @rpc
    def correct_milestone(self, command, id, time, timeprecision, reason, **parts):
        """Put right what was said of it; for one that is done, `time` is when it was reached."""
        if "target" in parts:
            parts["target"] = iso(parts["target"])
        when = {"time": time, "timeprecision": timeprecision}
        return self._move(
            Milestone, command, id, when, lambda found, at: found.correct(parts, reason, at)
        )
