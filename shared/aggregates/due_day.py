"""A due day that is counted in working days, and is provisional while a notice is missing."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, NamedTuple, NoReturn

from mongoengine import DictField, IntField, StringField
from pymongo import ASCENDING, IndexModel

from shared.contracts.envelope import Moment
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES, provisional
from shared.domain.workdays import Calendar, Due

SETTLED = "due_settled"

# The aggregates of a service whose due day is provisional.
PROVISIONAL_INDEX = IndexModel(
    [("due_awaits_notice", ASCENDING), ("status", ASCENDING)],
    partialFilterExpression={"due_awaits_notice": {"$exists": True}},
)


class Settlement(NamedTuple):
    """A provisional due day became the final one `day` at this moment."""

    day: str
    moment: Moment


class DueDay:
    """Mixin of an aggregate with a due day. A final one never changes, unless people correct what
    it was counted from; a provisional one changes once, when the missing notice is known.

    This is a mixin because MongoEngine would add the name of a base class to the stored `_cls`.
    """

    # The first two parts of its event types, such as "relief.order".
    entity: ClassVar[str]
    # The statuses in which somebody still waits for the due day. Of others the promise stays as it
    # was given.
    waits_in: ClassVar[tuple[str, ...]]

    refuse: Callable[..., NoReturn]
    record: Callable[[str, Moment], None]
    moment_of: Callable[[str], Moment | None]
    moments: dict[str, str]
    status: str
    withdrawn: Any

    due = StringField(required=True)
    # The year whose notice is missing; none of a final day.
    due_awaits_notice = IntField()
    # Of a provisional day: after which day how many working days were counted.
    due_counted = DictField(default=None)
    # Of a day that was settled: what had been promised, with the fields above.
    due_before = DictField(default=None)

    def promise(self, due: Due) -> None:
        """Set the due day, in place of any before it."""
        self.moments.pop(SETTLED, None)
        self.due_before = None
        self._set_due(due)

    def promise_day(self, day: str) -> None:
        """Set the due day that a person has named: it is final."""
        self.moments.pop(SETTLED, None)
        self.due, self.due_before = day, None
        self.due_awaits_notice = self.due_counted = None

    def can_settle(self, calendar: Calendar) -> bool:
        """Is the due day provisional, still waited for, and final by this calendar?"""
        waiting = self.status in self.waits_in and not self.withdrawn
        return waiting and self.due_counted is not None and not self._recounted(calendar).awaits

    def settle_due(self, calendar: Calendar, moment: Moment) -> None:
        """Count the due day again by the notice that is known now. Raises Conflict where it is
        final, or nobody waits for it any more."""
        if not self.can_settle(calendar):
            self.refuse(
                action="settle_due", due=self.due, reason="the due day is not to be settled"
            )
        self.settle_again(Settlement(self._recounted(calendar).day.isoformat(), moment))

    def take_back_settlement(self) -> Settlement | None:
        """Make the due day provisional again, as it was promised; None where it was not settled."""
        moment = self.moment_of(SETTLED)
        if moment is None or not self.due_before:
            return None
        settled = Settlement(self.due, moment)
        before = self.due_before
        self.due, self.due_awaits_notice = before["due"], before["awaits"]
        self.due_counted, self.due_before = before["counted"], None
        self.moments.pop(SETTLED)
        return settled

    def settle_again(self, settled: Settlement) -> None:
        """Record a settlement: a new one, or one that was taken back, at its own time."""
        self.due_before = {
            "due": self.due,
            "awaits": self.due_awaits_notice,
            "counted": dict(self.due_counted),
        }
        self.due, self.due_awaits_notice, self.due_counted = settled.day, None, None
        self.record(f"{self.entity}.{SETTLED}", settled.moment)

    def promised(self) -> Json:
        """The due day for who asks for it: as data, and in words that say whether it is final."""
        words = {lang: self.due + provisional(self.due_awaits_notice, lang) for lang in LANGUAGES}
        return {"due": self.due, "due_awaits_notice": self.due_awaits_notice, "promise": words}

    def _recounted(self, calendar: Calendar) -> Due:
        counted = self.due_counted
        return calendar.due(date.fromisoformat(counted["after"]), counted["workdays"])

    def _set_due(self, due: Due) -> None:
        self.due, self.due_awaits_notice = due.day.isoformat(), due.awaits
        counted = {"after": due.after.isoformat(), "workdays": due.workdays}
        self.due_counted = counted if due.awaits else None
