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
    "parked": Method(ParkedList),
    "parked_groups": Method(Query),
    "parked_message": Method(ParkedMessage),
    "replay_parked": Method(ReplayParked),
    "discard_parked": Method(DiscardParked),
    "resume_inbox": Method(CommandSchema),
    "replay_progress": Method(OfReplay),
    "parked_audit": Method(ParkedAudit),
}
