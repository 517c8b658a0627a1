"""On-site observations (现场观摩), whose scores count in the half-year's assessment."""

from collections.abc import Iterable, Mapping
from typing import Any

from mongoengine import DictField, ListField, StringField

from services.supervision.oversight.half_years import day_of
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate
from shared.contracts.envelope import Moment
from shared.contracts.events.assessment import ObservationState
from shared.domain.report_periods import HalfYear


class Observation(SchemaState, Aggregate):
    """recorded or withdrawn. It belongs to the half-year of its day. A correction without
    `withdrawn` restores it."""

    entity = "supervision.observation"
    state_schema = ObservationState
    restates = {"corrected": "recorded"}

    status = StringField(required=True, default="recorded")
    period = StringField(required=True)
    criterion = StringField(required=True)
    score = StringField(required=True)
    observers = ListField(StringField(), required=True)
    occasion = DictField(required=True)
    observed_on = StringField(required=True)
    reason = StringField()

    def make(self, moment: Moment) -> None:
        self._take({}, moment)
        self.record("supervision.observation.recorded", moment)

    def correct(
        self, parts: Mapping[str, Any], withdrawn: bool, reason: str, moment: Moment
    ) -> None:
        """A part that is left out keeps its value. `moment` is when it took place."""
        self._take(parts, moment)
        self.status = "withdrawn" if withdrawn else "recorded"
        self.reason = reason
        self.record("supervision.observation.corrected", moment)

    def _take(self, parts: Mapping[str, Any], moment: Moment) -> None:
        for name, value in parts.items():
            setattr(self, name, value)
        self.observers = _each_once(self.observers)
        day = day_of(moment)
        self.observed_on, self.period = day.isoformat(), str(HalfYear.of_day(day))


def _each_once(observers: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(observers))
