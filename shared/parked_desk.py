"""The methods about parked messages that every service has."""

from shared.aggregate import Command
from shared.envelope import REASONS
from shared.errors import ValidationFailed
from shared.fields import TEXT, Choice, Id, Many, Text, Whole
from shared.rpc import CommandSchema, Query, rpc
from shared.stores import Stores
from shared.types import Json

PAGE = 1000
AT_ONCE = 100_000


class ParkedList(Query):
    limit = Whole(least=1, most=PAGE, load_default=100)
    reason = Choice(REASONS, load_default=None)


class ParkedMessage(Query):
    id = Text(required=True)


class ParkedAudit(Query):
    limit = Whole(least=1, most=PAGE, load_default=100)


class OfReplay(Query):
    """The id of the command that asked for the replay."""

    id = Id(required=True)


class OnParked(CommandSchema):
    """A command on all parked messages of a reason, or on those with these ids: one of both."""

    reason = Choice(REASONS)
    ids = Many(Id(), least=1, most=PAGE)


class ReplayParked(OnParked):
    per_second = Whole(least=1, most=1000, load_default=50)
    limit = Whole(least=1, most=AT_ONCE, load_default=10_000)


class DiscardParked(OnParked):
    why = Text(longest=TEXT, required=True)


class ParkedDesk:
    """Mixed in before a service's own methods."""

    stores: Stores

    @rpc(ParkedList)
    def parked(self, limit: int, reason: str | None) -> list[Json]:
        """Messages that couldn't be handled, newest first, without their bodies."""
        return self.stores.parking.list(limit, reason)

    @rpc()
    def parked_groups(self) -> list[Json]:
        """How many messages are parked for each reason, since when, and how many are retried."""
        return self.stores.parking.groups()

    @rpc(ParkedMessage)
    def parked_message(self, id: str) -> Json:
        """One parked message with its body, its reason, and who did what about it."""
        return self.stores.parking.show(id)

    @rpc(ReplayParked)
    def replay_parked(self, command: Command, per_second: int, limit: int, **which: Json) -> Json:
        """Try parked messages once more, the oldest first, so many each second."""
        return self.stores.triage.replay(command, _one_of(which), per_second, limit)

    @rpc(DiscardParked)
    def discard_parked(self, command: Command, why: str, **which: Json) -> Json:
        """Give parked messages up; they are kept with their bodies, and may be replayed by id."""
        return self.stores.triage.discard(command, _one_of(which), why)

    @rpc(CommandSchema)
    def resume_inbox(self, command: Command) -> Json:
        """Take messages again after too many invalid ones in a row."""
        return self.stores.triage.resume(command, self.stores.line)

    @rpc(OfReplay)
    def replay_progress(self, id: str) -> Json:
        """How many messages of a replay still wait, are resolved, or were parked again."""
        return self.stores.triage.progress(id)

    @rpc(ParkedAudit)
    def parked_audit(self, limit: int) -> list[Json]:
        """Who replayed, discarded or resumed what, and why, newest first."""
        return self.stores.triage.audit(limit)


def _one_of(which: Json) -> Json:
    if len(which) != 1:
        raise ValidationFailed({"ids": ["Give either a reason or ids."]})
    return which
