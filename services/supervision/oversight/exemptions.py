"""Exemptions from reporting."""

from collections.abc import Sequence

from mongoengine import ListField, StringField

from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import ExemptionState
from shared.domain.periods import Period, Week
from shared.domain.types import Event, Json


class Exemption(SchemaState, Aggregate):
    """A unit need not report to `services` from week `first` to week `last`: exempt → readmitted.

    A readmitted unit is exempt up to the week before its readmission; where `last` lies before
    `first`, it never was exempt.
    """

    entity = "supervision.reporter"
    state_schema = ExemptionState
    steps = {"readmit": Step(("exempt",), "readmitted")}

    # Not published: the weeks say the same.
    status = StringField(required=True, default="exempt")
    services = ListField(StringField(), required=True)
    first = StringField(required=True)
    last = StringField()
    reason = StringField(required=True)

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        super().restore_state(data, events)
        readmitted = str(events[-1]["type"]).endswith(".readmitted")
        self.status = "readmitted" if readmitted else "exempt"

    def exempt(self, moment: Moment) -> None:
        self.record("supervision.reporter.exempted", moment)

    def readmit(self, period: Period) -> None:
        """The unit has to report again from week `period` on."""
        self.step("readmit")
        before = str(max(period, Week.parse(self.first)).previous())
        self.last = min(before, self.last or before)
        self.record("supervision.reporter.readmitted", Moment(period.start, "week"))
