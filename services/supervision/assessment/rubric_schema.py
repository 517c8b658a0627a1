"""The fields of a rubric's file.

Errors are named by their place in the file: `{"criteria": {2: {"weight": ["Must be …"]}}}`.
"""

from typing import Any

from marshmallow import Schema, validates_schema

from services.supervision.assessment import rubric_checks
from services.supervision.assessment.formulas import DIRECTIONS, FORMULAS
from services.supervision.assessment.intervals import CHANCES
from services.supervision.assessment.number import Number, Points
from shared.contracts.fields import (
    TEXT,
    Choice,
    IndicatorCode,
    Many,
    OrgUnit,
    Part,
    Text,
    Whole,
)
from shared.domain.types import Json
from shared.domain.units import UNITS

STANDINGS = {
    "example": ("示例，未经印发", "an example that nobody has adopted"),
    "draft": ("草案", "draft"),
    "adopted": ("已印发", "adopted"),
}


class Code(Text):
    """A short name within the file."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=40, pattern=r"[a-z][a-z_]*", **kwargs)
        self._form = "small letters and _, such as findings_closed"


class Version(Text):
    """The version of a rubric."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pattern=r"[0-9]{4}-[1-9][0-9]?", **kwargs)
        self._form = "a year and a number, such as 2017-1"


class LabelSchema(Schema):
    """Words in both languages."""

    zh = Text(longest=TEXT, required=True)
    en = Text(longest=TEXT, required=True)


class GroupSchema(Schema):
    """Units that are compared with each other: like with like."""

    code = Code(required=True)
    label = Part(LabelSchema, required=True)
    units = Many(OrgUnit(), least=1, required=True)


class DeclaredSchema(Schema):
    """A figure that is no indicator: somebody states it for each unit."""

    code = IndicatorCode(required=True)
    label = Part(LabelSchema, required=True)
    unit = Choice(UNITS, required=True)


class MeasureSchema(Schema):
    """The quantity of `numerator`, or `times` its quotient by `denominator`."""

    numerator = IndicatorCode(required=True)
    denominator = IndicatorCode(load_default=None)
    times = Number(positive=True, load_default=None)


class StepsSchema(Schema):
    """A bonus or a deduction: `points` for each whole `each` of `source` above `above`, up to
    `up_to`."""

    label = Part(LabelSchema, required=True)
    source = IndicatorCode(required=True)
    above = Number(required=True)
    each = Number(positive=True, required=True)
    points = Points(positive=True, required=True)
    up_to = Points(positive=True, required=True)


class CriterionSchema(Schema):
    """A line of the rubric. Which of the optional fields it has follows from its formula."""

    code = Code(required=True)
    label = Part(LabelSchema, required=True)
    weight = Points(positive=True, required=True)
    formula = Choice({name: (it.zh, it.en) for name, it in FORMULAS.items()}, required=True)
    direction = Choice(DIRECTIONS, required=True)
    measure = Part(MeasureSchema, load_default=None)
    chance = Choice(CHANCES, load_default=None)
    target = Number(positive=True, load_default=None)
    zero_at = Number(load_default=None)
    full_at = Number(load_default=None)
    out_of = Number(positive=True, load_default=None)
    cap = Points(positive=True, load_default=None)
    least = Number(positive=True, load_default=None)
    bonus = Part(StepsSchema, load_default=None)
    deduction = Part(StepsSchema, load_default=None)

    @validates_schema
    def _fits_together(self, data: Json, **_: Any) -> None:
        rubric_checks.refuse(rubric_checks.CRITERION, data)


class RubricSchema(Schema):
    """A rubric (考核细则)."""

    version = Version(required=True)
    standing = Choice(STANDINGS, required=True)
    label = Part(LabelSchema, required=True)
    note = Part(LabelSchema, required=True)
    total = Points(positive=True, required=True)
    least_weight = Points(positive=True, required=True)
    about_within = Whole(most=50, required=True)
    appeal_days = Whole(least=1, most=60, required=True)
    groups = Many(Part(GroupSchema), least=1, required=True)
    declared = Many(Part(DeclaredSchema), load_default=list)
    criteria = Many(Part(CriterionSchema), least=1, required=True)

    @validates_schema
    def _fits_together(self, data: Json, **_: Any) -> None:
        rubric_checks.refuse(rubric_checks.RUBRIC, data)
