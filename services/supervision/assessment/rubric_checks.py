"""What has to fit together in a rubric. Each check gives the places of a file that don't, and what
they must be."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from marshmallow import ValidationError

from services.supervision.assessment.formulas import BETWEEN, FIELDS, FORMULAS, MORE
from services.supervision.assessment.intervals import CHANCES, NO_CHANCE, SHARE
from services.supervision.indicators import EVER
from shared.contracts.fields import one_of
from shared.domain.types import Json

DECLARED = "declared."

Place = tuple[str | int, ...]
Found = Iterator[tuple[Place, str]]
Check = Callable[[Json], Found]


def refuse(checks: Iterable[Check], data: Json) -> None:
    """Raise ValidationError with what the first of the checks finds that finds anything."""
    for check in checks:
        errors: Json = {}
        for place, message in check(data):
            _put(errors, place, message)
        if errors:
            raise ValidationError(errors)


def _put(errors: Json, place: Place, message: str) -> None:
    """Put a message at its place, in the form of marshmallow's own errors."""
    inner: Any = errors
    for part in place[:-1]:
        inner = inner.setdefault(part, {})
    inner.setdefault(place[-1], []).append(message)


def fields_of_formula(criterion: Json) -> Found:
    name = criterion["formula"]
    formula = FORMULAS[name]
    for field in FIELDS:
        if field in formula.needs and criterion[field] is None:
            yield (field,), f"Must be given: the formula {name} needs it."
        if field not in formula.takes and criterion[field] is not None:
            yield (field,), f"Must be left out: the formula {name} has no such field."
    if criterion["direction"] not in formula.directions:
        yield ("direction",), f"Must be {one_of(formula.directions)}."


def figures_of_criterion(criterion: Json) -> Found:
    measure = criterion["measure"]
    if measure is not None:
        yield from _figures_of_measure(criterion, measure)
    counted = [measure["numerator"], measure["denominator"]] if measure else []
    for name in ("bonus", "deduction"):
        source = (criterion[name] or {}).get("source")
        if source in counted and source is not None:
            yield (name, "source"), "Must be a figure that the criterion doesn't count already."
        counted.append(source)


def _figures_of_measure(criterion: Json, measure: Json) -> Found:
    quotient = measure["denominator"] is not None
    if quotient != (measure["times"] is not None):
        yield ("measure", "times"), "Must be given if and only if there is a denominator."
    if quotient != (criterion["least"] is not None):
        yield ("least",), "Must be given if and only if there is a denominator."
    if criterion["chance"] == SHARE and not quotient:
        others = [name for name in CHANCES if name != SHARE]
        yield ("chance",), f"Must be {one_of(others)}: there is no denominator."
    indicator = EVER.get(measure["numerator"])
    if indicator and indicator.fold == "median" and criterion["chance"] != NO_CHANCE:
        yield ("chance",), f"Must be {one_of([NO_CHANCE])}: a median is no count."


def points_of_criterion(criterion: Json) -> Found:
    if criterion["cap"] is not None and criterion["cap"] < criterion["weight"]:
        yield ("cap",), f"Must be at least the weight, such as {criterion['weight']}."
    if criterion["formula"] == BETWEEN:
        side = "above" if criterion["direction"] == MORE else "below"
        distance = criterion["full_at"] - criterion["zero_at"]
        if distance == 0 or (distance > 0) != (side == "above"):
            yield ("full_at",), f"Must be {side} zero_at: {criterion['direction']} is better."


CRITERION = (fields_of_formula, figures_of_criterion, points_of_criterion)


def codes(rubric: Json) -> Found:
    for name in ("groups", "declared", "criteria"):
        for index, code in repeated([it["code"] for it in rubric[name]]):
            yield (name, index, "code"), f"Must be another code: {code} is there already."
    for index, declared in enumerate(rubric["declared"]):
        if not declared["code"].startswith(DECLARED):
            yield ("declared", index, "code"), "Must begin so, such as declared.population."


def members(rubric: Json) -> Found:
    places = [
        ((index, at), unit)
        for index, group in enumerate(rubric["groups"])
        for at, unit in enumerate(group["units"])
    ]
    for found, unit in repeated([unit for _, unit in places]):
        index, at = places[found][0]
        yield ("groups", index, "units", at), f"Must be in one group: {unit} is there already."


def repeated(values: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """(index, value) of each value that was there before."""
    seen: set[Any] = set()
    for index, it in enumerate(values):
        if it in seen:
            yield index, it
        seen.add(it)


def sources(rubric: Json) -> Found:
    known = units_of_sources(rubric)
    for index, criterion in enumerate(rubric["criteria"]):
        for part, name in (
            ("measure", "numerator"),
            ("measure", "denominator"),
            ("bonus", "source"),
            ("deduction", "source"),
        ):
            source = (criterion[part] or {}).get(name)
            if source is not None and source not in known:
                wanted = "an indicator or one of `declared`, such as relief.orders_raised"
                yield ("criteria", index, part, name), f"Must be {wanted}."


def weights(rubric: Json) -> Found:
    total = sum(it["weight"] for it in rubric["criteria"])
    if total != rubric["total"]:
        yield ("total",), f"Must be the sum of the weights, such as {total}: they add up to it."
    if rubric["least_weight"] > rubric["total"]:
        yield ("least_weight",), f"Must be at most the total, such as {rubric['total']}."


RUBRIC = (codes, members, sources, weights)


def units_of_sources(rubric: Json) -> dict[str, str]:
    """Code of each figure that the rubric may name → the unit in which it is counted."""
    indicators = {code: it.unit for code, it in EVER.items()}
    return indicators | {it["code"]: it["unit"] for it in rubric["declared"]}
