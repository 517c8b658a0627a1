"""Units that aren't assessed for a half-year, with who proposed and who approved it."""

from mongoengine import DictField, StringField

from services.supervision.oversight.half_years import id_about
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.contracts.events.assessment import ExclusionState
from shared.domain.errors import Forbidden
from shared.domain.periods import Period
from shared.domain.types import Json


def exclusion_id(orgunit: str, period: Period) -> str:
    """A unit has one exclusion for each half-year, which may be proposed again."""
    return id_about("exclusion", period, orgunit)


class Exclusion(SchemaState, Aggregate):
    """proposed → approved, by another person; withdrawn, and perhaps proposed again. Only an
    approved one counts."""

    entity = "supervision.exclusion"
    state_schema = ExclusionState
    steps = {
        "propose": Step(("withdrawn",), "proposed"),
        "approve": Step(("proposed",), "approved"),
        "withdraw": Step(("proposed", "approved"), "withdrawn"),
    }

    status = StringField(required=True, default="proposed")
    period = StringField(required=True)
    reason = DictField(required=True)
    proposed_by = StringField(required=True)
    approved_by = StringField()
    approved_on = StringField()

    def propose(self, reason: Json, actor: str, moment: Moment) -> None:
        if self.version:
            self.step("propose")
        self.reason, self.proposed_by = reason, actor
        self.approved_by = self.approved_on = None
        self.record("supervision.exclusion.proposed", moment)

    def approve(self, actor: str, moment: Moment) -> None:
        """Raises Forbidden for the person who proposed it."""
        if actor == self.proposed_by:
            reason = "proposed it: another person has to approve it"
            raise Forbidden({"actor": actor, "reason": reason})
        self.step("approve")
        self.approved_by, self.approved_on = actor, moment.time.date().isoformat()
        self.record("supervision.exclusion.approved", moment)

    def withdraw(self, reason: Json, moment: Moment) -> None:
        self.step("withdraw")
        self.reason = reason
        self.record("supervision.exclusion.withdrawn", moment)
