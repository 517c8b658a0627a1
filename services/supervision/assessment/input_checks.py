"""What inputs have to be for a rubric: complete, without repetition, and in order."""

from collections.abc import Iterator, Mapping, Set
from fractions import Fraction

from services.supervision.assessment.inputs import (
    OPEN,
    OUTCOMES,
    UPHELD,
    Answer,
    Appeal,
    Inputs,
    Observation,
)
from services.supervision.assessment.number import rounded
from services.supervision.assessment.rubric import Rubric
from services.supervision.assessment.rubric_checks import repeated
from shared.contracts.fields import one_of
from shared.domain.errors import ValidationFailed

Found = Iterator[tuple[str, str]]

PERSON = "person:"
ANSWERS = tuple(name for name in OUTCOMES if name != OPEN)


def check(rubric: Rubric, inputs: Inputs) -> None:
    """Raise ValidationFailed with what the first of the checks finds that finds anything: the name
    of an input, with its id or unit, and what it must be."""
    for found in (_units, _figures, _observations, _exclusions, _appeals):
        errors: dict[str, list[str]] = {}
        for place, message in found(rubric, inputs):
            errors.setdefault(place, []).append(message)
        if errors:
            raise ValidationFailed(errors)


def _units(rubric: Rubric, inputs: Inputs) -> Found:
    units = [it.orgunit for it in inputs.units]
    excluded = {it.orgunit for it in inputs.exclusions}
    for _, unit in repeated(units):
        yield f"units.{unit}", "Must be given once."
    for unit in units:
        if unit not in rubric.groups and unit not in excluded:
            yield f"units.{unit}", "Must be in a group of the rubric, or excluded with a reason."


def _figures(rubric: Rubric, inputs: Inputs) -> Found:
    given = [(it.orgunit, it.source) for it in inputs.figures]
    for _, (unit, source) in repeated(given):
        yield f"figures.{unit}.{source}", "Must be given once."
    needed = rubric.sources
    missing = {(unit, source) for unit in assessed(inputs) for source in needed} - set(given)
    for unit, source in sorted(missing):
        yield f"figures.{unit}.{source}", "Must be given, if only as not_stated."
    for figure in inputs.figures:
        unit = rubric.units.get(figure.source, figure.quantity.unit)
        if figure.quantity.unit != unit:
            yield f"figures.{figure.orgunit}.{figure.source}.unit", f"Must be {one_of([unit])}."


def _observations(rubric: Rubric, inputs: Inputs) -> Found:
    full = {it.code: it.out_of for it in rubric.criteria if it.out_of}
    units = {it.orgunit for it in inputs.units}
    for _, it in repeated([observation.id for observation in inputs.observations]):
        yield f"observations.{it}", "Must be given once."
    for it in inputs.observations:
        for name, message in _observation(it, full, units):
            yield f"observations.{it.id}.{name}", message


def _observation(it: Observation, full: Mapping[str, Fraction], units: Set[str]) -> Found:
    if it.orgunit not in units:
        yield "orgunit", "Must be one of the units."
    if it.criterion not in full:
        yield "criterion", f"Must be {one_of(full) if full else 'left out: none is observed'}."
    elif not 0 <= it.score <= full[it.criterion]:
        yield "score", f"Must be from 0 to {full[it.criterion]}."
    if not it.observers:
        yield "observers", "Must name at least one, such as person:li.na."


def _exclusions(rubric: Rubric, inputs: Inputs) -> Found:
    units = {it.orgunit for it in inputs.units}
    for _, unit in repeated([it.orgunit for it in inputs.exclusions]):
        yield f"exclusions.{unit}", "Must be given once."
    for it in inputs.exclusions:
        if it.orgunit not in units:
            yield f"exclusions.{it.orgunit}", "Must be one of the units."
        if not it.approved_by.startswith(PERSON):
            yield f"exclusions.{it.orgunit}.approved_by", "Must be a person, such as person:li.na."


def _appeals(rubric: Rubric, inputs: Inputs) -> Found:
    for _, it in repeated([appeal.id for appeal in inputs.appeals]):
        yield f"appeals.{it}", "Must be given once."
    upheld = [(it.orgunit, it.criterion) for it in inputs.appeals if it.outcome == UPHELD]
    for _, (unit, criterion) in repeated(upheld):
        yield f"appeals.{unit}.{criterion}", "Must be upheld once."
    for appeal in inputs.appeals:
        for name, message in _appeal(rubric, inputs, appeal):
            yield f"appeals.{appeal.id}.{name}", message


def _appeal(rubric: Rubric, inputs: Inputs, appeal: Appeal) -> Found:
    if appeal.orgunit not in assessed(inputs):
        yield "orgunit", "Must be a unit that is assessed."
    if appeal.criterion not in {it.code for it in rubric.criteria}:
        yield "criterion", f"Must be {one_of(it.code for it in rubric.criteria)}."
    if inputs.announced_on is None or appeal.lodged_on < inputs.announced_on:
        yield "lodged_on", "Must be on the day of the announcement or later."
    if appeal.answer:
        yield from _answer(appeal, appeal.answer, is_late(rubric, inputs, appeal))


def _answer(appeal: Appeal, answer: Answer, late: bool) -> Found:
    if answer.by == appeal.by or not answer.by.startswith(PERSON):
        yield "answer.by", "Must be another person than the one who appealed."
    if answer.answered_on < appeal.lodged_on:
        yield "answer.answered_on", "Must be on the day of the appeal or later."
    if answer.outcome not in ANSWERS or (late and answer.outcome == UPHELD):
        possible = [name for name in ANSWERS if not late or name != UPHELD]
        yield "answer.outcome", f"Must be {one_of(possible)}."
    if (answer.outcome == UPHELD) != (answer.points is not None):
        yield "answer.points", "Must be given if and only if the appeal is upheld."
    if answer.points is not None and rounded(Fraction(answer.points)) != answer.points:
        yield "answer.points", "Must have at most 2 decimal places, such as 2.5."


def assessed(inputs: Inputs) -> set[str]:
    """The codes of the units that aren't excluded."""
    return {it.orgunit for it in inputs.units} - {it.orgunit for it in inputs.exclusions}


def is_late(rubric: Rubric, inputs: Inputs, appeal: Appeal) -> bool:
    """Whether the appeal came after the window: it is recorded, and can't change the points."""
    if inputs.announced_on is None:
        return False
    return appeal.lodged_on > rubric.last_day_of_appeals(inputs.announced_on)
