"""Residents' orders that moved in the week, and the rounds of visits."""

from collections import Counter

from services.supervision.briefing.sections.rows import (
    CLAUSE,
    COMMA,
    both,
    counted,
    date_of,
    figure,
    in_order,
    item,
    joined,
    labelled,
    named,
    on,
    pair,
    plain,
    unit_name,
)
from shared.contracts.events.relief import (
    CHANNELS,
    CIRCUMSTANCES,
    ORDER_CATEGORIES,
    ORDER_EXAMPLES,
    ORDER_STATUSES,
    VISIT_KINDS,
)
from shared.domain.wording import LANGUAGES

DAYS = {
    "raised_on": pair("登记", "raised"),
    "delivered_on": pair("送达", "delivered"),
    "confirmed_on": pair("居民确认", "confirmed"),
    "due": pair("承诺期限", "promised by"),
}


def orders(week):
    return in_order([_order(week, event) for event in week.changed("relief.order")], "orgunit")


def _order(week, event):
    """An order with its items and days. Of the beneficiary the age band at most."""
    data = event["data"]
    category, status = (
        named(ORDER_CATEGORIES, data["category"]),
        named(ORDER_STATUSES, data["status"]),
    )
    unit = unit_name(week, event["orgunit"])
    items = [{"item": part["item"], "claimed_by": part.get("claimed_by")} for part in data["items"]]
    days = {name: data.get(name) for name in DAYS}
    facts = {
        "category": category,
        "channel": named(CHANNELS, data["channel"]),
        "status": status,
        "items": items,
        "served_by": data.get("served_by"),
        "circumstance": _words(CIRCUMSTANCES, data.get("circumstance")),
        "age_band": data.get("age_band"),
        "rating": data.get("rating"),
        "reopened": data.get("reopened", 0),
        **days,
    }
    return {
        "kind": "order",
        "orgunit": event["orgunit"],
        "unit": unit,
        "said": joined(unit, category, status),
        "details": [line for line in _details(facts) if line["zh"]],
        **facts,
    }


def _details(order):
    yield joined(*_need(order), mark=CLAUSE)
    yield joined(*_progress(order), mark=CLAUSE)


def _need(order):
    yield labelled(pair("受理渠道", "reported through"), order["channel"])
    if order["items"]:
        names = [plain(part["item"]) for part in order["items"]]
        yield labelled(pair("需求", "requested"), joined(*names, mark=COMMA))
    for_whom = joined(_age(order["age_band"]), order["circumstance"], mark=COMMA)
    if for_whom["zh"]:
        yield labelled(pair("服务对象", "for"), for_whom)


def _progress(order):
    for name, label in DAYS.items():
        if order[name]:
            yield joined(label, order[name], mark=plain(" "))
    responsible = sorted({part["claimed_by"] for part in order["items"] if part["claimed_by"]})
    if responsible:
        yield labelled(pair("认领", "claimed by"), joined(*map(plain, responsible), mark=COMMA))
    if order["served_by"]:
        yield labelled(pair("送达人", "delivered by"), plain(order["served_by"]))
    if order["rating"]:
        yield pair(f"居民评分 {order['rating']}分", f"rated {order['rating']} of 5")
    if order["reopened"]:
        yield pair(f"重启 {order['reopened']}次", f"reopened, times: {order['reopened']}")


def _age(band):
    return pair(f"{band}岁", f"aged {band}") if band else None


def _words(table, code):
    return named(table, code) if code else None


def categories(week):
    """How many orders of each category were raised: of all categories that there are."""
    raised = Counter(event["data"]["category"] for event in week.events_of("relief.orders_raised"))
    counts = [_category(code, raised[code]) for code in ORDER_CATEGORIES]
    said = [
        {lang: f"{words[lang]}{_example(code, lang)} {words['orders']}" for lang in LANGUAGES}
        for code, words in zip(ORDER_CATEGORIES, counts, strict=True)
    ]
    return [
        {
            "kind": "order_categories",
            "orgunit": week.district,
            "unit": unit_name(week, week.district),
            "said": pair("诉求类别（本周登记单数）", "categories of orders (raised this week)"),
            "details": [joined(*said, mark=COMMA)],
            "categories": counts,
        }
    ]


def _category(code, number):
    return named(ORDER_CATEGORIES, code) | {"orders": number}


def _example(code, lang):
    if code not in ORDER_EXAMPLES:
        return ""
    zh, en = ORDER_EXAMPLES[code]
    return f"（如{zh}）" if lang == "zh" else f" (such as {en})"


def visits(week):
    return in_order([_visit(week, event) for event in _rounds(week)], "orgunit")


def _rounds(week):
    counted_in = ("relief.visits_household", "relief.visits_merchant")
    return [event for code in counted_in for event in week.events_of(code)]


def _visit(week, event):
    kind, shown = named(VISIT_KINDS, event["data"]["kind"]), figure(event["data"]["visits"])
    told = event["data"].get("what")
    what = both(told) if told else None
    details = [counted(pair("走访", "visits"), shown, noun=True), what]
    facts = {"visits_to": kind, "aim": what, "figures": {"visits": shown}}
    made = item(week, event, "visit", kind, details, **facts)
    # A round of visits has no day of its own, only the time that it is reported for.
    day = date_of(event)
    return made | {"held_on": day, "said": joined(on(day), made["unit"], kind)}
