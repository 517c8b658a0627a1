"""The groups' reports of their week."""

from mongoengine import BooleanField, DictField, StringField

from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, derived_id
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import GroupReportState
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Week
from shared.domain.types import Json

TEXTS = ("done", "planned", "problems")


def report_id(group: str, period: Week) -> str:
    """A group has one report for each week."""
    return derived_id(f"group_report:{group}:{period}")


class GroupReport(SchemaState, Aggregate):
    """recorded or withdrawn. A correction without `withdrawn` restores it."""

    entity = "supervision.group_report"
    state_schema = GroupReportState

    status = StringField(required=True, default="recorded")
    group = StringField(required=True)
    period = StringField(required=True)
    nil = BooleanField(default=False)
    done = DictField(default=None)
    planned = DictField(default=None)
    problems = DictField(default=None)
    reason = StringField()

    def make(self) -> None:
        self._record("recorded")

    def correct(self, parts: Json, withdrawn: bool, reason: str) -> None:
        """A part that is left out keeps its value."""
        for name, value in parts.items():
            setattr(self, name, value)
        self.status = "withdrawn" if withdrawn else "recorded"
        self.reason = reason
        self._record("corrected")

    def _record(self, verb: str) -> None:
        """Raises ValidationFailed for a nil report with a text, and for any other without one."""
        has_text = any(getattr(self, name) for name in TEXTS)
        if self.nil == has_text:
            wanted = "false beside a text" if has_text else "true without a text"
            given = str(not has_text).lower()
            raise ValidationFailed({"nil": [f"Must be {wanted}, such as {given}."]})
        week = Moment(Week.parse(self.period).start, "week")
        self.record(f"supervision.group_report.{verb}", week)
