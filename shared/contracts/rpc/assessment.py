"""The RPC methods of the half-year assessment, which supervision answers."""

from marshmallow import Schema, fields

from shared.contracts.events.assessment import (
    APPEAL_OUTCOMES,
    APPEAL_STATUSES,
    EXCLUSION_STATUSES,
    LONGEST_CRITERION,
    MOST_OBSERVERS,
    AppealState,
    DeclaredFigureState,
    ExclusionState,
    ObservationState,
)
from shared.contracts.events.oversight import REPORT_STATUSES
from shared.contracts.fields import (
    CRITERION,
    DECIMAL,
    TEXT,
    Actor,
    Amount,
    Choice,
    Day,
    HalfYear,
    IndicatorCode,
    Many,
    OrgUnit,
    Text,
    Words,
)
from shared.contracts.rpc.declare import (
    Changed,
    CommandSchema,
    Correction,
    Happened,
    OnAggregate,
    Query,
    When,
    change,
    changed,
    create,
    query,
    stored,
)
from shared.domain.units import UNITS


class RecordObservation(Happened):
    """The score that observers gave a unit on the day of `time`, by a criterion of the rubric that
    is in force for that day's half-year."""

    criterion = Text(longest=LONGEST_CRITERION, pattern=CRITERION, required=True)
    score = Text(pattern=DECIMAL, required=True)
    observers = Many(Actor(), least=1, most=MOST_OBSERVERS, required=True)
    occasion = Words(required=True)


class CorrectObservation(Correction):
    """A part that is left out keeps its value. `time` is when the observation took place."""

    criterion = Text(longest=LONGEST_CRITERION, pattern=CRITERION)
    score = Text(pattern=DECIMAL)
    observers = Many(Actor(), least=1, most=MOST_OBSERVERS)
    occasion = Words()


class OfUnit(CommandSchema):
    """A command about a unit's assessment for a half-year."""

    orgunit = OrgUnit(required=True)
    period = HalfYear(required=True)


class DeclareFigure(OfUnit):
    """States a figure that the rubric declares itself, or states it anew. `source` says where it
    comes from."""

    figure = IndicatorCode(required=True)
    quantity = Amount(*UNITS, required=True)
    source = Words(required=True)


class ExcludeUnit(OfUnit):
    """Proposes that the unit isn't assessed."""

    reason = Words(required=True)


class WithdrawExclusion(OfUnit):
    """The unit is assessed after all."""

    reason = Words(required=True)


class AnnounceScores(When):
    """The units got their scores on the day of `time`. `reason` says why another day is given than
    before."""

    period = HalfYear(required=True)
    reason = Text(longest=TEXT, load_default=None, allow_none=True)


class LodgeAppeal(Happened):
    """A unit appeals on the day of `time` against its points by a criterion."""

    period = HalfYear(required=True)
    criterion = Text(longest=LONGEST_CRITERION, pattern=CRITERION, required=True)
    grounds = Words(required=True)


class AnswerAppeal(OnAggregate):
    """`points` are given if and only if the appeal is upheld. Given again, the answer replaces the
    one before."""

    outcome = Choice(APPEAL_OUTCOMES, required=True)
    answer = Words(required=True)
    points = Text(pattern=DECIMAL, load_default=None, allow_none=True)


class OfHalfYear(Query):
    period = HalfYear(required=True)


class AssessmentInputs(Schema):
    """What people have said for the assessment of a half-year, and the version of the rubric that
    is in force for it. `announced_on` is null before the units got their scores, and then so is
    `last_day_of_appeals`."""

    period = HalfYear(required=True)
    rubric = Text(required=True)
    announced_on = Day(required=True, allow_none=True)
    last_day_of_appeals = Day(required=True, allow_none=True)
    observations = Many(fields.Nested(stored(ObservationState)), required=True, most=None)
    figures = Many(fields.Nested(stored(DeclaredFigureState)), required=True, most=None)
    exclusions = Many(fields.Nested(stored(ExclusionState)), required=True, most=None)
    appeals = Many(fields.Nested(stored(AppealState)), required=True, most=None)


METHODS = {
    "record_observation": create(RecordObservation, changed(REPORT_STATUSES)),
    "correct_observation": change(CorrectObservation, changed(REPORT_STATUSES)),
    "declare_figure": create(DeclareFigure, Changed),
    "exclude_from_assessment": create(ExcludeUnit, changed(EXCLUSION_STATUSES)),
    "approve_exclusion": change(OfUnit, changed(EXCLUSION_STATUSES)),
    "withdraw_exclusion": change(WithdrawExclusion, changed(EXCLUSION_STATUSES)),
    "announce_scores": create(AnnounceScores, Changed),
    "appeal": create(LodgeAppeal, changed(APPEAL_STATUSES)),
    "answer_appeal": change(AnswerAppeal, changed(APPEAL_STATUSES)),
    "assessment_inputs": query(OfHalfYear, AssessmentInputs),
}
