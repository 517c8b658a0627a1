"""Activities, residents' gatherings and the ledger of service hours, with their state machines."""

from mongoengine import DictField, IntField, ListField, StringField

from services.volunteering.rules import needs_another
from shared.aggregates.aggregate import Aggregate, Step
from shared.domain.errors import Forbidden, ValidationFailed
from shared.domain.periods import Period
from shared.domain.quantities import not_stated

UNCOUNTED = not_stated("person").to_json()


def _day(moment):
    return moment.day.isoformat() if moment.day else None


class Activity(Aggregate):
    """published → completed, or cancelled with a reason; reported afterwards it begins completed.

    A correction may withdraw the report.
    """

    steps = {
        "report": Step(("published",), "completed"),
        "complete": Step(("published",), "completed"),
        "correct": Step(("completed", "withdrawn")),
        "cancel": Step(("published",), "cancelled"),
        "record_hours": Step(("published", "completed")),
    }

    status = StringField(required=True, default="published")
    name = DictField(required=True)
    category = StringField(required=True)
    planned_for = StringField()
    held_on = StringField()
    participants = DictField(default=lambda: dict(UNCOUNTED))
    taking_part = ListField(StringField())
    communities = IntField()
    wanted = IntField()
    activity_key = StringField()
    team = StringField()
    station = StringField()
    reason = StringField()

    def state(self):
        plain = ("status", "category", "planned_for", "held_on", "communities", "wanted")
        plain += ("activity_key", "team", "station", "reason")
        return {name: getattr(self, name) for name in plain} | {
            "name": dict(self.name),
            "participants": dict(self.participants),
            "taking_part": list(self.taking_part),
        }

    def publish(self, moment):
        self.record("volunteering.activity.published", moment)

    def report(self, moment):
        """It took place and is told of afterwards."""
        self._complete("report", moment)

    def complete(self, details, moment):
        """It took place at `moment`, with whatever is known of it."""
        self.require("complete")
        self._take(details)
        self._complete("complete", moment)

    def correct(self, details, withdrawn, reason, moment):
        """What was reported was wrong: any part of it, when it was, or all of it."""
        self.require("correct")
        self._take(details)
        self.status = "withdrawn" if withdrawn else "completed"
        self.held_on, self.reason = _day(moment), reason
        self.record("volunteering.activity.corrected", moment)

    def cancel(self, reason, moment):
        self.step("cancel")
        self.reason = reason
        self.record("volunteering.activity.cancelled", moment)

    def _complete(self, action, moment):
        self.step(action)
        self.held_on = _day(moment)
        self.record("volunteering.activity.completed", moment)

    def _take(self, details):
        for name, value in details.items():
            setattr(self, name, value)


class Gathering(Aggregate):
    """Residents' gatherings of one kind in one unit: not volunteer activities."""

    steps = {"correct": Step(("held", "withdrawn"))}

    status = StringField(required=True, default="held")
    name = DictField(required=True)
    gatherings = DictField(required=True)
    participants = DictField(default=lambda: dict(UNCOUNTED))
    held_on = StringField()
    invited = ListField(StringField())
    reason = StringField()

    def state(self):
        plain = {name: getattr(self, name) for name in ("status", "held_on", "reason")}
        return plain | {
            "name": dict(self.name),
            "gatherings": dict(self.gatherings),
            "participants": dict(self.participants),
            "invited": list(self.invited),
        }

    def hold(self, moment):
        self.held_on = _day(moment)
        self.record("volunteering.gathering.held", moment)

    def correct(self, details, withdrawn, reason, moment):
        """Put right what was reported, or take it back."""
        self.require("correct")
        for name, value in details.items():
            setattr(self, name, value)
        self.status = "withdrawn" if withdrawn else "held"
        self.held_on, self.reason = _day(moment), reason
        self.record("volunteering.gathering.corrected", moment)


class Hours(Aggregate):
    """One row of the ledger: recorded → verified; or voided with a reason."""

    steps = {
        "verify": Step(("recorded",), "verified"),
        "void": Step(("recorded", "verified"), "voided"),
    }

    status = StringField(required=True, default="recorded")
    volunteer = StringField(required=True)
    activity = StringField(required=True)
    hours = DictField(required=True)
    served_on = StringField()
    served_week = StringField()
    recorded_by = StringField(required=True)
    reason = StringField()

    def state(self):
        plain = ("status", "volunteer", "activity", "reason")
        return {name: getattr(self, name) for name in plain} | {"hours": dict(self.hours)}

    def record_hours(self, moment):
        self.served_on, self.served_week = _day(moment), str(Period.of(moment.time))
        self.record("volunteering.hours.recorded", moment)

    def verify(self, actor, served, moment):
        """Raises Forbidden where the recorder alone verifies a long day: `served` hours of it."""
        self.require("verify")
        if actor == self.recorded_by and needs_another(served):
            raise Forbidden({"actor": actor, "reason": "another person verifies a long day"})
        if self.served_on and moment.last_day.isoformat() < self.served_on:
            raise ValidationFailed({"time": [f"Before they were served ({self.served_on})."]})
        self.step("verify")
        self.record("volunteering.hours.verified", moment)

    def void(self, reason, moment):
        self.step("void")
        self.reason = reason
        self.record("volunteering.hours.voided", moment)
