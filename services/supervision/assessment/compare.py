"""Two assessments side by side: a draft rubric beside the one in force, or before and after."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from services.supervision.assessment.assess import assess
from services.supervision.assessment.inputs import Inputs
from services.supervision.assessment.number import text
from services.supervision.assessment.rubric import Rubric
from shared.domain.types import Json


def what_if(in_force: Rubric, draft: Rubric, inputs: Inputs) -> Json:
    """What a draft rubric would change, as plain JSON. Appeals are left out: points were awarded by
    one of the two rubrics. The inputs have every unit, figure and observation that either rubric
    names.

    Raises ValidationFailed, which names the input.
    """
    return compare(*(assess(rubric, _for(rubric, inputs)) for rubric in (in_force, draft)))


def _for(rubric: Rubric, inputs: Inputs) -> Inputs:
    codes = {it.code for it in rubric.criteria}
    excluded = {it.orgunit for it in inputs.exclusions}
    units = {it.orgunit for it in inputs.units} & (rubric.groups.keys() | excluded)
    return replace(
        inputs,
        units=tuple(it for it in inputs.units if it.orgunit in units),
        observations=tuple(
            it for it in inputs.observations if it.criterion in codes and it.orgunit in units
        ),
        appeals=(),
    )


def compare(before: Json, after: Json) -> Json:
    """Each unit's score and rank in two assessments, and the differences by line.

    A unit that one of them doesn't assess has null there.
    """
    olds, news = _units(before), _units(after)
    return {
        "period": [before["period"], after["period"]],
        "rubric": [_version(before), _version(after)],
        "units": [_unit(code, olds.get(code), news.get(code)) for code in sorted({*olds, *news})],
    }


def _version(assessment: Json) -> Json:
    return {
        "version": assessment["rubric"]["version"],
        "standing": assessment["rubric"]["standing"],
        "digest": assessment["rubric_digest"],
    }


def _units(assessment: Json) -> dict[str, Json]:
    """Unit → its row, with its group and its points by criterion."""
    points = {
        sheet["orgunit"]: {line["criterion"]: line["points"] for line in sheet["lines"]}
        for sheet in assessment["sheets"]
    }
    return {
        row["orgunit"]: row | {"group": group["code"], "points": points[row["orgunit"]]}
        for group in assessment["groups"]
        for row in group["rows"]
    }


def _unit(code: str, old: Json | None, new: Json | None) -> Json:
    found = [old or {}, new or {}]
    return {
        "orgunit": code,
        "unit": (new or old or {})["unit"],
        **{name: [it.get(name) for it in found] for name in ("group", "score", "rank")},
        "score_change": _difference(*(it.get("score") for it in found)),
        "rank_change": _places(*(it.get("rank") for it in found)),
        "lines": list(_lines(*(it.get("points", {}) for it in found))),
    }


def _lines(old: dict[str, str], new: dict[str, str]) -> Iterator[Json]:
    for code in sorted({*old, *new}):
        points = [old.get(code), new.get(code)]
        yield {"criterion": code, "points": points, "change": _difference(*points)}


def _difference(old: str | None, new: str | None) -> str | None:
    """None where one of them isn't there."""
    return None if old is None or new is None else text(Fraction(new) - Fraction(old))


def _places(old: int | None, new: int | None) -> int | None:
    """By how many places the unit rises; below 0 where it falls."""
    return None if old is None or new is None else old - new
