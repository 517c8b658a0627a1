"""The RPC methods for dead letters, which every service has."""

from shared.aggregates.aggregate import Command
from shared.contracts.rpc import common
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json
from shared.messaging.undelivered import Undelivered
from shared.service.rpc_server import rpc_methods
from shared.service.service_context import ServiceContext

rpc = rpc_methods(common.METHODS)


class DeadLetterRpc:
    """Mixin of every service."""

    context: ServiceContext

    @rpc
    def dead_letters(self, limit: int, reason: str | None) -> list[Json]:
        """The unresolved dead letters, newest first, without their bodies."""
        return self.context.dead_letters.list(limit, reason)

    @rpc
    def dead_letter_groups(self) -> list[Json]:
        """The unresolved dead letters by reason: how many, since when, and how many are retried."""
        return self.context.dead_letters.groups()

    @rpc
    def dead_letter(self, id: str) -> Json:
        """One dead letter with its body, its reason, and the actions on it."""
        return self.context.dead_letters.show(id)

    @rpc
    def replay_dead_letters(
        self, command: Command, per_second: int, limit: int, **which: Json
    ) -> Json:
        """Retry dead letters, the oldest first, `per_second` of them each second."""
        return self.context.dead_letter_actions.replay(command, _one_of(which), per_second, limit)

    @rpc
    def discard_dead_letters(self, command: Command, why: str, **which: Json) -> Json:
        """Give dead letters up; they are kept with their bodies, and can be replayed by id."""
        return self.context.dead_letter_actions.discard(command, _one_of(which), why)

    @rpc
    def resume_inbox(self, command: Command) -> Json:
        """Close the circuit breaker: take messages again after too many invalid ones in a row."""
        return self.context.dead_letter_actions.resume(command, self.context.circuit_breaker)

    @rpc
    def replay_progress(self, id: str) -> Json:
        """How many messages of a replay still wait, are resolved, or failed again."""
        return self.context.dead_letter_actions.progress(id)

    @rpc
    def dead_letter_audit(self, limit: int) -> list[Json]:
        """Who replayed, discarded or resumed what, and why, newest first."""
        return self.context.dead_letter_actions.audit(limit)

    @rpc
    def undelivered(self, limit: int) -> list[Json]:
        """The queues of messages that came back too often, each with its first `limit` messages,
        without their content."""
        return self.undelivered_messages.list(limit)

    @rpc
    def return_undelivered(self, command: Command, queue: str, limit: int) -> Json:
        """Return messages that came back too often to the queue that they came from."""
        return self.undelivered_messages.return_(command, queue, limit)

    @rpc
    def discard_undelivered(self, command: Command, queue: str, limit: int, why: str) -> Json:
        """Remove messages that came back too often for good."""
        return self.undelivered_messages.discard(command, queue, limit, why)

    @property
    def undelivered_messages(self) -> Undelivered:
        return self.context.undelivered

    # The names before version 0.2.0 still work.
    parked = dead_letters
    parked_groups = dead_letter_groups
    parked_message = dead_letter
    replay_parked = replay_dead_letters
    discard_parked = discard_dead_letters
    parked_audit = dead_letter_audit


def _one_of(which: Json) -> Json:
    if len(which) != 1:
        raise ValidationFailed(
            {"ids": ['Must be given where there is no reason, and else left out, such as ["x-1"].']}
        )
    return which
