"""The free clinic with its state machine."""

from mongoengine import DictField, ListField, StringField

from services.clinics.rules import warnings
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.occurrence import Occurrence
from shared.contracts.events.clinics import CLINIC_FIGURES
from shared.domain.quantities import not_stated

LISTS = ("named_institutions", "named_departments", "services", "next_steps")
UNPLANNED = {name: not_stated(unit).to_json() for name, unit in CLINIC_FIGURES.items()}


class Clinic(Occurrence, Aggregate):
    """planned → filed → held → tallied; postponed (keeps its first date), cancelled.

    Figures start as not stated. The tally may be corrected as often as needed.
    """

    steps = {
        "file": Step(("planned", "postponed"), "filed"),
        "hold": Step(("filed",), "held"),
        "tally": Step(("held",), "tallied"),
        "correct": Step(("held", "tallied")),
        "postpone": Step(("planned", "filed", "postponed"), "postponed"),
        "cancel": Step(("planned", "filed", "postponed"), "cancelled"),
    }

    status = StringField(required=True, default="planned")
    venue = StringField(required=True)
    planned_for = StringField(required=True)
    first_planned_for = StringField(required=True)
    figures = DictField(default=lambda: dict(UNPLANNED))
    named_institutions = ListField(StringField())
    named_departments = ListField(StringField())
    services = ListField(StringField())
    next_steps = ListField(StringField())
    activity_key = StringField()
    reason = StringField()

    def state(self):
        plain = ("status", "venue", "planned_for", "first_planned_for", "held_on")
        plain += ("activity_key", "reason")
        lists = {name: list(getattr(self, name)) for name in LISTS}
        seen = {**self.figures, **lists}
        return {name: getattr(self, name) for name in plain} | seen | {"warnings": warnings(seen)}

    def plan(self, moment):
        self.record("clinics.clinic.planned", moment)

    def file(self, moment):
        """The health authority has been told."""
        self.step("file")
        self.record("clinics.clinic.filed", moment)

    def hold(self, details, moment):
        """It took place, at `moment`, with whatever is known of it so far."""
        self.require("hold")
        self.held(moment)
        self._take(details)
        self.step("hold")
        self.reason = None
        self.record("clinics.clinic.held", moment)

    def tally(self, details, moment):
        """The figures are in."""
        self.require("tally")
        self.require_same(moment)
        self._take(details)
        self.step("tally")
        self.record("clinics.clinic.tallied", moment)

    def correct(self, details, reason, moment):
        """What was reported was wrong: any figure, and the day it took place."""
        self.require("correct")
        self.held(moment)
        self._take(details)
        self.reason = reason
        self.record("clinics.clinic.corrected", moment)

    def postpone(self, planned_for, reason, moment):
        self.step("postpone")
        self.planned_for, self.reason = planned_for, reason
        self.record("clinics.clinic.postponed", moment)

    def cancel(self, reason, moment):
        self.step("cancel")
        self.reason = reason
        self.record("clinics.clinic.cancelled", moment)

    def _take(self, details):
        for name, value in details.items():
            if name in CLINIC_FIGURES:
                self.figures[name] = value.to_json()
            else:
                setattr(self, name, value)
