"""All rules of plausibility: for each service those of its arguments, and all by their codes.

To add one: declare it in the module of its service, or in common.py for all services. A rule of the
arguments is asked of every command that has the field; a rule of a state stands in the `rules` of
its aggregate; any other is raised by `Aggregate.doubt` where the service can see that it is broken.
"""

from collections.abc import Iterator
from dataclasses import replace

from shared.contracts.plausibility import (
    clinics,
    common,
    jobfairs,
    relief,
    supervision,
    volunteering,
)
from shared.domain.plausibility import ArgumentRule, FigureRule, Rule, figures, value_at
from shared.domain.types import Json

COMMON = "common"

# Owner → its rules in the order of their declaration; `common` stands for every service.
DECLARED: dict[str, tuple[Rule, ...]] = {
    COMMON: common.RULES,
    "volunteering": volunteering.RULES,
    "relief": relief.RULES,
    "clinics": clinics.RULES,
    "jobfairs": jobfairs.RULES,
    "supervision": supervision.RULES,
}


def words(service: str, code: str) -> tuple[str, str]:
    """A rule in Chinese and English; the code itself where a newer release declared it."""
    for rule in (*common.RULES, *DECLARED[service]):
        if rule.code == code:
            return rule.zh, rule.en
    return code, code


def doubts_about(service: str, arguments: Json) -> list[Rule]:
    """The rules that a command's arguments break.

    What is withdrawn counts no more, so nothing about it is unlikely.
    """
    found = _broken(service, arguments)
    return [rule for rule in found if rule.impossible or not arguments.get("withdrawn")]


def _broken(service: str, arguments: Json) -> Iterator[Rule]:
    for rule in (*common.RULES, *DECLARED[service]):
        if isinstance(rule, FigureRule):
            for field, number, qualifier in figures(arguments):
                if rule.broken(number, qualifier):
                    yield replace(rule, field=field)
        elif isinstance(rule, ArgumentRule) and _is_broken(rule, arguments):
            yield rule


def _is_broken(rule: ArgumentRule, arguments: Json) -> bool:
    return value_at(arguments, rule.field) is not None and rule.broken(arguments)
