"""The free clinic with its state machine."""

from collections.abc import Sequence

from mongoengine import DictField, ListField, StringField

from services.clinics.rules import warnings
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.occurrence import Details, Occurrence
from shared.contracts.envelope import Moment
from shared.contracts.events.clinics import CLINIC_FIGURES
from shared.contracts.plausibility.clinics import STATE_RULES
from shared.domain.quantities import Quantity, not_stated
from shared.domain.types import Event, Json

LISTS = ("named_institutions", "named_departments", "services", "next_steps")
NOT_STATED = {name: not_stated(unit).to_json() for name, unit in CLINIC_FIGURES.items()}


class Clinic(Occurrence, Aggregate):
    """planned → filed → held → tallied; postponed (keeps its first date), cancelled.

    Every figure begins as not stated. The tally may be corrected any number of times.
    """

    entity = "clinics.clinic"
    before_held = "filed"
    steps = {
        "file": Step(("planned", "postponed"), "filed"),
        "hold": Step(("filed",), "held"),
        "tally": Step(("held",), "tallied"),
        "correct": Step(("held", "tallied")),
        "postpone": Step(("planned", "filed", "postponed"), "postponed"),
        "cancel": Step(("planned", "filed", "postponed"), "cancelled"),
    }

    rules = STATE_RULES
    restates = dict.fromkeys(("tallied", "corrected"), "held")
    follows = {"filed": ("planned",), "postponed": ("planned",), "cancelled": ("planned",)}

    figures = DictField(default=lambda: dict(NOT_STATED))
    named_institutions = ListField(StringField())
    named_departments = ListField(StringField())
    next_steps = ListField(StringField())

    def state(self) -> Json:
        details = {**self.figures, **{name: list(getattr(self, name)) for name in LISTS}}
        return self.common_state() | details | {"warnings": warnings(details)}

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        super().restore_state(data, events)
        self.figures = {name: data[name] for name in CLINIC_FIGURES}

    def file(self, moment: Moment) -> None:
        """The clinic is filed with the health authority."""
        self.step("file")
        self.record("clinics.clinic.filed", moment)

    def tally(self, details: Details, moment: Moment) -> None:
        """The figures are counted."""
        self.settle("tally", "tallied", details, moment)

    def consulted(self) -> float | None:
        """How many came, whatever the qualifier; None where nobody stated it."""
        value = self.figures["consultations"]["value"]
        return None if value is None else float(value)

    def clear_details(self) -> None:
        self.figures = dict(NOT_STATED)
        for name in LISTS:
            setattr(self, name, [])

    def set_details(self, details: Details) -> None:
        for name, value in details.items():
            if isinstance(value, Quantity):
                self.figures[name] = value.to_json()
            else:
                setattr(self, name, value)
