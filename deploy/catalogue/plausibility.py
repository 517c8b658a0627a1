"""Every rule of plausibility: what is refused, and what needs a confirmation."""

from collections.abc import Iterator

from deploy.catalogue.markdown import Row, code, table
from shared.contracts.plausibility import COMMON, DECLARED
from shared.domain.plausibility import Rule
from shared.domain.service_names import NAMES

HEADS = ("规则 rule", "参数 argument", "情形", "what is wrong", "处理 answer")
ANY_FIGURE = "任何数字 any figure"


def lines() -> Iterator[str]:
    yield from (
        "不可能的内容一律拒绝（`ValidationFailed`）。",
        "不大可能的内容先不入库，答复 `NeedsConfirmation`；",
        "核对无误的，以同一 `command_id` 加 `confirm_unlikely` 重发。",
        "周通报第十部分列出已确认的内容，供办公室再核对。",
        "",
        "What can't be is refused (`ValidationFailed`). What is unlikely is not stored and",
        "answered with `NeedsConfirmation`: where it is right, repeat the command with the same",
        "`command_id` and `confirm_unlikely`. Its event names the rules in `confirmed`, and part",
        "10 of the briefing lists it for the office.",
        "",
        "These rules look at values. Others refuse what doesn't fit what is known already: the",
        "order of events, units and their validity, service hours.",
        "",
    )
    for owner, rules in DECLARED.items():
        zh, en = ("所有服务", "every service") if owner == COMMON else NAMES[owner]
        yield from (f"## {owner}：{zh} {en}", "", *table(HEADS, map(_row, rules)))


def _row(rule: Rule) -> Row:
    field = ANY_FIGURE if rule.field == "*" else code(rule.field)
    answer = "拒绝 refused" if rule.impossible else "确认 confirmation"
    return code(rule.code), field, rule.zh, rule.en, answer
