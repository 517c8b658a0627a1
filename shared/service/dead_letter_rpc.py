"""The methods about parked messages that every service has."""

from shared.aggregates.aggregate import Command
from shared.contracts.rpc import common
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json
from shared.service.rpc_server import rpc_methods
from shared.service.service_context import Stores

rpc = rpc_methods(common.METHODS)


class ParkedDesk:
    """Mixed in before a service's own methods."""

    stores: Stores

    @rpc
    def parked(self, limit: int, reason: str | None) -> list[Json]:
        """Messages that couldn't be handled, newest first, without their bodies."""
        return self.stores.parking.list(limit, reason)

    @rpc
    def parked_groups(self) -> list[Json]:
        """How many messages are parked for each reason, since when, and how many are retried."""
        return self.stores.parking.groups()

    @rpc
    def parked_message(self, id: str) -> Json:
        """One parked message with its body, its reason, and who did what about it."""
        return self.stores.parking.show(id)

    @rpc
    def replay_parked(self, command: Command, per_second: int, limit: int, **which: Json) -> Json:
        """Try parked messages once more, the oldest first, so many each second."""
        return self.stores.triage.replay(command, _one_of(which), per_second, limit)

    @rpc
    def discard_parked(self, command: Command, why: str, **which: Json) -> Json:
        """Give parked messages up; they are kept with their bodies, and may be replayed by id."""
        return self.stores.triage.discard(command, _one_of(which), why)

    @rpc
    def resume_inbox(self, command: Command) -> Json:
        """Take messages again after too many invalid ones in a row."""
        return self.stores.triage.resume(command, self.stores.line)

    @rpc
    def replay_progress(self, id: str) -> Json:
        """How many messages of a replay still wait, are resolved, or were parked again."""
        return self.stores.triage.progress(id)

    @rpc
    def parked_audit(self, limit: int) -> list[Json]:
        """Who replayed, discarded or resumed what, and why, newest first."""
        return self.stores.triage.audit(limit)


def _one_of(which: Json) -> Json:
    if len(which) != 1:
        raise ValidationFailed({"ids": ["Give either a reason or ids."]})
    return which
