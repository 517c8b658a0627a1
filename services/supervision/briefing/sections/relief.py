"""Residents' orders that changed in the week, and the rounds of visits."""

from collections import Counter
from collections.abc import Iterator, Mapping

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.period_words import pair_of_kind
from services.supervision.briefing.sections.rows import (
    CLAUSE,
    COMMA,
    Words,
    counted,
    date_of,
    due_note,
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
    week_apart,
)
from shared.contracts.events.relief import (
    CHANNELS,
    CIRCUMSTANCES,
    ORDER_CATEGORIES,
    ORDER_EXAMPLES,
    ORDER_STATUSES,
    VISIT_KINDS,
)
from shared.domain.types import Event, Json
from shared.domain.wording import LANGUAGES, both

DAYS = {
    "raised_on": pair("登记", "raised"),
    "delivered_on": pair("送达", "delivered"),
    "confirmed_on": pair("居民确认", "confirmed"),
    "due": pair("承诺期限", "promised by"),
}

CATEGORIES = ("诉求类别（{this}登记单数）", "categories of orders (raised {this})")


def orders(week: FoldedWeek) -> list[Json]:
    return in_order([_order(week, event) for event in week.changed("relief.order")], "orgunit")


def _order(week: FoldedWeek, event: Event) -> Json:
    """An order with its items and days. No personal data but the beneficiary's age band."""
    facts, unit = _facts(event["data"]), unit_name(week, event["orgunit"])
    return {
        "kind": "order",
        "orgunit": event["orgunit"],
        "unit": unit,
        "said": joined(unit, facts["category"], facts["status"]),
        "details": [line for line in _details(facts) if line["zh"]],
        **facts,
    }


def _facts(data: Json) -> Json:
    items = [{"item": part["item"], "claimed_by": part.get("claimed_by")} for part in data["items"]]
    return {
        "category": named(ORDER_CATEGORIES, data["category"]),
        "channel": named(CHANNELS, data["channel"]),
        "status": named(ORDER_STATUSES, data["status"]),
        "items": items,
        "served_by": data.get("served_by"),
        "circumstance": _words(CIRCUMSTANCES, data.get("circumstance")),
        "age_band": data.get("age_band"),
        "rating": data.get("rating"),
        "reopened": data.get("reopened", 0),
        **{name: data.get(name) for name in DAYS},
        **due_note(data),
    }


def _details(order: Json) -> Iterator[Words]:
    yield joined(*_need(order), mark=CLAUSE)
    yield joined(*_progress(order), mark=CLAUSE)


def _need(order: Json) -> Iterator[Words]:
    yield labelled(pair("受理渠道", "reported through"), order["channel"])
    if order["items"]:
        names = [plain(part["item"]) for part in order["items"]]
        yield labelled(pair("需求", "requested"), joined(*names, mark=COMMA))
    for_whom = joined(_age(order["age_band"]), order["circumstance"], mark=COMMA)
    if for_whom["zh"]:
        yield labelled(pair("服务对象", "for"), for_whom)


def _progress(order: Json) -> Iterator[Words]:
    for name, label in DAYS.items():
        if order[name]:
            said = joined(label, order[name], mark=plain(" "))
            yield joined(said, order.get("due_note") if name == "due" else None, mark=plain(""))
    responsible = sorted({part["claimed_by"] for part in order["items"] if part["claimed_by"]})
    if responsible:
        yield labelled(pair("认领", "claimed by"), joined(*map(plain, responsible), mark=COMMA))
    if order["served_by"]:
        yield labelled(pair("送达人", "delivered by"), plain(order["served_by"]))
    if order["rating"]:
        yield pair(f"居民评分 {order['rating']}分", f"rated {order['rating']} of 5")
    if order["reopened"]:
        yield pair(f"重启 {order['reopened']}次", f"reopened, times: {order['reopened']}")


def _age(band: str | None) -> Words | None:
    if not band:
        return None
    least = band.removesuffix("+")
    return pair(f"{band}岁", f"aged {band}") if least == band else _from_age(least)


def _from_age(least: str) -> Words:
    return pair(f"{least}岁及以上", f"aged {least} or over")


def _words(table: Mapping[str, tuple[str, str]], code: str | None) -> Words | None:
    return named(table, code) if code else None


def categories(week: FoldedWeek) -> list[Json]:
    """How many orders were raised in each category, for all categories."""
    found = week.counted_events("relief.orders_raised")
    raised = Counter(event["data"]["category"] for event in found)
    counts = [_category(code, raised[code]) for code in ORDER_CATEGORIES]
    texts = [
        {lang: f"{words[lang]}{_example(code, lang)} {words['orders']}" for lang in LANGUAGES}
        for code, words in zip(ORDER_CATEGORIES, counts, strict=True)
    ]
    return [
        {
            "kind": "order_categories",
            "orgunit": week.district,
            "unit": unit_name(week, week.district),
            "said": pair(*pair_of_kind(CATEGORIES, week.kind)),
            "details": [joined(*texts, mark=COMMA)],
            "categories": counts,
        }
    ]


def _category(code: str, number: int) -> Json:
    return named(ORDER_CATEGORIES, code) | {"orders": number}


def _example(code: str, lang: str) -> str:
    if code not in ORDER_EXAMPLES:
        return ""
    zh, en = ORDER_EXAMPLES[code]
    return f"（如{zh}）" if lang == "zh" else f" (such as {en})"


def visits(week: FoldedWeek) -> list[Json]:
    return in_order([_visit(week, event) for event in _rounds(week)], "orgunit")


def _rounds(week: FoldedWeek) -> list[Event]:
    counted_in = ("relief.visits_household", "relief.visits_merchant")
    return [event for code in counted_in for event in week.counted_events(code)]


def _visit(week: FoldedWeek, event: Event) -> Json:
    kind, shown = named(VISIT_KINDS, event["data"]["kind"]), figure(event["data"]["visits"])
    aim = event["data"].get("what")
    what = both(aim) if aim else None
    details = [counted(pair("走访", "visits"), shown, noun=True), what]
    facts = {"visits_to": kind, "aim": what, "figures": {"visits": shown}}
    made = item(week, event, "visit", kind, details, **facts)
    # A round of visits has no `held_on`, only the time for which it is reported.
    day = date_of(event)
    return made | {
        "held_on": day,
        "said": joined(on(day, week=week_apart(week, event)), made["unit"], kind),
    }
