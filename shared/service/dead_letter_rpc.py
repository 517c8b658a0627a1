"""The methods about parked messages that every service has."""

from shared.aggregates.aggregate import Command
from shared.contracts.rpc import common
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json
from shared.service.rpc_server import rpc_methods
from shared.service.service_context import ServiceContext

rpc = rpc_methods(common.METHODS)


class DeadLetterRpc:
    """Mixed in before a service's own methods."""

    context: ServiceContext

    @rpc
    def dead_letters(self, limit: int, reason: str | None) -> list[Json]:
        """Messages that couldn't be handled, newest first, without their bodies."""
        return self.context.dead_letters.list(limit, reason)

    @rpc
    def dead_letter_groups(self) -> list[Json]:
        """How many messages are parked for each reason, since when, and how many are retried."""
        return self.context.dead_letters.groups()

    @rpc
    def dead_letter(self, id: str) -> Json:
        """One parked message with its body, its reason, and who did what about it."""
        return self.context.dead_letters.show(id)

    @rpc
    def replay_dead_letters(
        self, command: Command, per_second: int, limit: int, **which: Json
    ) -> Json:
        """Try parked messages once more, the oldest first, so many each second."""
        return self.context.dead_letter_actions.replay(command, _one_of(which), per_second, limit)

    @rpc
    def discard_dead_letters(self, command: Command, why: str, **which: Json) -> Json:
        """Give parked messages up; they are kept with their bodies, and may be replayed by id."""
        return self.context.dead_letter_actions.discard(command, _one_of(which), why)

    @rpc
    def resume_inbox(self, command: Command) -> Json:
        """Take messages again after too many invalid ones in a row."""
        return self.context.dead_letter_actions.resume(command, self.context.circuit_breaker)

    @rpc
    def replay_progress(self, id: str) -> Json:
        """How many messages of a replay still wait, are resolved, or were parked again."""
        return self.context.dead_letter_actions.progress(id)

    @rpc
    def dead_letter_audit(self, limit: int) -> list[Json]:
        """Who replayed, discarded or resumed what, and why, newest first."""
        return self.context.dead_letter_actions.audit(limit)

    # The names before version 0.2.0, which still work.
    parked = dead_letters
    parked_groups = dead_letter_groups
    parked_message = dead_letter
    replay_parked = replay_dead_letters
    discard_parked = discard_dead_letters
    parked_audit = dead_letter_audit


def _one_of(which: Json) -> Json:
    if len(which) != 1:
        raise ValidationFailed({"ids": ["Give either a reason or ids."]})
    return which
