"""The RPC methods of relief."""

from marshmallow import RAISE, Schema, fields

from shared.contracts.events.relief import (
    CHANNELS,
    CIRCUMSTANCES,
    ORDER_CATEGORIES,
    STOCKS,
    VISIT_KINDS,
)
from shared.contracts.fields import TEXT, Amount, Choice, Day, Flag, Many, Text, Whole, Words
from shared.contracts.rpc.common import declare_stock_schema
from shared.contracts.rpc.declare import ById, Happened, Method, OnAggregate, WithReason


class Beneficiary(Schema):
    """Personal data: relief stores it encrypted and publishes only the age band and the
    circumstance."""

    class Meta:
        unknown = RAISE

    name = Text()
    phone = Text(longest=30)
    address = Text(longest=TEXT)
    age = Whole(most=130)
    circumstance = Choice(CIRCUMSTANCES)


class RaiseOrder(Happened):
    category = Choice(ORDER_CATEGORIES, required=True)
    channel = Choice(CHANNELS, required=True)
    items = Many(Text(), required=True, least=1, most=50)
    beneficiary = fields.Nested(Beneficiary, load_default=dict)


class ClaimItems(OnAggregate):
    department = Text(required=True)
    items = Many(Text(), load_default=list, most=50)


class ReleaseItems(OnAggregate):
    department = Text(required=True)
    reason = Text(longest=TEXT, required=True)


class AskHelpers(OnAggregate):
    wanted = Whole(least=1, most=1000, required=True)
    planned_for = Day(required=True)


class DeliverOrder(OnAggregate):
    served_by = Text(load_default=None)


class RateOrder(OnAggregate):
    rating = Whole(least=1, most=5, required=True)


class RecordVisits(Happened):
    kind = Choice(VISIT_KINDS, required=True)
    what = Words(load_default=None)
    visits = Amount("visit", required=True)


class CorrectVisits(WithReason):
    visits = Amount("visit", required=True)
    withdrawn = Flag(load_default=False)


DeclareStock = declare_stock_schema(STOCKS)


class RegisterMerchant(Happened):
    name = Text(required=True)


METHODS = {
    "raise_order": Method(RaiseOrder),
    "claim_items": Method(ClaimItems),
    "release_items": Method(ReleaseItems),
    "ask_helpers": Method(AskHelpers),
    "deliver_order": Method(DeliverOrder),
    "confirm_order": Method(OnAggregate),
    "rate_order": Method(RateOrder),
    "reject_order": Method(WithReason),
    "withdraw_order": Method(WithReason),
    "reopen_order": Method(WithReason),
    "order": Method(ById),
    "record_visits": Method(RecordVisits),
    "correct_visits": Method(CorrectVisits),
    "register_merchant": Method(RegisterMerchant),
    "close_merchant": Method(OnAggregate),
    "declare_stock": Method(DeclareStock),
}
