"""The programme's groups and its implementation plan."""

from mongoengine import DictField, IntField, ListField, StringField

from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import GroupState, PlanState
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Week
from shared.domain.types import Json


def group_id(code: str) -> str:
    return f"group:{code}"


def plan_id(orgunit: str) -> str:
    return f"plan:{orgunit}"


class Group(SchemaState, Aggregate):
    """formed → dissolved. A part for which nobody is named is a vacancy, and is shown as one."""

    entity = "supervision.group"
    state_schema = GroupState
    steps = {
        "change": Step(("formed",)),
        "dissolve": Step(("formed",), "dissolved"),
    }
    follows = {"dissolved": ("formed",)}

    status = StringField(required=True, default="formed")
    kind = StringField(required=True)
    code = StringField(required=True)
    name = DictField(required=True)
    responsible_unit = StringField()
    responsible_person = StringField()
    member_units = ListField(StringField())
    duties = ListField(DictField())
    staff = DictField(default=None)

    def form(self, moment: Moment) -> None:
        self.record("supervision.group.formed", moment)

    def change(self, parts: Json, moment: Moment) -> None:
        """`parts` are the new values; a part that is left out keeps its value."""
        self.step("change")
        for name, value in parts.items():
            setattr(self, name, value)
        self.record("supervision.group.changed", moment)

    def dissolve(self, moment: Moment) -> None:
        self.step("dissolve")
        self.record("supervision.group.dissolved", moment)

    def require_standing_in(self, period: Week) -> None:
        """Raise ValidationFailed for a week before the one in which it was formed, or after the one
        in which it was dissolved. When that was isn't known of groups of releases before 0.3."""
        formed, dissolved = map(self.moment_of, ("formed", "dissolved"))
        if formed and period < Week.of(formed.time):
            raise _no_week_of_it(period, Week.of(formed.time))
        if dissolved and period > Week.of(dissolved.time):
            raise _no_week_of_it(period, Week.of(dissolved.time))


def _no_week_of_it(period: Week, such_as: Week) -> ValidationFailed:
    wanted = f"a week in which the group stood, such as {such_as}"
    return ValidationFailed({"period": [f"Must be {wanted}: in {period} it did not."]})


class Plan(SchemaState, Aggregate):
    """The implementation plan of a unit; each version replaces the one before."""

    entity = "supervision.plan"
    state_schema = PlanState

    status = StringField(required=True)
    name = DictField(required=True)
    special_groups = IntField()
    functional_groups = IntField()
    rhythm = ListField(DictField())

    def renew(self, parts: Json, moment: Moment) -> None:
        """`parts` are the whole new version of the plan."""
        for name, value in parts.items():
            setattr(self, name, value)
        self.record("supervision.plan.versioned", moment)
