"""The RPC methods of relief."""

from marshmallow import Schema, fields

from shared.contracts.events.relief import (
    CHANNELS,
    CIRCUMSTANCES,
    MERCHANT_STATUSES,
    ORDER_CATEGORIES,
    ORDER_STATUSES,
    STOCKS,
    VISIT_KINDS,
    OrderState,
)
from shared.contracts.fields import (
    TEXT,
    Amount,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    OrgUnit,
    Part,
    Text,
    Whole,
    Words,
)
from shared.contracts.rpc.common import WithdrawStock, declare_stock_schema
from shared.contracts.rpc.declare import (
    Arguments,
    ById,
    Changed,
    CorrectionOfStanding,
    Happened,
    OnAggregate,
    Paged,
    WithReason,
    change,
    changed,
    create,
    query,
    stored,
)
from shared.contracts.rpc.erasure import ERASURES, Erase
from shared.domain.errors import NotFound


class Beneficiary(Arguments):
    """Personal data: relief stores it encrypted and publishes only the age band and the
    circumstance."""

    name = Text()
    phone = Text(longest=30)
    address = Text(longest=TEXT)
    age = Whole(most=130)
    circumstance = Choice(CIRCUMSTANCES)


class RaiseOrder(Happened):
    category = Choice(ORDER_CATEGORIES, required=True)
    channel = Choice(CHANNELS, required=True)
    items = Many(Text(), required=True, least=1, most=50)
    beneficiary = Part(Beneficiary, load_default=dict)


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
    orgunit = OrgUnit(load_default=None, allow_none=True)
    withdrawn = Flag(load_default=False)


DeclareStock = declare_stock_schema(STOCKS)


class RegisterMerchant(Happened):
    name = Text(required=True)


# What of an order may have happened at another time than was entered.
ORDER_STEPS = ("claimed", "delivered", "confirmed", "rated", "rejected", "withdrawn")


class CorrectOrder(CorrectionOfStanding):
    """`time` is when the order was raised; the due day follows from it and from the category.
    `withdrawn` says that the order was entered by mistake, `still_standing` that it was neither
    rejected nor withdrawn by the resident after all."""

    category = Choice(ORDER_CATEGORIES)
    channel = Choice(CHANNELS)
    items = Many(Text(), least=1, most=50)


class CorrectOrderTime(WithReason):
    """`time` is when the `step` took place."""

    step = Choice(ORDER_STEPS, required=True)


class CorrectMerchant(CorrectionOfStanding):
    name = Text()


class SameResident(Schema):
    """An order that seems to be of the same resident; `same` says what is the same."""

    id = Id(required=True)
    orgunit = OrgUnit(required=True)
    status = Choice(ORDER_STATUSES, required=True)
    same = Many(Choice(("phone", "name_and_address")), required=True, least=1)


class Promise(Schema):
    """The last day of the promise to the resident. It is provisional where `due_awaits_notice`
    gives the year of a calendar notice that is not known yet; `promise` says both in words."""

    due = Day(required=True)
    due_awaits_notice = Whole(required=True, allow_none=True)
    promise = Words(required=True)


class ChangedOrder(changed(ORDER_STATUSES)):  # type: ignore[misc]  # made above
    """Changed, with the promise to the resident where the command set it."""

    due = Day()
    due_awaits_notice = Whole(allow_none=True)
    promise = Words()


class PromisedOrder(stored(OrderState), Promise):  # type: ignore[misc]  # made above
    """An order as its last event reported it, with the promise to the resident in words."""


ORDER = ChangedOrder
MERCHANT = changed(MERCHANT_STATUSES)

METHODS = {
    "raise_order": create(RaiseOrder, ORDER),
    "claim_items": change(ClaimItems, ORDER),
    "release_items": change(ReleaseItems, ORDER),
    "ask_helpers": change(AskHelpers, ORDER),
    "deliver_order": change(DeliverOrder, ORDER),
    "confirm_order": change(OnAggregate, ORDER),
    "rate_order": change(RateOrder, ORDER),
    "reject_order": change(WithReason, ORDER),
    "withdraw_order": change(WithReason, ORDER),
    "reopen_order": change(WithReason, ORDER),
    "correct_order": change(CorrectOrder, ORDER),
    "correct_order_time": change(CorrectOrderTime, ORDER),
    "erase_beneficiary": change(Erase, ORDER),
    "erasures": query(Paged, ERASURES),
    "orders_of_same_resident": query(ById, Many(fields.Nested(SameResident), most=None), NotFound),
    "order": query(ById, PromisedOrder, NotFound),
    "record_visits": create(RecordVisits, Changed),
    "correct_visits": change(CorrectVisits, Changed),
    "register_merchant": create(RegisterMerchant, MERCHANT),
    "close_merchant": change(OnAggregate, MERCHANT),
    "correct_merchant": change(CorrectMerchant, MERCHANT),
    "declare_stock": create(DeclareStock, Changed),
    "withdraw_stock": change(WithdrawStock, Changed),
}
