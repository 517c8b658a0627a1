"""The indicators, each declared once: code, unit, labels, definition, what feeds it, how it folds.

A *flow* counts what happened in a week; a *level* is what stands at the week's end. `take` says
what a subject's deciding event contributes: a quantity, a number of days, or None for nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from shared.events.clinics import CLINIC_FIGURES
from shared.quantities import Quantity, exact


@dataclass(frozen=True)
class Indicator:
    """`recorded` indicators stand at 0 where nothing was recorded, reported ones are not stated.

    `fold` is sum (of quantities), median (of whole numbers) or latest (quantity of a declared
    stock). `since` makes it a level: the day from which the deciding event's state counts.
    """

    code: str
    unit: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    feeds: frozenset[str]
    take: Callable[[dict], object]
    fold: str = "sum"
    recorded: bool = True
    since: Callable[[dict], date | None] | None = None

    @property
    def service(self):
        return self.code.split(".", 1)[0]


def _types(prefix, *verbs):
    return frozenset(f"{prefix}.{verb}" for verb in verbs)


def _one(unit, condition=lambda data: True):
    return lambda data: exact(1, unit) if condition(data) else None


def _quantity(name):
    return lambda data: Quantity.from_json(data[name])


def _status_in(*statuses):
    return lambda data: data["status"] in statuses


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
SETTLED = ("confirmed", "rated", "rejected", "withdrawn")
HELD = _types("clinics.clinic", "held", "tallied", "corrected", "cancelled")


def _days_to_deliver(data):
    """Calendar days; None where one of the two days isn't known, only its week."""
    if not data.get("delivered_on") or not data.get("raised_on"):
        return None
    taken = date.fromisoformat(data["delivered_on"]) - date.fromisoformat(data["raised_on"])
    return taken.days if taken.days >= 0 else None


def _overdue_since(data):
    """Overdue once the last day of the promise has passed and the resident hasn't confirmed."""
    return None if data["status"] in SETTLED else date.fromisoformat(data["due"])


def _visits(kind):
    def take(data):
        if data["kind"] != kind or data["withdrawn"]:
            return None
        return Quantity.from_json(data["visits"])

    return take


RELIEF = [
    Indicator(
        "relief.orders_raised",
        "order",
        "点单登记",
        "orders raised",
        "本周登记的居民诉求单数",
        "orders that residents raised in the week",
        _types("relief.order", "raised"),
        _one("order"),
    ),
    Indicator(
        "relief.orders_claimed",
        "order",
        "认领",
        "orders claimed",
        "各项均已认领的诉求单数，以最后一次认领为准",
        "orders of which every item is claimed, by the last claim",
        _types("relief.order", "claimed", "released"),
        _one("order", lambda data: data["status"] != "raised"),
    ),
    Indicator(
        "relief.orders_delivered",
        "order",
        "送达",
        "orders delivered",
        "送达居民且未重启的诉求单数",
        "orders delivered to the resident and not reopened since",
        _types("relief.order", "delivered", "reopened"),
        _one("order", _status_in("delivered")),
    ),
    Indicator(
        "relief.orders_confirmed",
        "order",
        "居民确认",
        "orders confirmed",
        "居民确认解决的诉求单数；办结不等于解决",
        "orders that the resident confirmed as solved; closed is not solved",
        _types("relief.order", "confirmed", "reopened"),
        _one("order", _status_in("confirmed")),
    ),
    Indicator(
        "relief.orders_overdue",
        "order",
        "超期未确认",
        "orders overdue",
        "截至周末已过承诺期限而居民尚未确认的诉求单数",
        "orders past their promise and not confirmed at the week's end",
        _types("relief.order", *ORDER),
        _one("order"),
        since=_overdue_since,
    ),
    Indicator(
        "relief.days_to_deliver_median",
        "day",
        "送达天数中位数",
        "median days to deliver",
        "本周送达、登记与送达均知日期的诉求单，从登记到送达的自然日中位数",
        "median calendar days from raised to delivered, where both days are known",
        _types("relief.order", "delivered", "reopened"),
        _days_to_deliver,
        fold="median",
        recorded=False,
    ),
    Indicator(
        "relief.visits_household",
        "visit",
        "入户走访",
        "household visits",
        "各单位上报的入户走访次数",
        "household visits as reported by the units",
        _types("relief.visit", "recorded", "corrected"),
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
        _types("relief.visit", "recorded", "corrected"),
        _visits("merchant"),
        recorded=False,
    ),
    Indicator(
        "relief.merchants_registered",
        "merchant",
        "商户台账",
        "merchants in the ledger",
        "截至周末商户台账登记的商户数",
        "merchants in the ledger at the week's end",
        _types("relief.stock", "declared"),
        _quantity("level"),
        fold="latest",
        recorded=False,
        since=lambda data: date.min,
    ),
]

CLINIC_LABELS = {
    "institutions": ("参与医疗机构", "institutions taking part"),
    "departments": ("参与科室", "departments taking part"),
    "staff": ("医护人员", "medical staff"),
    "consultations": ("接诊人次", "consultations"),
    "prescriptions": ("开出处方", "prescriptions"),
    "leaflets": ("发放宣传资料", "leaflets handed out"),
}

CLINICS = [
    Indicator(
        "clinics.clinics_held",
        "clinic",
        "举办义诊",
        "clinics held",
        "本周举办的义诊场数",
        "clinics that took place in the week",
        HELD,
        _one("clinic", _status_in("held", "tallied")),
    ),
    *(
        Indicator(
            f"clinics.{name}",
            CLINIC_FIGURES[name],
            zh,
            en,
            f"本周各场义诊上报的{zh}之和",
            f"{en}, summed over the week's clinics as reported",
            HELD,
            lambda data, name=name: (
                Quantity.from_json(data[name]) if data["status"] in ("held", "tallied") else None
            ),
            recorded=False,
        )
        for name, (zh, en) in CLINIC_LABELS.items()
    ),
]

INDICATORS = {indicator.code: indicator for indicator in [*RELIEF, *CLINICS]}

# What an event type feeds: types that feed nothing are kept as facts all the same.
FED_BY = {
    event_type: [item for item in INDICATORS.values() if event_type in item.feeds]
    for event_type in set().union(*(item.feeds for item in INDICATORS.values()))
}

# Changes whenever a definition does: a briefing names the rules that it was made by.
RULES_VERSION = "2017-1"
