"""The commendation rules of this release."""

from pathlib import Path

from services.supervision.commendation.rule_schema import RulesSchema
from services.supervision.commendation.rules import Category, CommendationRules, Rule
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json
from shared.platform.versioned_files import VersionedFiles, in_order, plain

FOLDER = Path(__file__).with_name("rules")


def rules_for(year: int) -> CommendationRules:
    """The rules in force for a year: the last ones of that year or of an earlier one. Raises
    ValidationFailed where there are none."""
    found = [version for version in versions() if in_order(version)[0] <= year]
    if not found:
        first, _ = in_order(versions()[0])
        raise ValidationFailed({"year": [f"Must be a year with rules, such as {first}."]})
    return rules_of(found[-1])


def _rules(data: Json) -> CommendationRules:
    return CommendationRules(
        data["version"], tuple(map(_category, data["categories"])), plain(data)
    )


def _category(data: Json) -> Category:
    rule = Rule(**data["rule"]) if data["rule"] else None
    names = ("code", "label", "kind", "most", "most_of_unit")
    return Category(**{name: data[name] for name in names}, rule=rule)


RULES = VersionedFiles(FOLDER, RulesSchema, _rules, "rules", "most: 3")
versions, rules_of, read_rules = RULES.versions, RULES.of, RULES.read
