"""Meetings, and the actions that they assign."""

from datetime import date, timedelta

from mongoengine import DictField, ListField, StringField

from services.supervision.oversight.days import due_after
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.occurrence import stored_day
from shared.aggregates.standing import Standing
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import ActionState, MeetingState
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json


class Meeting(Standing, SchemaState, Aggregate):
    """A meeting that took place, with the groups that reported to it."""

    state_schema = MeetingState
    entity, begins = "supervision.meeting", "held"

    kind = StringField(required=True)
    held_on = StringField()
    heard = ListField(StringField())
    summary = DictField(default=None)

    def hold(self, moment: Moment) -> None:
        self.held_on = stored_day(moment)
        self.record("supervision.meeting.held", moment)

    def _begin_anew(self, moment: Moment) -> None:
        self.held_on = stored_day(moment)
        super()._begin_anew(moment)


class Action(Standing, SchemaState, Aggregate):
    """assigned → done or dropped. An action that is carried over keeps its first due day."""

    state_schema = ActionState
    entity, begins, ends = "supervision.action", "assigned", ("closed", "assigned")
    steps = {
        "carry": Step(("assigned",)),
        "close": Step(("assigned",), "done"),
        "drop": Step(("assigned",), "dropped"),
    }
    follows = {"carried": ("assigned",), "closed": ("assigned",)}
    restates = {"corrected": "assigned"}

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

    def assign(self, due: date, moment: Moment) -> None:
        self.assigned_on = stored_day(moment)
        self.due = self.first_due = due_after(due, moment)
        self.record("supervision.action.assigned", moment)

    def carry(self, due: date, moment: Moment) -> None:
        """Not done in time. Raises ValidationFailed unless `due` is a later day."""
        self.require("carry")
        if due.isoformat() <= self.due:
            later = date.fromisoformat(self.due) + timedelta(days=1)
            raise ValidationFailed({"due": [f"Must be after {self.due}, such as {later}."]})
        self.due = due_after(due, moment)
        self.record("supervision.action.carried", moment)

    def close(self, outcome: Json | None, dropped: bool, moment: Moment) -> None:
        action = "drop" if dropped else "close"
        self.require(action)
        self.closed_on = stored_day(moment)
        self.step(action)
        self.outcome = outcome
        self.record("supervision.action.closed", moment)

    def correct(
        self, parts: Json, withdrawn: bool, still_standing: bool, reason: str, moment: Moment
    ) -> None:
        """`moment` is when it was assigned. The part `due` is the first due day; a later one to
        which the action was carried stays."""
        first_due = {"first_due": parts["due"].isoformat()} if "due" in parts else {}
        others = {name: value for name, value in parts.items() if name != "due"}
        super().correct(others | first_due, withdrawn, still_standing, reason, moment)

    def _begin_anew(self, moment: Moment) -> None:
        carried, carried_to = self.moment_of("carried"), self.due
        self.assigned_on = stored_day(moment)
        self.due = due_after(date.fromisoformat(self.first_due), moment)
        closed = self.closed_on, self.outcome
        self.closed_on = self.outcome = None
        super()._begin_anew(moment)
        if carried and carried_to > self.due and not self.withdrawn:
            self.due = carried_to
            self.record("supervision.action.carried", carried)
        # Recorded with its end, where it still has one.
        self.closed_on, self.outcome = (None, None) if self.withdrawn else closed

    def _take_back_end(self, forget: bool) -> tuple[str, Moment] | None:
        end: tuple[str, Moment] | None = super()._take_back_end(forget)
        if end is None:
            self.closed_on = self.outcome = None
        return end
