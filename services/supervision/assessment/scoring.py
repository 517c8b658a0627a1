"""The scores of all units: from figures and observations to degrees, lines and awarded points."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

from services.supervision.assessment.degrees import (
    Degree,
    Measured,
    by_ends,
    by_observations,
    by_rank,
    measured,
)
from services.supervision.assessment.input_checks import assessed
from services.supervision.assessment.inputs import Appeal, Inputs
from services.supervision.assessment.lines import Line, Score, score
from services.supervision.assessment.number import text
from services.supervision.assessment.rubric import Criterion, Measure, Rubric
from shared.domain.errors import ValidationFailed
from shared.domain.quantities import Quantity

# Unit → source → quantity.
Figures = Mapping[str, Mapping[str, Quantity]]


def groups(rubric: Rubric, inputs: Inputs) -> dict[str, list[str]]:
    """Each group's units that are assessed, in the order of their codes."""
    found: dict[str, list[str]] = {group["code"]: [] for group in rubric.content["groups"]}
    for unit in sorted(assessed(inputs)):
        found[rubric.groups[unit]].append(unit)
    return found


def scores(rubric: Rubric, inputs: Inputs) -> dict[str, Score]:
    """The score of each unit that is assessed. Raises ValidationFailed for points of an appeal
    that its line can't have."""
    figures: dict[str, dict[str, Quantity]] = defaultdict(dict)
    for it in inputs.figures:
        figures[it.orgunit][it.source] = it.quantity
    degrees: dict[str, dict[str, Degree]] = defaultdict(dict)
    for units in groups(rubric, inputs).values():
        for criterion in rubric.criteria:
            for unit, degree in _degrees(rubric, criterion, units, figures, inputs).items():
                degrees[unit][criterion.code] = degree
    return {
        unit: _with_appeals(score(rubric, found, figures[unit]), unit, inputs.appeals)
        for unit, found in degrees.items()
    }


def _degrees(
    rubric: Rubric, criterion: Criterion, units: Iterable[str], figures: Figures, inputs: Inputs
) -> dict[str, Degree]:
    """The degree of each unit of one group."""
    if criterion.measure is None:
        return {unit: by_observations(criterion, _seen(criterion, unit, inputs)) for unit in units}
    found = _measured(rubric, criterion, criterion.measure, units, figures)
    ends = criterion.ends
    if ends is None:
        return by_rank(criterion, found)
    return {unit: by_ends(criterion, ends, it) for unit, it in found.items()}


def _measured(
    rubric: Rubric, criterion: Criterion, measure: Measure, units: Iterable[str], figures: Figures
) -> dict[str, Measured]:
    within = rubric.about_within
    return {unit: measured(criterion, measure, figures[unit], within) for unit in units}


def _seen(criterion: Criterion, unit: str, inputs: Inputs) -> list[Fraction]:
    return [
        Fraction(it.score)
        for it in inputs.observations
        if (it.orgunit, it.criterion) == (unit, criterion.code)
    ]


def _with_appeals(found: Score, unit: str, appeals: Iterable[Appeal]) -> Score:
    upheld = {
        it.criterion: it
        for it in appeals
        if it.orgunit == unit and it.answer and it.answer.points is not None
    }
    lines = (_after(line, upheld.get(line.criterion.code)) for line in found.lines)
    return Score(tuple(lines), found.weight)


def _after(line: Line, appeal: Appeal | None) -> Line:
    if appeal is None or appeal.answer is None or appeal.answer.points is None:
        return line
    points = Fraction(appeal.answer.points)
    if not 0 <= points <= line.most:
        wanted = f"from 0 to the line's most, such as {text(line.most)}"
        raise ValidationFailed({f"appeals.{appeal.id}.answer.points": [f"Must be {wanted}."]})
    return line.awarded(points)
