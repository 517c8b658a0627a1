"""The rubrics of this release, and how a rubric is read from its text."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from services.supervision.assessment.rubric import Criterion, Measure, Rubric, Steps
from services.supervision.assessment.rubric_checks import units_of_sources
from services.supervision.assessment.rubric_schema import RubricSchema
from shared.contracts.fields import SCHEMA_MESSAGES, one_of
from shared.domain.decimals import decimal_text
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Period
from shared.domain.report_periods import HalfYear
from shared.domain.types import Json
from shared.platform.yaml_reader import BadYaml, parse

FOLDER = Path(__file__).with_name("rubrics")
# The half-year from which on a version is in force, the earliest first. An entry never changes once
# that half-year has begun; half-years before the first entry are assessed by the first one.
IN_FORCE: tuple[tuple[HalfYear, str], ...] = ((HalfYear(2017, 1), "2017-1"),)
# Where a problem of the whole file is put.
FILE = "rubric"


def versions() -> list[str]:
    """The versions of the rubrics of this release."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def version_for(period: Period) -> str:
    """The version of the rubric that is in force for a half-year: the last one of IN_FORCE that
    begins with it or before it."""
    begun = [version for first, version in IN_FORCE if first <= period]
    return begun[-1] if begun else IN_FORCE[0][1]


def rubric_for(period: Period) -> Rubric:
    """The rubric that is in force for a half-year."""
    return rubric_of(version_for(period))


@lru_cache(maxsize=16)
def rubric_of(version: str) -> Rubric:
    """The rubric of this release with this version. Raises ValidationFailed for an unknown one."""
    if version not in versions():
        raise ValidationFailed({"version": [f"Must be {one_of(versions())}."]})
    rubric = read_rubric((FOLDER / f"{version}.yaml").read_text(encoding="utf-8"))
    if rubric.version != version:
        raise ValidationFailed(
            {"version": [f"Must be that of the file's name, such as {version}."]}
        )
    return rubric


def read_rubric(text: str) -> Rubric:
    """A rubric from the text of its file. Raises ValidationFailed, with the place of each problem:
    numbers are places in a list, counted from 0."""
    try:
        found = parse(text)
    except BadYaml as error:
        raise ValidationFailed({FILE: [f"Must be YAML, such as `total: 100`: {error}."]}) from None
    return rubric_from(found)


def rubric_from(content: Any) -> Rubric:
    """A rubric from the content of its file, or from that of a document. Raises ValidationFailed
    like `read_rubric`."""
    schema = RubricSchema()
    schema.error_messages |= SCHEMA_MESSAGES
    try:
        return _rubric(schema.load(content))
    except ValidationError as error:
        raise ValidationFailed(error.normalized_messages()) from None


def _rubric(data: Json) -> Rubric:
    return Rubric(
        version=data["version"],
        total=Fraction(data["total"]),
        least_weight=Fraction(data["least_weight"]),
        about_within=Fraction(data["about_within"], 100),
        appeal_days=data["appeal_days"],
        criteria=tuple(map(_criterion, data["criteria"])),
        groups={unit: group["code"] for group in data["groups"] for unit in group["units"]},
        units=units_of_sources(data),
        content=_plain(data),
    )


def _criterion(data: Json) -> Criterion:
    fields = {name: _exact(value) for name, value in data.items() if name != "label"}
    fields["measure"] = _measure(data["measure"]) if data["measure"] else None
    for name in ("bonus", "deduction"):
        fields[name] = _steps(data[name]) if data[name] else None
    return Criterion(**fields)


def _measure(data: Json) -> Measure:
    times = Fraction(data["times"] or 1)
    return Measure(data["numerator"], data["denominator"], times)


def _steps(data: Json) -> Steps:
    return Steps(**{name: _exact(value) for name, value in data.items() if name != "label"})


def _exact(value: Any) -> Any:
    return Fraction(value) if isinstance(value, Decimal) else value


def _plain(value: Any) -> Any:
    """What was read as plain JSON."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return decimal_text(value) if isinstance(value, Decimal) else value
