"""A unit's sheet: why it has this score."""

from collections.abc import Iterable

from services.supervision.assessment.degrees import STANDINGS
from services.supervision.assessment.input_checks import is_late
from services.supervision.assessment.inputs import (
    OUTCOMES,
    Answer,
    Appeal,
    Figure,
    Inputs,
    Observation,
    Unit,
)
from services.supervision.assessment.lines import Line, Score
from services.supervision.assessment.number import text
from services.supervision.assessment.rubric import Rubric
from services.supervision.assessment.words import code_words
from shared.domain.canonical import sha256
from shared.domain.decimals import decimal_text
from shared.domain.types import Json

# A figure, and the share of the weight that it gives, are printed in more places than points. They
# are scored as exactly as they are.
VALUE_PLACES = 4


def sheet(rubric: Rubric, inputs: Inputs, unit: Unit, found: Score) -> Json:
    """Every line with its parts, which add up to the score; each figure once, with number and
    digest of the events in it; the observations; the appeals with their answers."""
    needed = rubric.sources
    code = unit.orgunit
    return {
        "orgunit": code,
        "unit": unit.name,
        "group": rubric.groups[code],
        "score": text(found.points),
        "applicable_weight": text(found.weight),
        "lines": [_line(line) for line in found.lines],
        "figures": [
            _figure(it)
            for it in sorted(inputs.figures, key=lambda it: it.source)
            if it.orgunit == code and it.source in needed
        ],
        "observations": [
            _observation(it)
            for it in sorted(inputs.observations, key=_of_observation)
            if it.orgunit == code
        ],
        "appeals": [
            _appeal(it, is_late(rubric, inputs, it), found.lines)
            for it in sorted(inputs.appeals, key=_of_appeal)
            if it.orgunit == code
        ],
    }


def _of_observation(it: Observation) -> tuple[object, ...]:
    """By what is said first: ids are others where the same is entered again."""
    return it.day, it.criterion, it.score, it.observers, it.id


def _of_appeal(it: Appeal) -> tuple[object, ...]:
    return it.lodged_on, it.criterion, it.by, it.id


def _line(line: Line) -> Json:
    """The rule is the criterion of this code in the document's rubric, the figures are those of the
    sheet with the codes in `counts`."""
    degree = line.degree
    return {
        "criterion": line.criterion.code,
        "standing": code_words(STANDINGS, degree.standing),
        "counts": line.criterion.roles,
        "value": None if degree.value is None else text(degree.value, VALUE_PLACES),
        "share": text(degree.at, VALUE_PLACES),
        "weight": text(line.weight),
        "cap": text(line.cap),
        "base": text(line.base),
        "bonus": text(line.bonus),
        "deduction": text(line.deduction),
        "appeal": text(line.appeal),
        "points": text(line.points),
        "interval": {"low": text(line.low), "high": text(line.high)},
        "chance": {"down": text(line.down), "up": text(line.up)},
    }


def _figure(it: Figure) -> Json:
    return {
        "source": it.source,
        **it.quantity.to_json(),
        "events": len(it.event_ids),
        "evidence": sha256(it.event_ids),
    }


def _observation(it: Observation) -> Json:
    return {
        "id": it.id,
        "criterion": it.criterion,
        "day": it.day.isoformat(),
        "score": decimal_text(it.score),
        "observers": sorted(it.observers),
        "occasion": it.occasion and dict(it.occasion),
        "evidence": sorted(set(it.evidence)),
    }


def _appeal(it: Appeal, late: bool, lines: Iterable[Line]) -> Json:
    line = next(line for line in lines if line.criterion.code == it.criterion)
    return {
        "id": it.id,
        "criterion": it.criterion,
        "by": it.by,
        "lodged_on": it.lodged_on.isoformat(),
        "late": late,
        "grounds": dict(it.grounds),
        "outcome": code_words(OUTCOMES, it.outcome),
        "answer": _answer(it.answer, line) if it.answer else None,
        "evidence": sorted(set(it.evidence)),
    }


def _answer(it: Answer, line: Line) -> Json:
    """`computed` are the points that an upheld appeal replaces by `awarded`."""
    upheld = it.points is not None
    return {
        "by": it.by,
        "answered_on": it.answered_on.isoformat(),
        "reason": dict(it.reason),
        "computed": text(line.points - line.appeal) if upheld else None,
        "awarded": text(line.points) if upheld else None,
    }
