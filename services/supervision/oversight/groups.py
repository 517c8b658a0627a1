"""Groups of the programme, the implementation plan, meetings and what they assign."""

from mongoengine import DictField, IntField, ListField, StringField

from services.supervision.oversight.days import day_after, due_after
from services.supervision.oversight.schema_state import Told
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.events.oversight import ActionState, GroupState, MeetingState, PlanState
from shared.domain.errors import ValidationFailed


def group_id(code):
    return f"group:{code}"


def plan_id(orgunit):
    return f"plan:{orgunit}"


class Group(Told, Aggregate):
    """formed → dissolved. A part that nobody named is a vacancy, and stays visible as one."""

    says = GroupState
    steps = {
        "change": Step(("formed",)),
        "dissolve": Step(("formed",), "dissolved"),
    }

    status = StringField(required=True, default="formed")
    kind = StringField(required=True)
    code = StringField(required=True)
    name = DictField(required=True)
    responsible_unit = StringField()
    responsible_person = StringField()
    member_units = ListField(StringField())
    duties = ListField(DictField())
    staff = DictField(default=None)

    def form(self, moment):
        self.record("supervision.group.formed", moment)

    def change(self, parts, moment):
        """`parts` as they are from now on; a part left out stays."""
        self.step("change")
        for name, value in parts.items():
            setattr(self, name, value)
        self.record("supervision.group.changed", moment)

    def dissolve(self, moment):
        self.step("dissolve")
        self.record("supervision.group.dissolved", moment)


class Plan(Told, Aggregate):
    """The implementation plan of a unit; each version replaces the one before."""

    says = PlanState

    status = StringField(required=True)
    name = DictField(required=True)
    special_groups = IntField()
    functional_groups = IntField()
    rhythm = ListField(DictField())

    def renew(self, parts, moment):
        """All of the plan as it is now."""
        for name, value in parts.items():
            setattr(self, name, value)
        self.record("supervision.plan.versioned", moment)


class Meeting(Told, Aggregate):
    """A meeting that took place, and which groups it heard."""

    says = MeetingState

    kind = StringField(required=True)
    held_on = StringField()
    heard = ListField(StringField())
    summary = DictField(default=None)

    def hold(self, moment):
        self.held_on = day_after(moment)
        self.record("supervision.meeting.held", moment)


class Action(Told, Aggregate):
    """assigned → done or dropped. Carried over it keeps the day that it was due at first."""

    says = ActionState
    steps = {
        "carry": Step(("assigned",)),
        "close": Step(("assigned",), "done"),
        "drop": Step(("assigned",), "dropped"),
    }

    status = StringField(required=True, default="assigned")
    what = DictField(required=True)
    responsible = StringField(required=True)
    group = StringField()
    meeting = StringField()
    assigned_on = StringField()
    first_due = StringField(required=True)
    due = StringField(required=True)
    closed_on = StringField()
    outcome = DictField(default=None)

    def assign(self, due, moment):
        self.assigned_on = day_after(moment)
        self.due = self.first_due = due_after(due, moment)
        self.record("supervision.action.assigned", moment)

    def carry(self, due, moment):
        """Not done in time. Raises ValidationFailed for a day that isn't later."""
        self.require("carry")
        day_after(moment, assigned=self.assigned_on)
        if due.isoformat() <= self.due:
            raise ValidationFailed({"due": [f"Must be after {self.due}."]})
        self.due = due_after(due, moment)
        self.record("supervision.action.carried", moment)

    def close(self, outcome, dropped, moment):
        action = "drop" if dropped else "close"
        self.require(action)
        self.closed_on = day_after(moment, assigned=self.assigned_on)
        self.step(action)
        self.outcome = outcome
        self.record("supervision.action.closed", moment)
