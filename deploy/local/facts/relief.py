"""Orders, visits, and the ledger of merchants."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deploy.local.facts.fact_builder import (
    Fact,
    FactBuilder,
    FactTime,
    FileContext,
    check_order,
    on,
    within,
)
from deploy.local.facts.fields import Fields
from deploy.local.facts.identity import Key
from shared.contracts.events.relief import CHANNELS, CIRCUMSTANCES, ORDER_CATEGORIES, VISIT_KINDS
from shared.contracts.fields import TEXT, Text
from shared.domain.periods import Week
from shared.domain.types import Json

ORDER_DAYS = ("placed", "delivered", "confirmed")


def section(relief: Fields, context: FileContext) -> Iterable[Fact]:
    """The order categories are the codes of orders, and no facts: they are only checked."""
    names = [zh for zh, _ in ORDER_CATEGORIES.values()]
    for category in relief.parts("order_categories"):
        category.name()
        category.choice("zh", names)
        category.text("example", TEXT)
    return ()


def order(key: Key, order: Fields, context: FileContext) -> Iterator[Fact]:
    """A resident's order, up to its last known state."""
    _check(order)
    builder = FactBuilder("relief", key)
    created = builder.create(
        "raise_order",
        context.when(order, "placed"),
        orgunit=order.orgunit(),
        category=_category(order),
        channel=_channel(order.text("channel", TEXT) or ""),
        items=order.many("items", Text()),
        beneficiary=_beneficiary(order.part("beneficiary")),
    )
    department = _department(order)
    if department:
        builder.then("claim_items", created, _claimed(order, context), department=department)
    if order.get("delivered"):
        when = context.when(order, "delivered")
        builder.then("deliver_order", created, when, served_by=department)
    if order.get("confirmed"):
        builder.then("confirm_order", created, context.when(order, "confirmed"))
    yield builder.fact


def _check(order: Fields) -> None:
    """Raises ValueError for an order that is impossible."""
    order.require("items")
    check_order(order, {name: name for name in ORDER_DAYS})
    if order.get("confirmed") and not order.get("delivered"):
        raise ValueError("confirmed, but delivered is missing")
    if order.get("delivered") and not order.get("served_by"):
        raise ValueError("served_by is missing: an order that nobody claimed can't be delivered")


def _claimed(order: Fields, context: FileContext) -> FactTime:
    """A file has no day of the claim. Its week is known: that of the delivery."""
    day = order.day("delivered") or order.day("placed")
    if day is None:
        return within(context.week)
    return replace(within(Week.of_day(day)), entered=on(day).entered)


def _department(order: Fields) -> str | None:
    """Departments have one name, the Chinese one where there is one."""
    words = order.words("served_by")
    return (words.get("zh") or words["en"]) if words else None


def _category(order: Fields) -> str:
    """A code or a Chinese name; without one, daily necessities."""
    codes = {zh: code for code, (zh, _) in ORDER_CATEGORIES.items()}
    given = order.choice("category", [*ORDER_CATEGORIES, *codes]) or "daily_necessities"
    return codes.get(given, given)


def _channel(given: str) -> str:
    if given in CHANNELS:
        return given
    return "civil_affairs_office" if "民政" in given else "other"


def _beneficiary(fields: Fields) -> Json:
    given = {
        "name": fields.text("name"),
        "phone": fields.text("phone", 30),
        "address": fields.text("address", TEXT),
        "age": fields.whole("age", most=130),
        "circumstance": _circumstance(fields),
    }
    return {name: value for name, value in given.items() if value is not None}


def _circumstance(fields: Fields) -> str | None:
    """A code or its wording. Any other text is private and becomes "other"."""
    given = fields.text("circumstance", TEXT)
    if not given:
        return None
    if "_" in given:
        return fields.choice("circumstance", CIRCUMSTANCES)
    codes = {word: code for code, names in CIRCUMSTANCES.items() for word in names}
    return given if given in CIRCUMSTANCES else codes.get(given, "other")


def visits(key: Key, visit: Fields, context: FileContext) -> Iterator[Fact]:
    """A round of visits, and the ledger of merchants if the visitors kept one."""
    visit.require("kind")
    builder = FactBuilder("relief", key)
    kind = visit.choice("kind", VISIT_KINDS)
    builder.create(
        "record_visits",
        context.when(visit),
        orgunit=visit.orgunit(),
        kind=kind,
        what=visit.words("what"),
        visits=visit.amount("visits", "visit"),
    )
    yield builder.fact
    what = visit.words("what") or {}
    if kind == "merchant" and (visit.get("merchants") is not None or "台账" in str(what)):
        yield _ledger(key.beside("ledger", in_place_of="visits"), visit, context)


def _ledger(key: Key, visit: Fields, context: FileContext) -> Fact:
    builder = FactBuilder("relief", key)
    builder.create(
        "declare_stock",
        context.when(visit),
        orgunit=visit.orgunit(),
        stock="merchants",
        level=visit.amount("merchants", "merchant"),
    )
    return builder.fact
