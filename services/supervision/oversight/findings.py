"""The finding with its state machine: what was found, and what became of it."""

from datetime import date, datetime, time

from mongoengine import DictField, IntField, ListField, StringField

from services.supervision.oversight.days import day_after, due_after, first_day
from services.supervision.oversight.rules import asset_key, due_on, repeat_of
from services.supervision.oversight.schema_state import Told
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import FindingState
from shared.domain.errors import Forbidden, ValidationFailed
from shared.domain.periods import SHANGHAI

UNSOLVED = ("reported", "dispatched", "on_account")


class Finding(Told, Aggregate):
    """reported → dispatched → rectified → closed; on_account, duplicate, withdrawn.

    Who rectified it can't close it. A closed one is reopened before it is taken back, so that no
    closing is counted of what never was.
    """

    says = FindingState
    steps = {
        "dispatch": Step(UNSOLVED, "dispatched"),
        # From reported: small things are put right before anybody is told to.
        "rectify": Step(UNSOLVED, "rectified"),
        "close": Step(("rectified",), "closed"),
        "shelve": Step(("reported", "dispatched"), "on_account"),
        # To whoever is responsible, or else to be dispatched.
        "reopen": Step(("rectified", "closed")),
        "correct": Step((*UNSOLVED, "rectified", "closed")),
        "mark_duplicate": Step((*UNSOLVED, "rectified"), "duplicate"),
        "withdraw": Step((*UNSOLVED, "rectified"), "withdrawn"),
    }

    status = StringField(required=True, default="reported")
    kind = StringField(required=True)
    what = DictField(required=True)
    asset = StringField()
    patrol = StringField()
    reported_on = StringField()
    due = StringField(required=True)
    responsible = StringField()
    rectified_on = StringField()
    closed_on = StringField()
    repeat_of = StringField()
    reopened = IntField(default=0)
    reason = StringField()
    # Not told: what repeats are found by, and who may not close it.
    asset_key = StringField()
    earliest = StringField(required=True)
    rectifiers = ListField(StringField())

    def report(self, due, others, moment):
        """`due` is None where the rule for its kind sets the day; `others` are the findings at the
        same asset, one of which this may repeat."""
        self.due = due_after(due or due_on(self.kind, moment.last_day), moment)
        self._reported(others, moment)
        self.record("supervision.finding.reported", moment)

    def dispatch(self, responsible, due, moment):
        self.require("dispatch")
        self._day(moment)
        self.due = due_after(due, moment)
        self.step("dispatch")
        self.reason = None
        self.responsible = responsible
        self.record("supervision.finding.dispatched", moment)

    def rectify(self, actor, moment):
        self.require("rectify")
        self.rectified_on = self._day(moment)
        self.step("rectify")
        self.reason = None
        self.rectifiers = [*self.rectifiers, actor.casefold()]
        self.record("supervision.finding.rectified", moment)

    def close(self, actor, moment):
        """Inspected again, and right. Raises Forbidden for who ever rectified it."""
        self.require("close")
        if actor.casefold() in self.rectifiers:
            reason = "who rectified a finding can't close it"
            raise Forbidden({"id": self.id, "action": "close", "actor": actor, "reason": reason})
        self.closed_on = self._day(moment, rectified=self.rectified_on)
        self.step("close")
        self.record("supervision.finding.closed", moment)

    def shelve(self, reason, moment):
        """It can't be solved now: kept on the books."""
        self.require("shelve")
        self._day(moment)
        self.step("shelve")
        self.reason = reason
        self.record("supervision.finding.shelved", moment)

    def reopen(self, reason, moment):
        """It wasn't put right after all."""
        self.require("reopen")
        self._day(moment, rectified=self.rectified_on, closed=self.closed_on)
        self.status = "dispatched" if self.responsible else "reported"
        self.rectified_on = self.closed_on = None
        self.reopened += 1
        self.reason = reason
        self.record("supervision.finding.reopened", moment)

    def correct(self, parts, action, reason, others, moment):
        """`moment` is when it was reported; a part left out stays, and so does the due day.

        `action` is correct, mark_duplicate or withdraw; `others` are the findings at its asset.
        """
        self.require(action)
        self._refuse_later_than(self.rectified_on or self.closed_on, moment)
        for name, value in parts.items():
            setattr(self, name, value)
        self._reported(others, moment)
        if self.due < self.earliest:
            self.due = due_on(self.kind, moment.last_day).isoformat()
        self.step(action)
        self.reason = reason
        self.record("supervision.finding.corrected", moment)

    def reported_at(self):
        """The moment of the report, to the day or the week."""
        day = date.fromisoformat(self.earliest)
        return Moment(
            datetime.combine(day, time.min, SHANGHAI), "day" if self.reported_on else "week"
        )

    def _reported(self, others, moment):
        self.reported_on = day_after(moment)
        earliest = first_day(moment)
        self.earliest = earliest.isoformat()
        self.asset_key = asset_key(self.asset)
        others = [other for other in others if other.id != self.id]
        self.repeat_of = repeat_of(earliest, self.patrol, others)

    def _day(self, moment, **earlier):
        return day_after(moment, reported=self.earliest, **earlier)

    @staticmethod
    def _refuse_later_than(day, moment):
        if day and first_day(moment).isoformat() > day:
            raise ValidationFailed({"time": [f"After it was rectified ({day})."]})
