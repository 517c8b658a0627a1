"""Relief's aggregates with their state machines: orders, visits, merchants, declared stocks."""

from mongoengine import (
    BinaryField,
    BooleanField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    MapField,
    StringField,
)
from pymongo import ASCENDING, IndexModel

from shared.aggregates.aggregate import Aggregate, Step
from shared.domain.errors import ValidationFailed
from shared.domain.periods import format_instant
from shared.platform import database
from shared.service.stocks import DeclaredStock

INDEXES = {
    "aggregates": [
        *database.INDEXES["aggregates"],
        IndexModel(
            [("helpers.status", ASCENDING)],
            partialFilterExpression={"helpers.status": "pending"},
        ),
    ]
}


class Item(EmbeddedDocument):
    item = StringField(required=True)
    claimed_by = StringField()


class Helpers(EmbeddedDocument):
    """Volunteers asked for a delivery: pending until volunteering has answered."""

    status = StringField(required=True, default="pending")
    wanted = IntField(required=True)
    planned_for = StringField(required=True)
    # Kept as text: asked again, volunteering has to be asked the same.
    asked_at = StringField(required=True)
    activity = StringField()


class Order(Aggregate):
    """A need that a resident raised: raised → claimed → delivered → confirmed → rated.

    Claimed item by item; `claimed` once every item is. Only `confirmed` counts as resolved.
    """

    steps = {
        # Claimed once every item is.
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

    status = StringField(required=True, default="raised")
    category = StringField(required=True)
    channel = StringField(required=True)
    items = EmbeddedDocumentListField(Item, required=True)
    # None where only the week is known.
    raised_on = StringField()
    due = StringField(required=True)
    delivered_on = StringField()
    confirmed_on = StringField()
    age_band = StringField()
    circumstance = StringField()
    rating = IntField()
    reopened = IntField(default=0)
    served_by = StringField()
    helpers = EmbeddedDocumentField(Helpers)
    asked = IntField(default=0)
    reason = StringField()
    # Encrypted field by field; never part of `state`.
    personal = MapField(BinaryField())

    def state(self):
        """Without `reason` and `personal`: what was written about a resident stays here."""
        plain = ("status", "category", "channel", "raised_on", "due", "delivered_on")
        more = ("confirmed_on", "age_band", "circumstance", "rating", "reopened", "served_by")
        items = [{"item": item.item, "claimed_by": item.claimed_by} for item in self.items]
        return {name: getattr(self, name) for name in plain + more} | {
            "items": items,
            "helpers": self._helpers(),
        }

    def _helpers(self):
        names = ("status", "wanted", "activity")
        return self.helpers and {name: getattr(self.helpers, name) for name in names}

    def raise_(self, moment):
        self.record("relief.order.raised", moment)

    def claim(self, items, department, moment):
        """Claim named items, or all that are free. Raises Conflict for one that is claimed,
        ValidationFailed for one that nobody asked for."""
        self.require("claim")
        unknown = sorted(set(items) - {item.item for item in self.items})
        if unknown:
            raise ValidationFailed({"items": [f"Not in the order: {', '.join(unknown)}."]})
        free = [item for item in self.items if item.claimed_by is None]
        wanted = [item for item in self.items if item.item in items] if items else free
        taken = [item.item for item in wanted if item.claimed_by is not None]
        if taken:
            self.refuse(action="claim", claimed_already=taken)
        for item in wanted:
            item.claimed_by = department
        if all(item.claimed_by for item in self.items):
            self.status = "claimed"
        self.record("relief.order.claimed", moment)

    def release(self, department, reason, moment):
        """Give a department's items back, because it can't start in time."""
        self.require("release")
        held = [item for item in self.items if item.claimed_by == department]
        if not held:
            self.refuse(action="release", nothing_claimed_by=department)
        for item in held:
            item.claimed_by = None
        self.step("release")
        self.reason = reason
        self.record("relief.order.released", moment)

    def ask_helpers(self, wanted, planned_for, moment):
        """Volunteers are needed for the delivery; volunteering is asked until it answers."""
        self.require("ask_helpers")
        if self.helpers and self.helpers.status in ("pending", "arranged"):
            self.refuse(action="ask_helpers", helpers=self.helpers.status)
        self.asked += 1
        at = format_instant(moment.time)
        self.helpers = Helpers(wanted=wanted, planned_for=planned_for, asked_at=at)
        self.record("relief.order.helpers_asked", moment)

    def answer_helpers(self, activity, moment):
        """What volunteering said: the activity that it published, None where it can't."""
        if self.helpers is None or self.helpers.status != "pending":
            self.refuse(action="answer_helpers", reason="nobody is waiting for that answer")
        self.helpers.status = "arranged" if activity else "refused"
        self.helpers.activity = activity
        self.record("relief.order.helpers_found", moment)

    def _lapse(self):
        """Nobody is needed any more for a delivery that has taken place or never will."""
        if self.helpers and self.helpers.status == "pending":
            self.helpers.status = "lapsed"

    def deliver(self, moment, served_by=None):
        self.require("deliver")
        self.served_by = served_by
        self.delivered_on = _day(moment, raised=self.raised_on)
        self.step("deliver")
        self._lapse()
        self.record("relief.order.delivered", moment)

    def confirm(self, moment):
        self.require("confirm")
        self.confirmed_on = _day(moment, raised=self.raised_on, delivered=self.delivered_on)
        self.step("confirm")
        self.record("relief.order.confirmed", moment)

    def rate(self, rating, moment):
        self.step("rate")
        self.rating = rating
        self.record("relief.order.rated", moment)

    def reject(self, reason, moment):
        self.step("reject")
        self._lapse()
        self.reason = reason
        self.record("relief.order.rejected", moment)

    def withdraw(self, reason, moment):
        self.step("withdraw")
        self._lapse()
        self.reason = reason
        self.record("relief.order.withdrawn", moment)

    def reopen(self, reason, moment):
        """The resident says it isn't solved: back to those who claimed it."""
        self.step("reopen")
        self.reason = reason
        self.delivered_on = self.confirmed_on = self.rating = None
        self.reopened += 1
        # What is delivered once more may need helpers once more.
        self.helpers = None
        self.record("relief.order.reopened", moment)


def _day(moment, **earlier):
    """The day as text, None where only the week is known. Raises ValidationFailed for one before
    what has to be `earlier`."""
    for what, day in earlier.items():
        if day and moment.last_day.isoformat() < day:
            raise ValidationFailed({"time": [f"Before the order was {what} ({day})."]})
    return moment.day.isoformat() if moment.day else None


class Visit(Aggregate):
    """A round of visits to households or merchants of one unit."""

    kind = StringField(required=True)
    what = DictField(default=None)
    visits = DictField(required=True)
    withdrawn = BooleanField(default=False)
    reason = StringField()

    def state(self):
        plain = {name: getattr(self, name) for name in ("kind", "withdrawn", "reason")}
        what = dict(self.what) if self.what else None
        return plain | {"what": what, "visits": dict(self.visits)}

    def record_visits(self, moment):
        self.record("relief.visit.recorded", moment)

    def correct(self, visits, withdrawn, reason, moment):
        self.visits, self.withdrawn, self.reason = visits, withdrawn, reason
        self.record("relief.visit.corrected", moment)


class Merchant(Aggregate):
    """One merchant in the ledger: registered → closed."""

    steps = {"close": Step(("registered",), "closed")}

    status = StringField(required=True, default="registered")
    name = StringField(required=True)

    def state(self):
        return {"status": self.status, "name": self.name}

    def register(self, moment):
        self.record("relief.merchant.registered", moment)

    def close(self, moment):
        self.step("close")
        self.record("relief.merchant.closed", moment)


class Stock(DeclaredStock, Aggregate):
    service = "relief"
