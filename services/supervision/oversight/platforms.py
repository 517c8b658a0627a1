"""Platforms of the programme, and the milestones on their way."""

from mongoengine import DictField, IntField, StringField

from services.supervision.oversight.days import day_after
from services.supervision.oversight.schema_state import Told
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.events.oversight import MILESTONE_STATUSES, MilestoneState, PlatformState


class Platform(Told, Aggregate):
    says = PlatformState

    name = DictField(required=True)

    def register(self, moment):
        self.record("supervision.platform.registered", moment)


class Milestone(Told, Aggregate):
    """planned → in_progress → done, or dropped. A correction may put it into any of them."""

    says = MilestoneState
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
    reason = StringField()

    def set(self, moment):
        self.record("supervision.milestone.set", moment)

    def reach(self, moment):
        self.step("reach")
        self.reached_on = day_after(moment)
        self.record("supervision.milestone.reached", moment)

    def correct(self, parts, reason, moment):
        """A part left out stays. For one that is done, `moment` is when it was reached."""
        self.step("correct")
        for name, value in parts.items():
            setattr(self, name, value)
        self.reached_on = day_after(moment) if self.status == "done" else None
        self.reason = reason
        self.record("supervision.milestone.corrected", moment)
