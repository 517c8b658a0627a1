"""The commendation rules of this release, and how rules are read from their text."""

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from services.supervision.commendation.rule_schema import RulesSchema
from services.supervision.commendation.rules import Category, CommendationRules, Rule
from shared.contracts.fields import SCHEMA_MESSAGES, one_of
from shared.domain.decimals import decimal_text
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json
from shared.platform.yaml_reader import BadYaml, parse

FOLDER = Path(__file__).with_name("rules")
# Where a problem of the whole file is put.
FILE = "rules"


def versions() -> list[str]:
    """The versions of this release, the oldest first."""
    return sorted((path.stem for path in FOLDER.glob("*.yaml")), key=in_order)


def in_order(version: str) -> tuple[int, int]:
    """By which versions are sorted: 2017-2 is before 2017-10."""
    year, number = version.split("-")
    return int(year), int(number)


@lru_cache(maxsize=16)
def rules_of(version: str) -> CommendationRules:
    """The rules with this version. Raises ValidationFailed for an unknown one."""
    if version not in versions():
        raise ValidationFailed({"version": [f"Must be {one_of(versions())}."]})
    rules = read_rules((FOLDER / f"{version}.yaml").read_text(encoding="utf-8"))
    if rules.version != version:
        raise ValidationFailed(
            {"version": [f"Must be that of the file's name, such as {version}."]}
        )
    return rules


def rules_for(year: int) -> CommendationRules:
    """The rules in force for a year: the last ones of that year or of an earlier one. Raises
    ValidationFailed where there are none."""
    found = [version for version in versions() if in_order(version)[0] <= year]
    if not found:
        first, _ = in_order(versions()[0])
        raise ValidationFailed({"year": [f"Must be a year with rules, such as {first}."]})
    return rules_of(found[-1])


def read_rules(text: str) -> CommendationRules:
    """Rules from the text of their file. Raises ValidationFailed, with the place of each problem:
    numbers are places in a list, counted from 0."""
    try:
        found = parse(text)
    except BadYaml as error:
        raise ValidationFailed({FILE: [f"Must be YAML, such as `most: 3`: {error}."]}) from None
    schema = RulesSchema()
    schema.error_messages |= SCHEMA_MESSAGES
    try:
        return _rules(schema.load(found))
    except ValidationError as error:
        raise ValidationFailed(error.normalized_messages()) from None


def _rules(data: Json) -> CommendationRules:
    return CommendationRules(
        data["version"], tuple(map(_category, data["categories"])), _plain(data)
    )


def _category(data: Json) -> Category:
    rule = Rule(**data["rule"]) if data["rule"] else None
    names = ("code", "label", "kind", "most", "most_of_unit")
    return Category(**{name: data[name] for name in names}, rule=rule)


def _plain(value: Any) -> Any:
    """What was read as plain JSON."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return decimal_text(value) if isinstance(value, Decimal) else value
