"""Good practices."""

from mongoengine import DictField, StringField

from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import PracticeState


class Practice(SchemaState, Aggregate):
    """recorded → withdrawn, where it turned out not to be a good practice."""

    entity = "supervision.practice"
    state_schema = PracticeState
    steps = {"withdraw": Step(("recorded",), "withdrawn")}

    status = StringField(required=True, default="recorded")
    what = DictField(required=True)

    def recognise(self, moment: Moment) -> None:
        self.record("supervision.practice.recognised", moment)

    def withdraw(self, moment: Moment) -> None:
        self.step("withdraw")
        self.record("supervision.practice.withdrawn", moment)
