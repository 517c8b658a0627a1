"""Activities, residents' gatherings and days of service, with their state machines."""

from mongoengine import DictField, IntField, ListField, StringField

from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.occurrence import Details, stored_day
from shared.contracts.envelope import Moment
from shared.contracts.plausibility.common import HELD_FAR_OFF
from shared.domain.periods import parse_day
from shared.domain.plausibility import far_apart
from shared.domain.quantities import not_stated
from shared.domain.types import Json

NOT_STATED = not_stated("person").to_json()


class Activity(Aggregate):
    """published → completed, or cancelled with a reason; reported afterwards it begins completed.

    A correction may withdraw the report.
    """

    entity = "volunteering.activity"
    steps = {
        "report": Step(("published",), "completed"),
        "complete": Step(("published",), "completed"),
        "correct": Step(("completed", "withdrawn")),
        "cancel": Step(("published",), "cancelled"),
        "record_hours": Step(("published", "completed")),
    }
    follows = {"cancelled": ("published",)}
    restates = {"corrected": "completed"}

    status = StringField(required=True, default="published")
    name = DictField(required=True)
    category = StringField(required=True)
    planned_for = StringField()
    held_on = StringField()
    participants = DictField(default=lambda: dict(NOT_STATED))
    taking_part = ListField(StringField())
    communities = IntField()
    wanted = IntField()
    activity_key = StringField()
    team = StringField()
    station = StringField()
    reason = StringField()

    def state(self) -> Json:
        plain = ("status", "category", "planned_for", "held_on", "communities", "wanted")
        more = ("activity_key", "team", "station", "reason")
        return {name: getattr(self, name) for name in plain + more} | {
            "name": dict(self.name),
            "participants": dict(self.participants),
            "taking_part": list(self.taking_part),
        }

    def publish(self, moment: Moment) -> None:
        self.record("volunteering.activity.published", moment)

    def report(self, moment: Moment) -> None:
        """It took place at `moment` and was not announced before."""
        self._complete("report", moment)

    def complete(self, details: Details, moment: Moment) -> None:
        """It took place at `moment`. Details that are not known yet may follow later."""
        self.require("complete")
        self._set_details(details)
        self._complete("complete", moment)

    def correct(self, details: Details, withdrawn: bool, reason: str, moment: Moment) -> None:
        """Correct what was reported: any detail, the day, or withdraw the whole report."""
        self.require("correct")
        self._set_details(details)
        self.status = "withdrawn" if withdrawn else "completed"
        self.held_on, self.reason = stored_day(moment), reason
        self.record("volunteering.activity.corrected", moment)

    def cancel(self, reason: str, moment: Moment) -> None:
        self.step("cancel")
        self.reason = reason
        self.record("volunteering.activity.cancelled", moment)

    def _complete(self, action: str, moment: Moment) -> None:
        self.step(action)
        if self.planned_for and far_apart(moment.time.date(), parse_day(self.planned_for)):
            self.doubt(HELD_FAR_OFF)
        self.held_on = stored_day(moment)
        self.record("volunteering.activity.completed", moment)

    def _set_details(self, details: Details) -> None:
        for name, value in details.items():
            setattr(self, name, value)


class Gathering(Aggregate):
    """Residents' gatherings of one kind in one unit: not volunteer activities."""

    entity = "volunteering.gathering"
    steps = {"correct": Step(("held", "withdrawn"))}
    restates = {"corrected": "held"}

    status = StringField(required=True, default="held")
    name = DictField(required=True)
    gatherings = DictField(required=True)
    participants = DictField(default=lambda: dict(NOT_STATED))
    held_on = StringField()
    invited = ListField(StringField())
    reason = StringField()

    def state(self) -> Json:
        plain = {name: getattr(self, name) for name in ("status", "held_on", "reason")}
        return plain | {
            "name": dict(self.name),
            "gatherings": dict(self.gatherings),
            "participants": dict(self.participants),
            "invited": list(self.invited),
        }

    def hold(self, moment: Moment) -> None:
        self.held_on = stored_day(moment)
        self.record("volunteering.gathering.held", moment)

    def correct(self, details: Details, withdrawn: bool, reason: str, moment: Moment) -> None:
        """Correct what was reported, or withdraw it."""
        self.require("correct")
        for name, value in details.items():
            setattr(self, name, value)
        self.status = "withdrawn" if withdrawn else "held"
        self.held_on, self.reason = stored_day(moment), reason
        self.record("volunteering.gathering.corrected", moment)


class ServiceDay(Aggregate):
    """A day of service that recurs by an RRULE, such as the 27th of every month."""

    entity = "volunteering.service_day"

    name = DictField(required=True)
    rule = StringField(required=True)
    first = StringField(required=True)

    def state(self) -> Json:
        return {"name": dict(self.name), "rule": self.rule, "first": self.first}

    def declare(self, moment: Moment) -> None:
        self.record("volunteering.service_day.declared", moment)
