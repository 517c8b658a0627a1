"""Rules of supervision."""

from shared.contracts.plausibility.declare import most
from shared.domain.plausibility import Rule

RULES: tuple[Rule, ...] = (
    most("findings", 1_000, "finding", "发现问题", "findings"),
    most("count", 10_000, "milestone", "数量", "number"),
    most("special_groups", 100, "orgunit", "专项工作组", "special groups"),
    most("functional_groups", 100, "orgunit", "职能组", "functional groups"),
)
