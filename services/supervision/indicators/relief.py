"""Relief's indicators: orders, visits, the merchants' ledger."""

from datetime import date

from services.supervision.indicators.declare import (
    INTERNAL,
    NOT_WITHDRAWN,
    RECORDS,
    Indicator,
    Take,
    Way,
    one,
    stock,
    taken_unless_withdrawn,
    types,
    unless_withdrawn,
    while_in,
    with_corrections,
)
from shared.contracts.events.relief import ORDER_STATUSES
from shared.domain.quantities import Quantity
from shared.domain.types import Json

ORDER = (
    "raised",
    "claimed",
    "released",
    "delivered",
    "confirmed",
    "rated",
    "rejected",
    "withdrawn",
    "reopened",
)
CORRECTED = types("relief.order", "corrected")
# A provisional promise became final: from then on another day may be the last one.
DUE_SETTLED = types("relief.order", "due_settled")
SETTLED = ("confirmed", "rated", "rejected", "withdrawn")


def _days_to_deliver(data: Json) -> int | None:
    """Calendar days; None where only the week of one of the two days is known."""
    if not data.get("delivered_on") or not data.get("raised_on"):
        return None
    taken = date.fromisoformat(data["delivered_on"]) - date.fromisoformat(data["raised_on"])
    return taken.days if taken.days >= 0 else None


def _overdue_since(data: Json) -> date | None:
    """The last day of the promise: the order is overdue after it, until the resident confirms."""
    return None if data["status"] in SETTLED else date.fromisoformat(data["due"])


def _visits(kind: str) -> Take:
    def take(data: Json) -> Quantity | None:
        if data["kind"] != kind or data["withdrawn"]:
            return None
        return Quantity.from_json(data["visits"])

    return Take(take, (Way({"kind": (kind,), **NOT_WITHDRAWN}, reported="visits"),))


RELIEF = [
    *with_corrections(
        Indicator(
            "relief.orders_raised",
            "order",
            "点单登记",
            "orders raised",
            "{this}登记的居民诉求单数",
            "orders that residents raised in the {period}",
            types("relief.order", "raised"),
            one("order"),
        ),
        CORRECTED,
    ),
    *with_corrections(
        Indicator(
            "relief.orders_claimed",
            "order",
            "点单认领",
            "orders claimed",
            "所需各项均有部门认领的诉求单数，按最后一次认领计",
            "orders with every item claimed, dated by the last claim",
            types("relief.order", "claimed", "released"),
            one("order", *(status for status in ORDER_STATUSES if status != "raised")),
        ),
        CORRECTED,
    ),
    *with_corrections(
        Indicator(
            "relief.orders_delivered",
            "order",
            "点单送达",
            "orders delivered",
            "送达居民且未退回重办的诉求单数",
            "orders delivered to the resident and not reopened since",
            types("relief.order", "delivered", "reopened"),
            one("order", "delivered"),
        ),
        CORRECTED,
    ),
    *with_corrections(
        Indicator(
            "relief.orders_confirmed",
            "order",
            "居民确认",
            "orders confirmed",
            "居民确认解决的诉求单数；办结不等于解决",
            "orders that the resident confirmed as resolved; to close one is not to resolve it",
            types("relief.order", "confirmed", "reopened"),
            one("order", "confirmed"),
        ),
        CORRECTED,
    ),
    Indicator(
        "relief.orders_standing",
        "order",
        "有效点单",
        "orders that stand",
        "{this}登记、至今未被不予受理或撤回的诉求单数",
        "orders raised in the {period} and neither rejected nor withdrawn since",
        types("relief.order", "raised", "rejected", "withdrawn", "corrected"),
        taken_unless_withdrawn(one("order", "raised")),
        printed=False,
        first="2026-1",
    ),
    Indicator(
        "relief.orders_open",
        "order",
        "在办点单",
        "orders open",
        "截至{end}仍在办理的诉求单数（已确认、不予受理、撤回的不计）",
        "orders neither confirmed by the resident nor rejected or withdrawn at {end}",
        types("relief.order", *ORDER, "corrected") | DUE_SETTLED,
        one("order"),
        since=unless_withdrawn(while_in("raised", "claimed", "delivered")),
        first="2026-1",
        # Open last week + raised - open now = confirmed, rejected or withdrawn.
        counts=INTERNAL,
    ),
    *with_corrections(
        Indicator(
            "relief.orders_overdue",
            "order",
            "超期未确认",
            "orders overdue",
            "截至{end}已过承诺期限而居民尚未确认的诉求单数",
            "orders past their promise and not confirmed at {end}",
            types("relief.order", *ORDER),
            one("order"),
            since=_overdue_since,
        ),
        CORRECTED | DUE_SETTLED,
    ),
    *with_corrections(
        Indicator(
            "relief.days_to_deliver_median",
            "day",
            "送达天数中位数",
            "median days to deliver",
            "{this}送达且登记、送达日期均明确的诉求单，由登记至送达所用自然日的中位数",
            "median calendar days from raised to delivered, where both days are known",
            types("relief.order", "delivered", "reopened"),
            Take(_days_to_deliver, (Way(days=("raised_on", "delivered_on")),)),
            fold="median",
            recorded=False,
            about="relief.orders_delivered",
            nothing=("无送达", "no delivery"),
            counts=RECORDS,
        ),
        CORRECTED,
    ),
    Indicator(
        "relief.visits_household",
        "visit",
        "入户走访",
        "household visits",
        "各单位上报的入户走访次数",
        "household visits as reported by the units",
        types("relief.visit", "recorded", "corrected"),
        _visits("household"),
        recorded=False,
    ),
    Indicator(
        "relief.visits_merchant",
        "visit",
        "商户走访",
        "merchant visits",
        "各单位上报的商户走访次数",
        "merchant visits as reported by the units",
        types("relief.visit", "recorded", "corrected"),
        _visits("merchant"),
        recorded=False,
    ),
    *stock(
        "relief.merchants_registered",
        "merchant",
        "商户台账",
        "merchants in the ledger",
        "merchants",
        types("relief.merchant", "registered", "closed"),
        ("registered",),
    ),
]
