"""Versions of the rules. An issue names the version by which it was made, and is always computed by
that one; live figures and new issues follow the present one."""

import copy
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import cast

from services.supervision.indicators.declare import VERSIONS, Indicator
from shared.domain.periods import AnyPeriod, Period, Week

# Rules that aren't an indicator's own: name → the version from which it holds, and its words.
SEALED_AFTER_CUTOFF = "sealed_after_cutoff"
VALID_ON_ANY_DAY = "valid_on_any_day"
CORRECTED_UNIT = "corrected_unit"
NOTHING_TO_STATE = "nothing_to_state"
LEVELS_BY_AREA = "levels_by_area"
BEGINNING = "beginning"
OTHER_RULES = {
    SEALED_AFTER_CUTOFF: (
        "2026-1",
        "只有截止时刻之后的封账才算对账",
        "a service is reconciled only by a seal made after the cut-off",
    ),
    VALID_ON_ANY_DAY: (
        "2026-1",
        "本周任何一日（不限周一、周日）有效的单位为应报单位",
        "a unit valid on any day of the week, not only Monday or Sunday, had to report",
    ),
    CORRECTED_UNIT: (
        "2026-1",
        "更正了单位的报告，计入更正后的单位",
        "a report whose unit was corrected is one of the unit that the correction names",
    ),
    NOTHING_TO_STATE: (
        "2026-1",
        "没有义诊、招聘会、活动或送达的，其数字为“无”，不是“未报数”",
        "without a clinic, fair, activity or delivery its figures are none, not unstated",
    ),
    LEVELS_BY_AREA: (
        "2026-1",
        "撤并、划出的单位，其周末数随辖区计入；申报总数以辖区内最新申报为准",
        "what stands in units that were merged or split counts where their area belongs",
    ),
    BEGINNING: (
        "2026-1",
        "工作首周之前发生的，不计入累计数、四周平均和比率，另行列出",
        "what happened before the programme's first week is in no sum, mean or share; it is listed",
    ),
}

FedBy = Mapping[str, list[Indicator]]


class Rules:
    """The indicators of one version in the order of their declaration, and its other rules."""

    def __init__(self, version: str, declared: Iterable[Indicator]) -> None:
        self.version = version
        # The programme's first week; None where there is no limit.
        self.first_week: Week | None = None
        counted = [item for item in declared if item.holds(version)]
        # Those that are printed.
        self.indicators = {item.code: item for item in counted if item.printed}
        # Event type → the indicators that it feeds. Types that feed none are stored as facts too.
        self.fed_by = _fed_by(counted)
        self.flows_fed_by = _fed_by(item for item in counted if item.since is None)
        self.levels_fed_by = _fed_by(item for item in counted if item.since)

    def beginning_in(self, first_week: Week | None) -> "Rules":
        """These rules for a programme with this first week, where they have the rule BEGINNING."""
        made = copy.copy(self)
        made.first_week = first_week if self.has(BEGINNING) else None
        return made

    def first(self, kind: type[AnyPeriod]) -> AnyPeriod | None:
        """The programme's first period of this kind: the one in which its first week begins."""
        if self.first_week is None:
            return None
        return cast(AnyPeriod, _period_of(kind, self.first_week))

    def counts(self, period: Period) -> bool:
        """Do flows of this period count? Of the first one, those since the programme's first
        week."""
        first = self.first(type(period))
        return first is None or period >= first

    def has(self, name: str) -> bool:
        """Does the rule of this name, a key of OTHER_RULES, hold?"""
        return VERSIONS.index(OTHER_RULES[name][0]) <= VERSIONS.index(self.version)


@lru_cache(maxsize=64)
def _period_of(kind: type[Period], first_week: Week) -> Period:
    return kind.of_day(first_week.first_day)


def _fed_by(indicators: Iterable[Indicator]) -> FedBy:
    found: dict[str, list[Indicator]] = {}
    for item in indicators:
        for event_type in item.feeds:
            found.setdefault(event_type, []).append(item)
    return found
