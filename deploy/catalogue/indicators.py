"""Every indicator of the briefing: definition, unit, the events that feed it, and the fold."""

from collections.abc import Iterator

from deploy.catalogue.events import reference
from deploy.catalogue.markdown import Row, code, table
from services.supervision.briefing.period_words import Pair, pair_of_kind
from services.supervision.indicators import DECLARED, INDICATORS, PRESENT
from services.supervision.indicators.declare import (
    INTERNAL,
    PEOPLE,
    RECORDS,
    THINGS,
    Indicator,
)
from services.supervision.indicators.rules import OTHER_RULES
from shared.domain.periods import Week
from shared.domain.service_names import NAMES
from shared.domain.units import UNITS

HEADS = (
    "代码 code",
    "指标",
    "indicator",
    "单位 unit",
    "性质",
    "汇总 fold",
    "无记录时 without records",
    "公开版 public edition",
)
PUBLIC = {
    THINGS: "全部公布 all figures",
    PEOPLE: "小数不公布 small figures suppressed",
    RECORDS: "由少数记录得出的不公布 figures of few records suppressed",
    INTERNAL: "不公布 suppressed",
}
FOLDS = {
    "sum": "合计 sum",
    "median": "中位数 median",
    "stock": "申报存量 declared stock, or else the sum of the records",
}


def lines() -> Iterator[str]:
    yield from (
        f"口径版本 rules version: `{PRESENT.version}`。",
        "",
        "每期通报始终按其本身的口径版本计算。 An issue is computed by its own rules for good.",
        "",
        *map(_earlier, (item for item in DECLARED if item.until)),
        *(f"- {since}: {zh}。 {en}." for since, zh, en in OTHER_RULES.values()),
        "",
        "- **周内 flow**: counts events of the week.",
        "- **期末 level**: the level at the end of the week.",
        "- **0**: each one is recorded, so no record means none.",
        "- **未报数 not stated**: reported as a figure, so without a report the figure is unknown.",
        "",
    )
    for service in sorted(NAMES):
        zh, en = NAMES[service]
        declared = sorted(_of(service), key=lambda item: item.code)
        yield from (f"## {service}：{zh} {en}", "", *table(HEADS, map(_row, declared)))
        for item in declared:
            yield from _definition(item)


def _earlier(item: Indicator) -> str:
    definitions = "。 ".join(_in_words(item))
    return f"- {code(item.code)}，{item.until} 之前 before {item.until}: {definitions}."


def _of(service: str) -> Iterator[Indicator]:
    return (item for item in INDICATORS.values() if item.service == service)


def _row(item: Indicator) -> Row:
    unit = UNITS[item.unit]
    return (
        code(item.code),
        item.zh,
        item.en,
        f"{unit.zh} {unit.singular} ({code(item.unit)})",
        "期末 level" if item.since else "周内 flow",
        FOLDS[item.fold],
        "0" if item.recorded else "未报数 not stated",
        PUBLIC[item.counts],
    )


def _in_words(item: Indicator) -> Pair:
    """The definition in a weekly briefing; others have the words of their period."""
    return pair_of_kind((item.definition_zh, item.definition_en), Week)


def _definition(item: Indicator) -> Row:
    zh, en = _in_words(item)
    feeds = ", ".join(map(reference, sorted(item.feeds)))
    return (
        f"### {item.code}",
        "",
        f"- 定义：{zh}。",
        f"- Definition: {en}.",
        f"- 数据来源 fed by: {feeds}",
        "",
    )
