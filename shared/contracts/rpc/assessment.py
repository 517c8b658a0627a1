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
    Anything,
    Choice,
    Day,
    Digest,
    HalfYear,
    Id,
    IndicatorCode,
    Many,
    Map,
    OrgUnit,
    RawText,
    Text,
    Whole,
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
from shared.domain.errors import Conflict, NotFound
from shared.domain.quantities import QUALIFIERS
from shared.domain.units import UNITS

# Of a draft rubric, in characters. The one of 2017 has 4,000.
LONGEST_RUBRIC = 50_000
MOST_PLACES = 10_000
# Ids of one answer, for each figure of a line.
MOST_IDS = 5000


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


class OfSheet(OfHalfYear):
    """A unit's sheet in an issue; in its last revision where `revision` is null."""

    orgunit = OrgUnit(required=True)
    revision = Whole(load_default=None, allow_none=True)


class OfLine(OfSheet):
    """A line of a unit's sheet. Of each figure, up to `limit` ids follow the first `after`."""

    criterion = Text(longest=LONGEST_CRITERION, pattern=CRITERION, required=True)
    after = Whole(load_default=0)
    limit = Whole(least=1, most=MOST_IDS, load_default=MOST_IDS)


class CompareRubrics(OfHalfYear):
    """`rubric` is a draft of a rubric in the form of the catalogue, as JSON."""

    rubric = Text(longest=LONGEST_RUBRIC, required=True)


class OfIssue(Schema):
    """An issue, or the draft of one, by its status; `rubric` is the version of its rubric."""

    period = HalfYear(required=True)
    revision = Whole(required=True)
    status = Text(pattern="[a-z_]+", required=True)
    rubric = Text(required=True)


class UnitSheet(OfIssue):
    """Why a unit has its score: `row` and `sheet` as they are in the document's part `assessment`,
    and the `criteria` of its rubric."""

    row = Map(Anything(), required=True)
    sheet = Map(Anything(), required=True)
    criteria = Many(Map(Anything()), required=True)


class FigureEvents(Schema):
    """A figure of a line, and some of the ids of its `events`. `digest` is the SHA-256 of the
    canonical JSON of all ids in their order, as the document has it."""

    source = IndicatorCode(required=True)
    value = Text(pattern=DECIMAL, required=True, allow_none=True)
    qualifier = Choice(QUALIFIERS, required=True)
    unit = Choice(UNITS, required=True)
    events = Whole(required=True)
    digest = Digest(required=True)
    ids = Many(Id(), required=True, most=MOST_IDS)


class LineEvents(OfIssue):
    """The events in a line: of its figures, and the ids of the events of each of its observations
    and appeals."""

    orgunit = OrgUnit(required=True)
    criterion = Text(longest=LONGEST_CRITERION, pattern=CRITERION, required=True)
    figures = Many(fields.Nested(FigureEvents), required=True)
    observations = Many(Many(Id()), required=True, most=None)
    appeals = Many(Many(Id()), required=True, most=None)


class ComparedRubric(Schema):
    version = Text(required=True)
    standing = Text(required=True)
    digest = Digest(required=True)


class ComparedLine(Schema):
    """Null where one of the rubrics doesn't have the line."""

    criterion = Text(longest=LONGEST_CRITERION, pattern=CRITERION, required=True)
    points = Many(Text(allow_none=True), required=True)
    change = Text(required=True, allow_none=True)


class ComparedUnit(Schema):
    """A unit by both rubrics; null where one of them doesn't assess it. `rank_change` is by how
    many places it rises, below 0 where it falls."""

    orgunit = OrgUnit(required=True)
    unit = RawText(required=True)
    group = Many(Text(allow_none=True), required=True)
    score = Many(Text(allow_none=True), required=True)
    rank = Many(Whole(least=1, allow_none=True), required=True)
    score_change = Text(required=True, allow_none=True)
    rank_change = Whole(least=-MOST_PLACES, most=MOST_PLACES, required=True, allow_none=True)
    lines = Many(fields.Nested(ComparedLine), required=True, most=None)


class ComparedRubrics(Schema):
    """The rubric in force first, the draft second. Appeals are left out of both."""

    period = Many(HalfYear(), required=True)
    rubric = Many(fields.Nested(ComparedRubric), required=True)
    units = Many(fields.Nested(ComparedUnit), required=True, most=None)


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
    "assessment_sheet": query(OfSheet, UnitSheet, Conflict, NotFound),
    "assessment_evidence": query(OfLine, LineEvents, Conflict, NotFound),
    "compare_rubrics": query(CompareRubrics, ComparedRubrics),
}
