"""Orders, visits and the merchants' ledger."""

from dataclasses import replace

from deploy.local.facts.fact_builder import Story, check_order, on, within
from shared.contracts.events.relief import CHANNELS, CIRCUMSTANCES, ORDER_CATEGORIES, VISIT_KINDS
from shared.contracts.fields import TEXT, Text, Whole
from shared.domain.periods import Period

ORDER_DAYS = ("placed", "delivered", "confirmed")


def section(_key, relief, _frame):
    """The order categories are codes that orders are filed under, not orders: they're checked."""
    names = [zh for zh, _ in ORDER_CATEGORIES.values()]
    for category in relief.parts("order_categories"):
        category.name()
        category.choice("zh", names)
        category.text("example", TEXT)
    return ()


def order(key, order, frame):
    """A resident's order, as far as the file says it went."""
    _check(order)
    story = Story("relief", key)
    made = story.create(
        "raise_order",
        frame.when(order, "placed"),
        orgunit=order.orgunit(),
        category=_category(order),
        channel=_channel(order.text("channel", TEXT) or ""),
        items=order.many("items", Text()),
        beneficiary=_beneficiary(order.part("beneficiary")),
    )
    department = _department(order)
    if department:
        story.then("claim_items", made, _claimed(order, frame), department=department)
    if order.get("delivered"):
        when = frame.when(order, "delivered")
        story.then("deliver_order", made, when, served_by=department)
    if order.get("confirmed"):
        story.then("confirm_order", made, frame.when(order, "confirmed"))
    yield story.fact


def _check(order):
    """Raises ValueError for a story that can't have happened."""
    order.needed("items")
    check_order(order, {name: name for name in ORDER_DAYS})
    if order.get("confirmed") and not order.get("delivered"):
        raise ValueError("confirmed, but delivered is missing")
    if order.get("delivered") and not order.get("served_by"):
        raise ValueError("served_by is missing: an order that nobody claimed can't be delivered")


def _claimed(order, frame):
    """Nobody says when it was claimed, only in which week: that of the delivery."""
    day = order.day("delivered") or order.day("placed")
    if day is None:
        return within(frame.week)
    return replace(within(Period.of_day(day)), entered=on(day).entered)


def _department(order):
    """Departments have one name, the Chinese one where there is one."""
    words = order.words("served_by")
    return words and (words.get("zh") or words["en"])


def _category(order):
    """By code or Chinese name; food and the like where the file doesn't say."""
    names = {zh: code for code, (zh, _) in ORDER_CATEGORIES.items()}
    given = order.choice("category", [*ORDER_CATEGORIES, *names], "daily_necessities")
    return names.get(given, given)


def _channel(given):
    if given in CHANNELS:
        return given
    return "civil_affairs_office" if "民政" in given else "other"


def _beneficiary(fields):
    told = {
        "name": fields.text("name"),
        "phone": fields.text("phone", 30),
        "address": fields.text("address", TEXT),
        "age": fields.checked("age", Whole(most=130)),
        "circumstance": _circumstance(fields),
    }
    return {name: value for name, value in told.items() if value is not None}


def _circumstance(fields):
    """By code or wording; other words are private and come down to "other"."""
    given = fields.text("circumstance", TEXT)
    if not given:
        return None
    if "_" in given:
        return fields.choice("circumstance", CIRCUMSTANCES)
    words = {word: code for code, names in CIRCUMSTANCES.items() for word in names}
    return given if given in CIRCUMSTANCES else words.get(given, "other")


def visits(key, visit, frame):
    """A round of visits, and the ledger of merchants where it kept one."""
    visit.needed("kind")
    story = Story("relief", key)
    kind = visit.choice("kind", VISIT_KINDS)
    story.create(
        "record_visits",
        frame.when(visit),
        orgunit=visit.orgunit(),
        kind=kind,
        what=visit.words("what"),
        visits=visit.amount("visits", "visit"),
    )
    yield story.fact
    what = visit.words("what") or {}
    if kind == "merchant" and (visit.get("merchants") is not None or "台账" in str(what)):
        yield _ledger("ledger-" + key.removeprefix("visits-"), visit, frame)


def _ledger(key, visit, frame):
    story = Story("relief", key)
    story.create(
        "declare_stock",
        frame.when(visit),
        orgunit=visit.orgunit(),
        stock="merchants",
        level=visit.amount("merchants", "merchant"),
    )
    return story.fact
