"""The RPC methods that every service has."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from shared.contracts.envelope import REASONS
from shared.contracts.fields import TEXT, Amount, Choice, Id, Many, OrgUnit, Text, Week, Whole
from shared.contracts.rpc.declare import ById, CommandSchema, Happened, Method, Query
from shared.domain.types import Json

# The most events, dead letters and replayed dead letters of one call.
LOG_PAGE = 1000
PAGE = 1000
MOST_REPLAYED = 100_000


class DeadLettersQuery(Query):
    limit = Whole(least=1, most=PAGE, load_default=100)
    reason = Choice(REASONS, load_default=None)


class DeadLetterById(Query):
    id = Text(required=True)


class DeadLetterAuditQuery(Query):
    limit = Whole(least=1, most=PAGE, load_default=100)


class OnDeadLetters(CommandSchema):
    """A command on all unresolved dead letters of `reason`, or on those with `ids`: one of both."""

    reason = Choice(REASONS)
    ids = Many(Id(), least=1, most=PAGE)


class ReplayDeadLetters(OnDeadLetters):
    per_second = Whole(least=1, most=1000, load_default=50)
    limit = Whole(least=1, most=MOST_REPLAYED, load_default=10_000)


class DiscardDeadLetters(OnDeadLetters):
    why = Text(longest=TEXT, required=True)


class EventsQuery(Query):
    after = Whole(required=True)
    limit = Whole(least=1, most=LOG_PAGE, load_default=LOG_PAGE)


class TallyQuery(Query):
    period = Week(required=True)


class SealPeriod(CommandSchema):
    period = Week(required=True)


class NilReport(CommandSchema):
    orgunit = OrgUnit(required=True)
    period = Week(required=True)


def declare_stock_schema(stocks: dict[str, str]) -> type[Happened]:
    """The arguments of a service's `declare_stock`; `stocks` maps each stock to its unit."""

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
    "events": Method(EventsQuery),
    "republish": Method(EventsQuery),
    "tally": Method(TallyQuery),
    "seal_period": Method(SealPeriod),
    "report_nil": Method(NilReport),
    "withdraw_nil": Method(NilReport),
    "health": Method(Query),
    "dead_letters": Method(DeadLettersQuery),
    "dead_letter_groups": Method(Query),
    "dead_letter": Method(DeadLetterById),
    "replay_dead_letters": Method(ReplayDeadLetters),
    "discard_dead_letters": Method(DiscardDeadLetters),
    "resume_inbox": Method(CommandSchema),
    "replay_progress": Method(ById),
    "dead_letter_audit": Method(DeadLetterAuditQuery),
}

# Former name → present name of methods that were renamed. Both names work.
ALIASES = {
    "parked": "dead_letters",
    "parked_groups": "dead_letter_groups",
    "parked_message": "dead_letter",
    "replay_parked": "replay_dead_letters",
    "discard_parked": "discard_dead_letters",
    "parked_audit": "dead_letter_audit",
}

METHODS |= {former: METHODS[present] for former, present in ALIASES.items()}
