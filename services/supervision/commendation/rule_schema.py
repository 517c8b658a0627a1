"""The fields of a file of commendation rules.

Errors are named by their place in the file: `{"categories": {2: {"most": ["Must be …"]}}}`.
"""

from collections import Counter
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from services.supervision.assessment.number import Number
from services.supervision.assessment.rubric_schema import STANDINGS, Code, LabelSchema, Version
from services.supervision.commendation.nominate import GROUPED, UNIT_DIGITS
from services.supervision.commendation.rules import MOST
from services.supervision.indicators import EVER
from shared.contracts.events.nominations import SUBJECT_KINDS
from shared.contracts.fields import Choice, IndicatorCode, Many, Part, Whole, one_of
from shared.domain.types import Json


class RuleSchema(Schema):
    """An indicator of the year with a minimum; the `best` are nominated."""

    indicator = IndicatorCode(required=True)
    least = Number(positive=True, required=True)
    best = Whole(least=1, most=MOST, required=True)


class CategorySchema(Schema):
    """How many are chosen, and by which rule they are nominated, besides by people."""

    code = Code(required=True)
    label = Part(LabelSchema, required=True)
    kind = Choice(SUBJECT_KINDS, required=True)
    most = Whole(least=1, most=MOST, required=True)
    most_of_unit = Whole(least=1, most=MOST, load_default=None)
    rule = Part(RuleSchema, load_default=None)

    @validates_schema
    def _fits_together(self, data: Json, **_: Any) -> None:
        if data["rule"] is not None:
            if problem := _indicator_problem(data["kind"], data["rule"]["indicator"]):
                raise ValidationError({"rule": {"indicator": [problem]}})
            if data["rule"]["best"] < data["most"]:
                wanted = f"Must be at least `most`, such as {data['most']}."
                raise ValidationError({"rule": {"best": [wanted]}})
        if data["most_of_unit"] is not None and data["most_of_unit"] > data["most"]:
            raise ValidationError(
                {"most_of_unit": [f"Must be at most `most`, such as {data['most']}."]}
            )


class RulesSchema(Schema):
    """The rules of a commendation (表彰办法)."""

    version = Version(required=True)
    standing = Choice(STANDINGS, required=True)
    label = Part(LabelSchema, required=True)
    note = Part(LabelSchema, required=True)
    categories = Many(Part(CategorySchema), least=1, required=True)

    @validates_schema
    def _no_code_twice(self, data: Json, **_: Any) -> None:
        codes = [category["code"] for category in data["categories"]]
        twice = {code for code, number in Counter(codes).items() if number > 1}
        errors = {
            place: {"code": ["Must be a code that no other category has."]}
            for place, code in enumerate(codes)
            if code in twice
        }
        if errors:
            raise ValidationError({"categories": errors})


def _indicator_problem(kind: str, indicator: str) -> str | None:
    """Why the indicator can't be that of a rule for this kind of subject."""
    if kind in UNIT_DIGITS:
        summed = [code for code, item in EVER.items() if item.since is None and item.fold == "sum"]
        if indicator not in summed:
            return f"Must be an indicator that is added up over the year, such as {summed[0]}."
    elif kind in GROUPED:
        counted = GROUPED[kind].indicator
        return None if indicator == counted else f"Must be {one_of([counted])}."
    else:
        return f"Must be left out: nothing is counted for a {kind}."
    return None
