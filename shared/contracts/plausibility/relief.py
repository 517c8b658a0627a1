"""Rules of relief."""

from shared.contracts.plausibility.declare import highest_level, most
from shared.domain.plausibility import Rule

RULES: tuple[Rule, ...] = (
    most("visits", 10_000, "visit", "走访", "visits"),
    most("wanted", 200, "person", "需要的志愿者", "volunteers wanted"),
    highest_level({"merchants": 200_000}),
)
