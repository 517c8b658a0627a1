"""The rubrics of this release, and how a rubric is read from its text."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.supervision.assessment.rubric import Criterion, Measure, Rubric, Steps
from services.supervision.assessment.rubric_checks import units_of_sources
from services.supervision.assessment.rubric_schema import RubricSchema
from shared.domain.periods import Period
from shared.domain.report_periods import HalfYear
from shared.domain.types import Json
from shared.platform.versioned_files import VersionedFiles, plain

FOLDER = Path(__file__).with_name("rubrics")
# The half-year from which on a version is in force, the earliest first. An entry never changes once
# that half-year has begun; half-years before the first entry are assessed by the first one.
IN_FORCE: tuple[tuple[HalfYear, str], ...] = ((HalfYear(2017, 1), "2017-1"),)


def version_for(period: Period) -> str:
    """The version of the rubric that is in force for a half-year: the last one of IN_FORCE that
    begins with it or before it."""
    begun = [version for first, version in IN_FORCE if first <= period]
    return begun[-1] if begun else IN_FORCE[0][1]


def rubric_for(period: Period) -> Rubric:
    """The rubric that is in force for a half-year."""
    return rubric_of(version_for(period))


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
        content=plain(data),
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


RUBRICS = VersionedFiles(FOLDER, RubricSchema, _rubric, "rubric", "total: 100")
versions, rubric_of = RUBRICS.versions, RUBRICS.of
read_rubric, rubric_from = RUBRICS.read, RUBRICS.from_content
