"""Every indicator of the briefing: definition, unit, what feeds it, how it folds."""

from collections.abc import Iterator

from deploy.catalogue.events import reference
from deploy.catalogue.markdown import Row, code, table
from services.supervision.indicators import INDICATORS, RULES_VERSION
from services.supervision.indicators.declare import Indicator
from shared.domain.service_names import NAMES
from shared.domain.units import UNITS

HEADS = (
    "代码 code",
    "指标",
    "indicator",
    "单位 unit",
    "性质",
    "汇总 fold",
    "无记录时 nothing known",
)
FOLDS = {
    "sum": "合计 sum",
    "median": "中位数 median",
    "stock": "申报存量 declared stock, or else the sum of what was recorded",
}


def lines() -> Iterator[str]:
    yield from (
        f"口径版本 rules version: `{RULES_VERSION}`。",
        "",
        "- **周内 flow**: what happened in the week.",
        "- **期末 level**: what stands at the week's end.",
        "- **0**: recorded one by one, so where nothing was recorded there was none.",
        "- **未报数 not stated**: reported as a figure, so where nobody reported nobody knows.",
        "",
    )
    for service in sorted(NAMES):
        zh, en = NAMES[service]
        declared = sorted(_of(service), key=lambda item: item.code)
        yield from (f"## {service}：{zh} {en}", "", *table(HEADS, map(_row, declared)))
        for item in declared:
            yield from _definition(item)


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
    )


def _definition(item: Indicator) -> Row:
    feeds = ", ".join(map(reference, sorted(item.feeds)))
    return (
        f"### {item.code}",
        "",
        f"- 定义：{item.definition_zh}。",
        f"- Definition: {item.definition_en}.",
        f"- 数据来源 fed by: {feeds}",
        "",
    )
