"""The arguments of the methods that every service has."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from shared.contracts.envelope import REASONS
from shared.contracts.fields import TEXT, Amount, Choice, Id, Many, OrgUnit, Text, Week, Whole
from shared.contracts.rpc.declare import CommandSchema, Happened, Method, Query
from shared.domain.types import Json

LOG_PAGE = 1000
PAGE = 1000
AT_ONCE = 100_000


class DeadLetterList(Query):
    limit = Whole(least=1, most=PAGE, load_default=100)
    reason = Choice(REASONS, load_default=None)


class DeadLetterById(Query):
    id = Text(required=True)


class DeadLetterAudit(Query):
    limit = Whole(least=1, most=PAGE, load_default=100)


class OfReplay(Query):
    """The id of the command that asked for the replay."""

    id = Id(required=True)


class OnDeadLetters(CommandSchema):
    """A command on all parked messages of a reason, or on those with these ids: one of both."""

    reason = Choice(REASONS)
    ids = Many(Id(), least=1, most=PAGE)


class ReplayDeadLetters(OnDeadLetters):
    per_second = Whole(least=1, most=1000, load_default=50)
    limit = Whole(least=1, most=AT_ONCE, load_default=10_000)


class DiscardDeadLetters(OnDeadLetters):
    why = Text(longest=TEXT, required=True)


class Events(Query):
    after = Whole(required=True)
    limit = Whole(least=1, most=LOG_PAGE, load_default=LOG_PAGE)


class Tally(Query):
    period = Week(required=True)


class SealPeriod(CommandSchema):
    period = Week(required=True)


class NilReport(CommandSchema):
    orgunit = OrgUnit(required=True)
    period = Week(required=True)


def declare_stock_schema(stocks: dict[str, str]) -> type[Happened]:
    """What a service's `declare_stock` takes; `stocks` maps each stock to its unit."""

    class DeclareStock(Happened):
        stock = Choice(stocks, required=True)
        level = Amount(*dict.fromkeys(stocks.values()), required=True)
        reported_by = Text(load_default=None)

        @validates_schema
        def _counted_in_its_unit(self, data: Json, **_: Any) -> None:
            unit = stocks[data["stock"]]
            if data["level"].unit != unit:
                raise ValidationError({"level": {"unit": [f"Must be: {unit}."]}})

    return DeclareStock


METHODS = {
    "events": Method(Events),
    "republish": Method(Events),
    "tally": Method(Tally),
    "seal_period": Method(SealPeriod),
    "report_nil": Method(NilReport),
    "withdraw_nil": Method(NilReport),
    "health": Method(Query),
    "dead_letters": Method(DeadLetterList),
    "dead_letter_groups": Method(Query),
    "dead_letter": Method(DeadLetterById),
    "replay_dead_letters": Method(ReplayDeadLetters),
    "discard_dead_letters": Method(DiscardDeadLetters),
    "resume_inbox": Method(CommandSchema),
    "replay_progress": Method(OfReplay),
    "dead_letter_audit": Method(DeadLetterAudit),
}

# Former name → present name: methods that were renamed and are still answered.
ALIASES = {
    "parked": "dead_letters",
    "parked_groups": "dead_letter_groups",
    "parked_message": "dead_letter",
    "replay_parked": "replay_dead_letters",
    "discard_parked": "discard_dead_letters",
    "parked_audit": "dead_letter_audit",
}

METHODS |= {former: METHODS[present] for former, present in ALIASES.items()}
