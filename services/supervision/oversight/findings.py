"""Findings: what a patrol found, and how it is rectified."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Self

from mongoengine import DictField, IntField, ListField, StringField

from services.supervision.oversight.days import due_after, first_day
from services.supervision.oversight.rules import asset_key, due_on, repeat_of
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.due_day import DueDay
from shared.aggregates.occurrence import stored_day
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import FindingState
from shared.domain.errors import Forbidden
from shared.domain.periods import SHANGHAI
from shared.domain.types import Event, Json
from shared.domain.workdays import Calendar

UNSOLVED = ("reported", "dispatched", "on_account")


class Finding(DueDay, SchemaState, Aggregate):
    """reported → dispatched → rectified → closed; on_account, duplicate, withdrawn.

    The person who rectified a finding can't close it. A closed finding has to be reopened before it
    is marked a duplicate or withdrawn, so that no closure is counted for a finding that was none.
    """

    state_schema = FindingState
    entity, waits_in = "supervision.finding", UNSOLVED
    steps = {
        "dispatch": Step(UNSOLVED, "dispatched"),
        # From `reported` too: small things are rectified before anybody is made responsible.
        "rectify": Step(UNSOLVED, "rectified"),
        "close": Step(("rectified",), "closed"),
        "shelve": Step(("reported", "dispatched"), "on_account"),
        # To `dispatched` where somebody is responsible, otherwise to `reported`.
        "reopen": Step(("rectified", "closed")),
        "correct": Step((*UNSOLVED, "rectified", "closed")),
        "mark_duplicate": Step((*UNSOLVED, "rectified"), "duplicate"),
        "withdraw": Step((*UNSOLVED, "rectified"), "withdrawn"),
    }

    follows = {
        "dispatched": ("reported",),
        "rectified": ("reported",),
        "closed": ("reported", "rectified"),
        "shelved": ("reported",),
        "reopened": ("rectified", "closed"),
    }
    restates = {"corrected": "reported"}
    unreported = {"rectifiers": ("rectified",)}

    status = StringField(required=True, default="reported")
    kind = StringField(required=True)
    what = DictField(required=True)
    asset = StringField()
    patrol = StringField()
    reported_on = StringField()
    responsible = StringField()
    rectified_on = StringField()
    closed_on = StringField()
    repeat_of = StringField()
    reopened = IntField(default=0)
    reason = StringField()
    # Not published: the first two identify repeats, the last one is who may not close it.
    asset_key = StringField()
    earliest = StringField(required=True)
    rectifiers = ListField(StringField())

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        """Without who rectified it, which no event carries."""
        super().restore_state(data, events)
        reported = self.moment_of("reported")
        self.asset_key = asset_key(self.asset)
        if reported:
            self.earliest = first_day(reported).isoformat()

    def report(
        self, due: date | None, calendar: Calendar, others: Iterable[Self], moment: Moment
    ) -> None:
        """Where `due` is None, the rule for the finding's kind sets the day. `others` are the
        findings at the same asset: this one may repeat one of them."""
        if due:
            self.promise_day(due_after(due, moment))
        else:
            self.promise(due_on(self.kind, moment.last_day, calendar))
        self._set_report(others, moment)
        self.record("supervision.finding.reported", moment)

    def dispatch(self, responsible: str, due: date, moment: Moment) -> None:
        self.require("dispatch")
        self.promise_day(due_after(due, moment))
        self.step("dispatch")
        self.reason = None
        self.responsible = responsible
        self.record("supervision.finding.dispatched", moment)

    def rectify(self, actor: str, moment: Moment) -> None:
        self.require("rectify")
        self.rectified_on = stored_day(moment)
        self.step("rectify")
        self.reason = None
        if actor.casefold() not in self.rectifiers:
            self.rectifiers = [*self.rectifiers, actor.casefold()]
        self.record("supervision.finding.rectified", moment)

    def close(self, actor: str, moment: Moment) -> None:
        """Re-inspected and in order. Raises Forbidden where `actor` ever rectified the finding."""
        self.require("close")
        if actor.casefold() in self.rectifiers:
            reason = "who rectified a finding can't close it"
            raise Forbidden({"id": self.id, "action": "close", "actor": actor, "reason": reason})
        self.closed_on = stored_day(moment)
        self.step("close")
        self.record("supervision.finding.closed", moment)

    def shelve(self, reason: str, moment: Moment) -> None:
        """It can't be solved now, and stays on account."""
        self.step("shelve")
        self.reason = reason
        self.record("supervision.finding.shelved", moment)

    def reopen(self, reason: str, moment: Moment) -> None:
        """The rectification did not solve it."""
        self.require("reopen")
        self.status = "dispatched" if self.responsible else "reported"
        self.rectified_on = self.closed_on = None
        self.reopened += 1
        self.reason = reason
        self.record("supervision.finding.reopened", moment)

    def correct(
        self,
        parts: Json,
        action: str,
        reason: str,
        calendar: Calendar,
        others: Iterable[Self],
        moment: Moment,
    ) -> None:
        """`moment` is when it was reported. A part that is left out keeps its value, and so does
        the due day.

        `action` is correct, mark_duplicate or withdraw; `others` are the findings at its asset.
        """
        self.require(action)
        for name, value in parts.items():
            setattr(self, name, value)
        self._set_report(others, moment)
        if self.due < self.earliest:
            self.promise(due_on(self.kind, moment.last_day, calendar))
        self.step(action)
        self.reason = reason
        self.record("supervision.finding.corrected", moment)

    def move_to(self, orgunit: str) -> None:
        """Raises Conflict for a closed finding: its closure counts for the unit that it had."""
        if self.status == "closed":
            self.refuse(action="correct", status=self.status, reason="reopen it first")
        super().move_to(orgunit)

    def reported_at(self) -> Moment:
        """When it was reported, to the day or to the week."""
        day = date.fromisoformat(self.earliest)
        return Moment(
            datetime.combine(day, time.min, SHANGHAI), "day" if self.reported_on else "week"
        )

    def _set_report(self, others: Iterable[Self], moment: Moment) -> None:
        self.reported_on = stored_day(moment)
        earliest = first_day(moment)
        self.earliest = earliest.isoformat()
        self.asset_key = asset_key(self.asset)
        others = [other for other in others if other.id != self.id]
        self.repeat_of = repeat_of(earliest, self.patrol, others)
