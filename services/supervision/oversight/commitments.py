"""Good practices, what units committed themselves to, and who need not report."""

from mongoengine import DictField, ListField, StringField

from services.supervision.oversight.days import day_after, due_after
from services.supervision.oversight.schema_state import Told
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import CommitmentState, ExemptionState, PracticeState
from shared.domain.periods import Period


class Practice(Told, Aggregate):
    """A good practice: recorded, or withdrawn when it turned out not to be one."""

    says = PracticeState
    steps = {"withdraw": Step(("recorded",), "withdrawn")}

    status = StringField(required=True, default="recorded")
    what = DictField(required=True)

    def recognise(self, moment):
        self.record("supervision.practice.recognised", moment)

    def withdraw(self, moment):
        self.step("withdraw")
        self.record("supervision.practice.withdrawn", moment)


class Commitment(Told, Aggregate):
    """What a unit announced it will do: open → kept or dropped."""

    says = CommitmentState
    steps = {
        "keep": Step(("open",), "kept"),
        "drop": Step(("open",), "dropped"),
    }

    status = StringField(required=True, default="open")
    what = DictField(required=True)
    about = StringField()
    announced_on = StringField()
    due = StringField()
    closed_on = StringField()
    reason = StringField()

    def make(self, due, moment):
        self.announced_on = day_after(moment)
        self.due = due_after(due, moment) if due else None
        self.record("supervision.commitment.made", moment)

    def keep(self, moment):
        self._close("keep", None, moment)
        self.record("supervision.commitment.kept", moment)

    def drop(self, reason, moment):
        self._close("drop", reason, moment)
        self.record("supervision.commitment.dropped", moment)

    def _close(self, action, reason, moment):
        self.require(action)
        self.closed_on = day_after(moment, announced=self.announced_on)
        self.step(action)
        self.reason = reason


class Exemption(Told, Aggregate):
    """A unit need not report to `services` from week `first` to week `last`: exempt → readmitted.

    Readmitted, it is exempt up to the week before; `last` before `first` means never.
    """

    says = ExemptionState
    steps = {"readmit": Step(("exempt",), "readmitted")}

    # Not told: the weeks say it.
    status = StringField(required=True, default="exempt")
    services = ListField(StringField(), required=True)
    first = StringField(required=True)
    last = StringField()
    reason = StringField(required=True)

    def exempt(self, moment):
        self.record("supervision.reporter.exempted", moment)

    def readmit(self, period):
        """The unit has to report again from week `period` on."""
        self.step("readmit")
        before = str(max(period, Period.parse(self.first)).previous())
        self.last = min(before, self.last or before)
        self.record("supervision.reporter.readmitted", Moment(period.start, "week"))
