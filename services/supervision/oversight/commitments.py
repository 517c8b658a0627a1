"""Commitments: what units have announced they will do."""

from datetime import date

from mongoengine import DictField, StringField

from services.supervision.oversight.days import due_after
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.occurrence import stored_day
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import CommitmentState


class Commitment(SchemaState, Aggregate):
    """open → kept or dropped."""

    entity = "supervision.commitment"
    state_schema = CommitmentState
    steps = {
        "keep": Step(("open",), "kept"),
        "drop": Step(("open",), "dropped"),
    }
    follows = {"kept": ("made",), "dropped": ("made",)}

    status = StringField(required=True, default="open")
    what = DictField(required=True)
    about = StringField()
    announced_on = StringField()
    due = StringField()
    closed_on = StringField()
    reason = StringField()

    def make(self, due: date | None, moment: Moment) -> None:
        self.announced_on = stored_day(moment)
        self.due = due_after(due, moment) if due else None
        self.record("supervision.commitment.made", moment)

    def keep(self, moment: Moment) -> None:
        self._close("keep", None, moment)
        self.record("supervision.commitment.kept", moment)

    def drop(self, reason: str, moment: Moment) -> None:
        self._close("drop", reason, moment)
        self.record("supervision.commitment.dropped", moment)

    def _close(self, action: str, reason: str | None, moment: Moment) -> None:
        self.require(action)
        self.closed_on = stored_day(moment)
        self.step(action)
        self.reason = reason
