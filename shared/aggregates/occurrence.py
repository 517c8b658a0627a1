"""Occurrences such as clinics and job fairs: planned for a day, held once, reported in figures."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from mongoengine import ListField, StringField

from shared.contracts.envelope import Moment
from shared.contracts.plausibility.common import HELD_FAR_OFF
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Week, parse_day
from shared.domain.plausibility import Rule, far_apart
from shared.domain.types import Event, Json

PLAIN_STATE = (
    "status",
    "venue",
    "planned_for",
    "first_planned_for",
    "held_on",
    "activity_key",
    "reason",
)

# What is reported of an occurrence, by name: quantities and lists, as the RPC schema loads them.
Details = Mapping[str, Any]


def stored_day(moment: Moment) -> str | None:
    """The day of a moment as text; None where only the week is known."""
    return moment.day.isoformat() if moment.day else None


class Occurrence:
    """Mixin of an aggregate: planned → held → figures settled; postponed or cancelled before.

    The aggregate declares `entity`, `steps` and `set_details`. This is a mixin because MongoEngine
    would add the name of a base class to the stored `_cls`.
    """

    # The first two parts of its event types, such as "clinics.clinic".
    entity: ClassVar[str]
    # The status to which it returns when it was not held after all.
    before_held: ClassVar[str]

    require: Callable[[str], None]
    step: Callable[[str], None]
    record: Callable[[str, Moment], None]
    doubt: Callable[[Rule], None]

    status = StringField(required=True, default="planned")
    venue = StringField(required=True)
    planned_for = StringField(required=True)
    first_planned_for = StringField(required=True)
    # None where only the week is known.
    held_on = StringField()
    held_week = StringField()
    services = ListField(StringField())
    activity_key = StringField()
    reason = StringField()

    def set_details(self, details: Details) -> None:
        """Take over the given details and keep the others."""
        raise NotImplementedError

    def clear_details(self) -> None:
        """Forget what was reported."""
        raise NotImplementedError

    def common_state(self) -> Json:
        """The part of the state that every occurrence reports."""
        plain = {name: getattr(self, name) for name in PLAIN_STATE}
        return plain | {"services": list(self.services)}

    def restore_state(self: Any, data: Json, events: Sequence[Event]) -> None:
        super().restore_state(data, events)  # type: ignore[misc]  # the aggregate has it
        held = self.moment_of("held")
        is_held = self.status in self.steps["correct"].before
        self.held_week = str(Week.of(held.time)) if held and is_held else None

    def plan(self, moment: Moment) -> None:
        self.first_planned_for = self.planned_for
        self._record("planned", moment)

    def hold(self, details: Details, moment: Moment) -> None:
        """It took place at `moment`. Figures that are not known yet may follow later."""
        self.require("hold")
        if far_apart(moment.time.date(), parse_day(self.planned_for)):
            self.doubt(HELD_FAR_OFF)
        self._set_held(moment)
        self.set_details(details)
        self.step("hold")
        self.reason = None
        self._record("held", moment)

    def correct(self, details: Details, withdrawn: bool, reason: str, moment: Moment) -> None:
        """Correct what was reported: any detail, and when it took place; or withdraw the report,
        and then it is announced as before and may be held or cancelled."""
        self.require("correct")
        if withdrawn:
            self.held_on = self.held_week = None
            self.clear_details()
            self.status = self.before_held
        else:
            self._set_held(moment)
            self.set_details(details)
        self.reason = reason
        self._record("corrected", moment)

    def postpone(self, planned_for: str, reason: str, moment: Moment) -> None:
        """Move it to another day; the first one stays on record."""
        self.step("postpone")
        self.planned_for, self.reason = planned_for, reason
        self._record("postponed", moment)

    def cancel(self, reason: str, moment: Moment) -> None:
        self.step("cancel")
        self.reason = reason
        self._record("cancelled", moment)

    def settle(self, action: str, verb: str, details: Details, moment: Moment) -> None:
        """Take over figures after it was held: `action` is in `steps`, `verb` ends the event type.

        Raises ValidationFailed when `moment` is not the day or week in which it was held.
        """
        self.require(action)
        self._check_held(moment)
        self.set_details(details)
        self.step(action)
        self._record(verb, moment)

    def _record(self, verb: str, moment: Moment) -> None:
        self.record(f"{self.entity}.{verb}", moment)

    def _set_held(self, moment: Moment) -> None:
        self.held_on = stored_day(moment)
        self.held_week = str(Week.of(moment.time))

    def _check_held(self, moment: Moment) -> None:
        other_week = str(Week.of(moment.time)) != self.held_week
        day = stored_day(moment) or self.held_on
        if other_week or (self.held_on and day != self.held_on):
            kind = type(self).__name__.lower()
            when = self.held_on or self.held_week
            wanted = f"when the {kind} was held, such as {when}; if that is wrong, correct it first"
            raise ValidationFailed({"time": [f"Must be {wanted}."]})
