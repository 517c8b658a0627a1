"""Events of what people say for a half-year's assessment: observations, figures that the rubric
declares itself, exclusions, the announcement of the scores, appeals.

Units are named by their codes, people by the ids of their actors.
"""

from marshmallow import Schema

from shared.contracts.events.declare import EventType
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
    Text,
    Words,
)
from shared.domain.units import UNITS

LONGEST_CRITERION = 40
MOST_OBSERVERS = 20

EXCLUSION_STATUSES = {
    "proposed": ("待批准", "proposed"),
    "approved": ("已批准", "approved"),
    "withdrawn": ("已撤回", "withdrawn"),
}
APPEAL_OUTCOMES = {
    "upheld": ("采纳，改分", "upheld: the points are changed"),
    "rejected": ("不采纳", "rejected"),
    "corrected": ("事实已更正，分数随之重算", "the facts were corrected, and the figures have it"),
}
APPEAL_STATUSES = {"open": ("待答复", "not answered yet"), **APPEAL_OUTCOMES}


class ObservationState(Schema):
    """An on-site observation (现场观摩): the score that the observers gave a unit by a criterion of
    the rubric. It belongs to the half-year of its day, `observed_on`."""

    status = Choice(REPORT_STATUSES, required=True)
    period = HalfYear(required=True)
    criterion = Text(longest=LONGEST_CRITERION, pattern=CRITERION, required=True)
    score = Text(pattern=DECIMAL, required=True)
    observers = Many(Actor(), least=1, most=MOST_OBSERVERS, required=True)
    occasion = Words(required=True)
    observed_on = Day(required=True)
    reason = Text(longest=TEXT, required=True, allow_none=True)


class DeclaredFigureState(Schema):
    """A figure that no service counts, such as the residents of a unit. `source` says where it
    comes from."""

    period = HalfYear(required=True)
    figure = IndicatorCode(required=True)
    quantity = Amount(*UNITS, required=True)
    source = Words(required=True)
    declared_by = Actor(required=True)


class ExclusionState(Schema):
    """A unit that isn't assessed for a half-year, once another person than the proposer has
    approved it. `reason` is that of the exclusion or, once it is withdrawn, of that."""

    status = Choice(EXCLUSION_STATUSES, required=True)
    period = HalfYear(required=True)
    reason = Words(required=True)
    proposed_by = Actor(required=True)
    approved_by = Actor(required=True, allow_none=True)
    approved_on = Day(required=True, allow_none=True)


class ScoresState(Schema):
    """The day on which the units got their scores of a half-year: the appeal window begins with it.
    `reason` says why another day than before is given."""

    period = HalfYear(required=True)
    announced_on = Day(required=True)
    reason = Text(longest=TEXT, required=True, allow_none=True)


class AppealState(Schema):
    """A unit's appeal against its points by a criterion. `points` are what an appeal that is upheld
    gives the unit instead of the computed ones."""

    status = Choice(APPEAL_STATUSES, required=True)
    period = HalfYear(required=True)
    criterion = Text(longest=LONGEST_CRITERION, pattern=CRITERION, required=True)
    lodged_by = Actor(required=True)
    lodged_on = Day(required=True)
    grounds = Words(required=True)
    answered_by = Actor(required=True, allow_none=True)
    answered_on = Day(required=True, allow_none=True)
    answer = Words(required=True, allow_none=True)
    points = Text(pattern=DECIMAL, required=True, allow_none=True)


def _type(name: str, state: type[Schema], zh: str, en: str) -> EventType:
    return EventType(f"supervision.{name}", 1, state, zh, en)


EVENTS = [
    _type("observation.recorded", ObservationState, "现场观摩登记", "on-site observation recorded"),
    _type(
        "observation.corrected", ObservationState, "现场观摩更正", "on-site observation corrected"
    ),
    _type("declared_figure.stated", DeclaredFigureState, "考核数据申报", "figure declared"),
    _type("exclusion.proposed", ExclusionState, "提出不参评", "exclusion proposed"),
    _type("exclusion.approved", ExclusionState, "批准不参评", "exclusion approved"),
    _type("exclusion.withdrawn", ExclusionState, "撤回不参评", "exclusion withdrawn"),
    _type("scores.announced", ScoresState, "考核分数公布", "scores announced to the units"),
    _type("appeal.lodged", AppealState, "考核申诉", "appeal lodged"),
    _type("appeal.answered", AppealState, "申诉答复", "appeal answered"),
]
