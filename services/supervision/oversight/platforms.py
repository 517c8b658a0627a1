"""The programme's platforms, and their milestones."""

from mongoengine import BooleanField, DictField, IntField, StringField

from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.occurrence import stored_day
from shared.aggregates.standing import Standing
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import MILESTONE_STATUSES, MilestoneState, PlatformState
from shared.domain.types import Json


class Platform(Standing, SchemaState, Aggregate):
    """A platform that the programme builds. It has no states: its milestones have."""

    state_schema = PlatformState
    entity, begins = "supervision.platform", "registered"

    name = DictField(required=True)

    def register(self, moment: Moment) -> None:
        self.record("supervision.platform.registered", moment)


class Milestone(SchemaState, Aggregate):
    """planned → in_progress → done, or dropped. A correction may set any of them."""

    entity = "supervision.milestone"
    state_schema = MilestoneState
    steps = {
        "reach": Step(("planned", "in_progress"), "done"),
        "correct": Step(tuple(MILESTONE_STATUSES)),
    }

    status = StringField(required=True)
    platform = StringField(required=True)
    what = DictField(required=True)
    count = IntField()
    target = StringField()
    reached_on = StringField()
    withdrawn = BooleanField(default=False)
    reason = StringField()

    def set(self, moment: Moment) -> None:
        self.record("supervision.milestone.set", moment)

    def reach(self, moment: Moment) -> None:
        self.step("reach")
        self.reached_on = stored_day(moment)
        self.record("supervision.milestone.reached", moment)

    def correct(self, parts: Json, withdrawn: bool, reason: str, moment: Moment) -> None:
        """A part that is left out keeps its value. For a milestone that is done, `moment` is when
        it was reached. `withdrawn` says that it was entered by mistake."""
        self.withdrawn = False
        self.step("correct")
        self.withdrawn = withdrawn
        for name, value in parts.items():
            setattr(self, name, value)
        if self.status == "done":
            self._doubt_move("reached", moment)
        self.reached_on = stored_day(moment) if self.status == "done" else None
        self.reason = reason
        self.record("supervision.milestone.corrected", moment)
