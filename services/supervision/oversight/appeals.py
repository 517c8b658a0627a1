"""The announcement of a half-year's scores to the units, and the units' appeals against them."""

from datetime import date

from mongoengine import DictField, StringField

from services.supervision.oversight.half_years import day_of, id_about
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.contracts.events.assessment import APPEAL_STATUSES, AppealState, ScoresState
from shared.domain.errors import Forbidden
from shared.domain.periods import Period, parse_day
from shared.domain.types import Json

UPHELD = "upheld"


def scores_id(period: Period) -> str:
    return id_about("scores", period, "announced")


def appeal_id(period: Period, name: str) -> str:
    return id_about("appeal", period, name)


class Scores(SchemaState, Aggregate):
    """When the units got their scores of a half-year: with that day the appeal window begins."""

    entity = "supervision.scores"
    state_schema = ScoresState

    period = StringField(required=True)
    announced_on = StringField(required=True)
    reason = StringField()

    @property
    def day(self) -> date:
        return parse_day(self.announced_on)

    def announce(self, reason: str | None, moment: Moment) -> None:
        """Raises Conflict for another day without a reason."""
        if self.version and reason is None:
            again = "announced already: give a reason to state another day"
            self.refuse(announced_on=self.announced_on, reason=again)
        self.announced_on, self.reason = day_of(moment).isoformat(), reason
        self.record("supervision.scores.announced", moment)


class Appeal(SchemaState, Aggregate):
    """open → upheld, rejected or corrected, by another person. An answer may be given anew."""

    entity = "supervision.appeal"
    state_schema = AppealState
    steps = {"answer": Step(tuple(APPEAL_STATUSES))}
    follows = {"answered": ("lodged",)}

    status = StringField(required=True, default="open")
    period = StringField(required=True)
    criterion = StringField(required=True)
    lodged_by = StringField(required=True)
    lodged_on = StringField(required=True)
    grounds = DictField(required=True)
    answered_by = StringField()
    answered_on = StringField()
    answer = DictField(default=None)
    points = StringField()

    @property
    def day(self) -> date:
        return parse_day(self.lodged_on)

    def lodge(self, moment: Moment) -> None:
        self.lodged_on = day_of(moment).isoformat()
        self.record("supervision.appeal.lodged", moment)

    def reply(
        self, outcome: str, answer: Json, points: str | None, actor: str, moment: Moment
    ) -> None:
        """Raises Forbidden for the person who lodged the appeal, ValidationFailed before the appeal
        was lodged."""
        if actor == self.lodged_by:
            reason = "lodged the appeal: another person has to answer it"
            raise Forbidden({"actor": actor, "reason": reason})
        self.step("answer")
        self.status, self.answer, self.points = outcome, answer, points
        self.answered_by, self.answered_on = actor, day_of(moment).isoformat()
        self.record("supervision.appeal.answered", moment)
