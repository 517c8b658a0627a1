"""Rules of every service."""

from shared.contracts.plausibility.declare import near
from shared.domain.plausibility import FigureRule, Rule

# There is nothing of which a district can report so much.
BEYOND = 10**9

QUALIFIED_ZERO = FigureRule(
    "qualified_zero",
    "*",
    "数字为0时只能是确数",
    "0 is exact: over, about or at most 0 says nothing",
    impossible=True,
    broken=lambda number, qualifier: number == 0 and qualifier != "exact",
)
BEYOND_POSSIBLE = FigureRule(
    "beyond_possible",
    "*",
    f"数字超过{BEYOND}，不可能属实",
    f"more than {BEYOND:,} is impossible",
    impossible=True,
    broken=lambda number, _: number > BEYOND,
)
# Raised by aggregates (shared/aggregates/).
MOVED_FAR = Rule(
    "moved_far",
    "time",
    "更正后的时间与原时间相差一年以上",
    "the correction moves it by more than a year",
)
HELD_FAR_OFF = Rule(
    "held_far_off",
    "time",
    "举办时间与计划日期相差一年以上",
    "it was held more than a year from the day for which it was planned",
)
# Raised by the repository, for every event that a command records.
BEFORE_PROGRAMME = Rule(
    "before_programme",
    "time",
    "早于工作首周；不计入累计、平均和比率，另行列出",
    "it was before the programme's first week: it will be listed, and be in no sum, mean or share",
)

RULES: tuple[Rule, ...] = (
    QUALIFIED_ZERO,
    BEYOND_POSSIBLE,
    MOVED_FAR,
    HELD_FAR_OFF,
    BEFORE_PROGRAMME,
    near("planned_for", "计划日期", "the planned day"),
    near("due", "期限", "the due day"),
)
