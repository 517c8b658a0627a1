"""Relief's aggregates with their state machines: orders, visits, merchants, declared stocks."""

from collections.abc import Collection, Sequence

from mongoengine import (
    BooleanField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    StringField,
)
from pymongo import ASCENDING, IndexModel

from services.relief.corrections import CorrectableOrder, Item
from services.relief.rules import due_on
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.due_day import PROVISIONAL_INDEX, DueDay
from shared.aggregates.erasure import Erasable
from shared.aggregates.occurrence import stored_day
from shared.aggregates.standing import Standing
from shared.contracts.envelope import Moment
from shared.contracts.events.relief import ORDER_STATUSES
from shared.domain.errors import ValidationFailed
from shared.domain.periods import format_instant
from shared.domain.types import Event, Json
from shared.domain.workdays import Calendar
from shared.platform import database
from shared.service.stocks import DeclaredStock

INDEXES = {
    "aggregates": [
        *database.INDEXES["aggregates"],
        IndexModel(
            [("helpers.status", ASCENDING)],
            partialFilterExpression={"helpers.status": "pending"},
        ),
        PROVISIONAL_INDEX,
    ]
}


# The day for which helpers were asked, where that is lost.
UNKNOWN_DAY = ""

# Statuses in which the resident waits for help.
OPEN = ("raised", "claimed", "delivered")
# The events that state a promise to the resident, perhaps another one than before.
PROMISING = ("relief.order.raised", "relief.order.corrected", "relief.order.due_settled")


class Helpers(EmbeddedDocument):
    """Volunteers requested for a delivery: pending until volunteering has answered."""

    status = StringField(required=True, default="pending")
    wanted = IntField(required=True)
    planned_for = StringField(required=True)
    # Kept as text: a repeated request must have the same arguments as the first one.
    asked_at = StringField(required=True)
    activity = StringField()


class Order(CorrectableOrder, DueDay, Erasable, Aggregate):
    """A need that a resident raised: raised → claimed → delivered → confirmed → rated.

    Items are claimed one by one. Only `confirmed` counts as resolved.
    """

    entity = "relief.order"
    waits_in = OPEN

    steps = {
        # The status becomes `claimed` when every item is claimed.
        "claim": Step(("raised",)),
        "release": Step(("raised", "claimed"), "raised"),
        "deliver": Step(("claimed",), "delivered"),
        "confirm": Step(("delivered",), "confirmed"),
        "rate": Step(("confirmed",), "rated"),
        "reject": Step(("raised",), "rejected"),
        "withdraw": Step(("raised", "claimed"), "withdrawn"),
        "reopen": Step(("delivered", "confirmed", "rated"), "claimed"),
        "ask_helpers": Step(("raised", "claimed")),
    }

    follows = {
        "claimed": ("raised",),
        "released": ("raised", "claimed"),
        "delivered": ("raised", "claimed", "reopened"),
        "confirmed": ("raised", "delivered"),
        "rated": ("confirmed",),
        "rejected": ("raised",),
        "withdrawn": ("raised", "claimed"),
        "reopened": ("delivered", "confirmed"),
        "helpers_asked": ("raised",),
    }
    restates = {"corrected": "raised"}
    unreported = {"personal": ("raised",), "helpers_day": ("helpers_asked",)}

    status = StringField(required=True, default="raised")
    category = StringField(required=True)
    channel = StringField(required=True)
    items = EmbeddedDocumentListField(Item, required=True)
    # None where only the week is known.
    raised_on = StringField()
    delivered_on = StringField()
    confirmed_on = StringField()
    age_band = StringField()
    circumstance = StringField()
    rating = IntField()
    reopened = IntField(default=0)
    served_by = StringField()
    helpers = EmbeddedDocumentField(Helpers)
    asked = IntField(default=0)
    withdrawn = BooleanField(default=False)
    reason = StringField()

    def state(self) -> Json:
        """Without `reason` and `personal`: texts about a resident stay in this service."""
        plain = ["status", "category", "channel", "raised_on", "due", "delivered_on", "withdrawn"]
        more = ["confirmed_on", "age_band", "circumstance", "rating", "reopened", "served_by"]
        items = [{"item": item.item, "claimed_by": item.claimed_by} for item in self.items]
        return {name: getattr(self, name) for name in plain + more} | {
            "items": items,
            "helpers": self._helpers_state(),
            "erased": self.erased,
            "due_awaits_notice": self.due_awaits_notice,
        }

    def result(self) -> Json:
        """With the promise to the resident, where the command set it."""
        sets_it = any(event.event_type.name in PROMISING for event in self.new_events)
        return super().result() | (self.promised() if sets_it else {})

    def _helpers_state(self) -> Json | None:
        if self.helpers is None:
            return None
        return {name: getattr(self.helpers, name) for name in ("status", "wanted", "activity")}

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        """Without the day for which helpers were asked, which no event carries: a request that is
        still pending isn't sent again."""
        helpers = self.helpers
        super().restore_state(data | {"items": [Item(**item) for item in data["items"]]}, events)
        asked = [event for event in events if event["type"] == "relief.order.helpers_asked"]
        self.asked += len(asked)
        if asked:
            at = asked[-1]["time"]
            helpers = Helpers(wanted=1, planned_for=UNKNOWN_DAY, asked_at=at)
        elif data["helpers"] and helpers is None:
            helpers = Helpers(wanted=1, planned_for=UNKNOWN_DAY, asked_at=events[-1]["time"])
        for name, value in (data["helpers"] or {}).items():
            setattr(helpers, name, value)
        self.helpers = helpers if data["helpers"] else None

    def restore_moment(self, verb: str, moment: Moment) -> None:
        """What still holds is recorded again after a correction."""
        if verb == "corrected":
            for step in ("claimed", "delivered", "confirmed", "rated", "rejected", "withdrawn"):
                self.moments.pop(step, None)
        super().restore_moment(verb, moment)

    def still_missing(self, verbs: Collection[str]) -> list[str]:
        pending = self.helpers and self.helpers.status == "pending"
        found = super().still_missing(verbs)
        return found if pending else [name for name in found if name != "helpers_day"]

    def require_no_case(self) -> None:
        """Raise Conflict while the order is open: the resident waits for help."""
        if self.status in OPEN and not self.withdrawn:
            ends = [status for status in ORDER_STATUSES if status not in OPEN]
            reason = "the resident waits for help: close the order first"
            self.refuse(action="erase", status=self.status, reason=reason, possible_from=ends)

    def require(self, action: str) -> None:
        """Raises Conflict also for reopening an order whose resident is erased."""
        if action == "reopen":
            self.require_known_resident()
        super().require(action)

    def raise_(self, calendar: Calendar, moment: Moment) -> None:
        self.raised_on = stored_day(moment)
        self.promise(due_on(self.category, moment.last_day, calendar))
        self.record("relief.order.raised", moment)

    def claim(self, items: list[str], department: str, moment: Moment) -> None:
        """Claim the named items, or every free item when none is named.

        Raises Conflict for an item that is claimed already, ValidationFailed for one that is not
        in the order.
        """
        self.require("claim")
        unknown = sorted(set(items) - {item.item for item in self.items})
        if unknown:
            wanted = f"items of the order, such as {self.items[0].item}"
            problem = f"Must be {wanted}: {', '.join(unknown)} isn't in it."
            raise ValidationFailed({"items": [problem]})
        free = [item for item in self.items if item.claimed_by is None]
        chosen = [item for item in self.items if item.item in items] if items else free
        claimed = [item.item for item in chosen if item.claimed_by is not None]
        if claimed:
            self.refuse(action="claim", claimed_already=claimed)
        for item in chosen:
            item.claimed_by = department
        if all(item.claimed_by for item in self.items):
            self.status = "claimed"
        self.record("relief.order.claimed", moment)

    def release(self, department: str, reason: str, moment: Moment) -> None:
        """Give a department's items back, because it can't start in time."""
        self.require("release")
        claimed = [item for item in self.items if item.claimed_by == department]
        if not claimed:
            self.refuse(action="release", nothing_claimed_by=department)
        for item in claimed:
            item.claimed_by = None
        self.step("release")
        self.reason = reason
        self.record("relief.order.released", moment)

    def ask_helpers(self, wanted: int, planned_for: str, moment: Moment) -> None:
        """Request volunteers for the delivery; the request is pending until it is answered."""
        self.require("ask_helpers")
        if self.helpers and self.helpers.status in ("pending", "arranged"):
            self.refuse(action="ask_helpers", helpers=self.helpers.status)
        self.asked += 1
        at = format_instant(moment.time)
        self.helpers = Helpers(wanted=wanted, planned_for=planned_for, asked_at=at)
        self.record("relief.order.helpers_asked", moment)

    def answer_helpers(self, activity: str | None, moment: Moment) -> None:
        """Take the answer: the activity that volunteering published, None for a refusal."""
        if self.helpers is None or self.helpers.status != "pending":
            self.refuse(action="answer_helpers", reason="nobody is waiting for that answer")
        self.helpers.status = "arranged" if activity else "refused"
        self.helpers.activity = activity
        self.record("relief.order.helpers_found", moment)

    def _lapse_helpers(self) -> None:
        """End a pending request: the delivery has taken place or never will."""
        if self.helpers and self.helpers.status == "pending":
            self.helpers.status = "lapsed"

    def deliver(self, moment: Moment, served_by: str | None = None) -> None:
        self.require("deliver")
        self.served_by = served_by
        self.delivered_on = stored_day(moment)
        self.step("deliver")
        self._lapse_helpers()
        self.record("relief.order.delivered", moment)

    def confirm(self, moment: Moment) -> None:
        self.require("confirm")
        self.confirmed_on = stored_day(moment)
        self.step("confirm")
        self.record("relief.order.confirmed", moment)

    def rate(self, rating: int, moment: Moment) -> None:
        self.step("rate")
        self.rating = rating
        self.record("relief.order.rated", moment)

    def reject(self, reason: str, moment: Moment) -> None:
        self.step("reject")
        self._lapse_helpers()
        self.reason = reason
        self.record("relief.order.rejected", moment)

    def withdraw(self, reason: str, moment: Moment) -> None:
        self.step("withdraw")
        self._lapse_helpers()
        self.reason = reason
        self.record("relief.order.withdrawn", moment)

    def reopen(self, reason: str, moment: Moment) -> None:
        """The need is not met: the order returns to the departments that claimed it."""
        self.step("reopen")
        self.reason = reason
        self.delivered_on = self.confirmed_on = self.rating = None
        self.reopened += 1
        # The second delivery may need other helpers.
        self.helpers = None
        self.record("relief.order.reopened", moment)


class Visit(Aggregate):
    """A round of visits to households or merchants of one unit."""

    entity = "relief.visit"

    restates = {"corrected": "recorded"}

    kind = StringField(required=True)
    what = DictField(default=None)
    visits = DictField(required=True)
    withdrawn = BooleanField(default=False)
    reason = StringField()

    def state(self) -> Json:
        plain = {name: getattr(self, name) for name in ("kind", "withdrawn", "reason")}
        what = dict(self.what) if self.what else None
        return plain | {"what": what, "visits": dict(self.visits)}

    def record_visits(self, moment: Moment) -> None:
        self.record("relief.visit.recorded", moment)

    def correct(self, visits: Json, withdrawn: bool, reason: str, moment: Moment) -> None:
        self.visits, self.withdrawn, self.reason = visits, withdrawn, reason
        self.record("relief.visit.corrected", moment)


class Merchant(Standing, Aggregate):
    """One merchant in the ledger: registered → closed."""

    entity, begins = "relief.merchant", "registered"
    ends = ("closed", "registered")
    steps = {"close": Step(("registered",), "closed")}
    follows = {"closed": ("registered",)}
    restates = {"corrected": "registered"}

    status = StringField(required=True, default="registered")
    name = StringField(required=True)

    def state(self) -> Json:
        plain = ("status", "name", "withdrawn", "reason")
        return {name: getattr(self, name) for name in plain}

    def register(self, moment: Moment) -> None:
        self.record("relief.merchant.registered", moment)

    def close(self, moment: Moment) -> None:
        self.step("close")
        self.record("relief.merchant.closed", moment)


class Stock(DeclaredStock, Aggregate):
    service, entity = "relief", "relief.stock"
