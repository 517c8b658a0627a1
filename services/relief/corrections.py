"""Corrections of an order: it is recorded anew from its beginning, with what still holds of it."""

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from mongoengine import EmbeddedDocument, StringField

from services.relief.rules import due_on
from shared.aggregates.due_day import Settlement
from shared.aggregates.occurrence import stored_day
from shared.contracts.envelope import Moment
from shared.domain.types import Json
from shared.domain.workdays import Calendar, Due

# Status → the verbs of what holds in it, in order, besides the claims.
HOLDING: dict[str, tuple[str, ...]] = {
    "raised": (),
    "claimed": (),
    "delivered": ("delivered",),
    "confirmed": ("delivered", "confirmed"),
    "rated": ("delivered", "confirmed", "rated"),
    "rejected": ("rejected",),
    "withdrawn": ("withdrawn",),
}
DISMISSED = ("rejected", "withdrawn")


class Item(EmbeddedDocument):
    item = StringField(required=True)
    claimed_by = StringField()


class _Progress(NamedTuple):
    """What has become of an order since it was raised."""

    claimed_by: list[str | None]
    served_by: str | None
    rating: int | None


class CorrectableOrder:
    """Mixin of the order: its corrections.

    The event `corrected` restates how it was raised, and replaces all earlier events. Claim,
    delivery, confirmation and so on are recorded again after it with their own times, so that each
    figure finds them in the right week and unit. What was taken back by reopening is not.
    """

    refuse: Callable[..., NoReturn]
    record: Callable[[str, Moment], None]
    require_not_withdrawn: Callable[[], None]
    moment_of: Callable[[str], Moment | None]
    promise: Callable[[Due], None]
    take_back_settlement: Callable[[], Settlement | None]
    settle_again: Callable[[Settlement], None]
    moments: dict[str, str]
    status: str
    category: Any
    items: Any
    withdrawn: Any
    erased: Any
    reason: Any

    def correct(
        self,
        parts: Json,
        withdrawn: bool,
        still_standing: bool,
        reason: str,
        moment: Moment,
        calendar: Calendar,
    ) -> None:
        """`moment` is when it was raised. A part that is left out keeps its value. Another day or
        category is another promise, by the `calendar` of now.

        With `withdrawn` it was entered by mistake; with `still_standing` it was neither rejected
        nor withdrawn by the resident after all.
        """
        if still_standing and self.status in DISMISSED:
            self.require_known_resident()
            self.moments.pop(self.status, None)
            self.status = "raised"
        if "items" in parts:
            self.items = self._renamed(parts["items"])
        category = parts.get("category", self.category)
        if self._is_another_promise(category, moment):
            self.promise(due_on(category, moment.last_day, calendar))
        for name in ("category", "channel"):
            setattr(self, name, parts.get(name, getattr(self, name)))
        self.withdrawn = withdrawn
        self._keep_reason(reason)
        self._restate(moment)

    def correct_time(self, step: str, reason: str, moment: Moment) -> None:
        """It was claimed, delivered, … at `moment`: `step` is the verb. Raises Conflict where that
        has not happened, or no longer holds."""
        self.require_not_withdrawn()
        raised = self.moment_of("raised")
        if step not in self._holding():
            self.refuse(action="correct", status=self.status, step=step, reason="it is not so")
        if raised is None:
            raise self.refuse(action="correct", reason="correct when it was raised first")
        self._keep_reason(reason)
        self._restate(raised, {step: moment})

    def require_known_resident(self) -> None:
        """Raise Conflict where the resident is erased: an order that is open again needs one."""
        if self.erased:
            self.refuse(reason="the resident is erased: raise a new order")

    def _is_another_promise(self, category: str, raised: Moment) -> bool:
        known = self.moment_of("raised")
        same_day = known is not None and known.last_day == raised.last_day
        return category != self.category or not same_day

    def _keep_reason(self, reason: str) -> None:
        """It may say something about the resident, and so isn't kept after an erasure."""
        self.reason = None if self.erased else reason

    def _renamed(self, names: list[str]) -> list[Item]:
        """As many names rename the items in order; otherwise claims stay with the same name.

        Raises Conflict where a claimed item would be left out, or one that nobody claimed added to
        an order that is claimed.
        """
        claims = {item.item: item.claimed_by for item in self.items}
        if len(names) == len(self.items):
            claims = {name: item.claimed_by for name, item in zip(names, self.items, strict=True)}
        lost = sorted(name for name, by in claims.items() if by and name not in names)
        if lost:
            self.refuse(action="correct", reason="release what is left out first", claimed=lost)
        found = [Item(item=name, claimed_by=claims.get(name)) for name in names]
        is_claimed = self.status not in ("raised", *DISMISSED)
        added = [item.item for item in found if item.claimed_by is None]
        if is_claimed and added:
            self.refuse(action="correct", reason="raise another order for it", not_claimed=added)
        return found

    def _restate(self, raised: Moment, changed: dict[str, Moment] | None = None) -> None:
        holding = {} if self.withdrawn else self._holding() | (changed or {})
        for step, moment in holding.items():
            if moment is None:
                self.refuse(action="correct", reason="when is not stored: correct it", step=step)
            self.moments.pop(step, None)
        settled = None if self.withdrawn else self.take_back_settlement()
        before = self._begin_anew(raised)
        for step, moment in holding.items():
            # In the order of time: at a week's end the event that was recorded last decides.
            if settled and settled.moment.time < moment.time:
                self.settle_again(settled)
                settled = None
            self._happened(step, before, moment)
        if settled:
            self.settle_again(settled)

    def _holding(self) -> dict[str, Any]:
        """Verb → when it happened last, of all that holds now, in order; None where a release
        before 0.3 didn't store it."""
        found = {verb: self.moment_of(verb) for verb in HOLDING[self.status]}
        # It counts in no figure.
        if "rated" in found and found["rated"] is None:
            found["rated"] = found["confirmed"]
        claimed = self.moment_of("claimed")
        has_claims = any(item.claimed_by for item in self.items)
        return {"claimed": claimed, **found} if has_claims else found

    def _begin_anew(self: Any, raised: Moment) -> _Progress:
        before = _Progress([item.claimed_by for item in self.items], self.served_by, self.rating)
        for item in self.items:
            item.claimed_by = None
        self.status, self.raised_on = "raised", stored_day(raised)
        self.delivered_on = self.confirmed_on = self.served_by = self.rating = None
        self.record("relief.order.corrected", raised)
        return before

    def _happened(self: Any, step: str, before: _Progress, moment: Moment) -> None:
        if step == "claimed":
            for item, by in zip(self.items, before.claimed_by, strict=True):
                item.claimed_by = by
            self.status = "claimed" if all(before.claimed_by) else "raised"
        else:
            self.status = step
        if step == "delivered":
            self.served_by, self.delivered_on = before.served_by, stored_day(moment)
        if step == "confirmed":
            self.confirmed_on = stored_day(moment)
        if step == "rated":
            self.rating = before.rating
        self.record(f"relief.order.{step}", moment)
