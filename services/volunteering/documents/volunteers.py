"""Volunteers and the rows of the ledger of service hours, with their state machines."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from mongoengine import DictField, StringField
from pymongo import ASCENDING, IndexModel

from services.volunteering.rules import needs_second_person
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.erasure import Erasable
from shared.aggregates.occurrence import stored_day
from shared.aggregates.standing import Standing
from shared.contracts.envelope import Moment
from shared.domain.errors import Forbidden
from shared.domain.periods import Week
from shared.domain.types import Event, Json
from shared.platform import database

INDEXES = {
    "aggregates": [
        *database.INDEXES["aggregates"],
        # Only rows of the ledger have a volunteer.
        IndexModel(
            [("volunteer", ASCENDING), ("served_on", ASCENDING)],
            partialFilterExpression={"volunteer": {"$exists": True}},
        ),
        # A person is one volunteer.
        IndexModel(
            [("identity", ASCENDING)],
            unique=True,
            partialFilterExpression={"identity": {"$exists": True}},
        ),
        IndexModel(
            [("activity", ASCENDING)], partialFilterExpression={"activity": {"$exists": True}}
        ),
    ]
}


class Volunteer(Standing, Erasable, Aggregate):
    """A person under a pseudonymous id: registered → left, and registered again.

    A correction concerns the last registration. Who was registered by mistake is registered anew.
    """

    entity, begins = "volunteering.volunteer", "registered"
    ends = ("left", "registered")

    steps = {
        "register": Step(("new", "left"), "registered"),
        "leave": Step(("registered",), "left"),
    }
    follows = {"left": ("registered",), "registered": ("left",)}
    restates = {"corrected": "registered"}
    unreported = {"personal": ("registered",)}

    status = StringField(required=True, default="new")
    team = StringField()
    # The keyed hash of the ID number, by which a person who registers again is recognised. Releases
    # before 0.3 had it in the id.
    identity = StringField()

    def state(self) -> Json:
        """Without `reason`: a text about a person stays in this service."""
        return {name: getattr(self, name) for name in ("status", "team", "withdrawn", "erased")}

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        """The personal data of who left, or was entered by mistake, is deleted in the copy too."""
        super().restore_state(data, events)
        if self.status == "left" or self.withdrawn:
            self.personal = {}

    def restore_moment(self, verb: str, moment: Moment) -> None:
        super().restore_moment(verb, moment)
        if verb == "registered":
            self.moments.pop("left", None)

    def still_missing(self, verbs: Collection[str]) -> list[str]:
        is_there = self.status == "registered" and not self.withdrawn
        return super().still_missing(verbs) if is_there else []

    def require_no_case(self) -> None:
        """Raise Conflict while the person is a volunteer."""
        if self.status == "registered" and not self.withdrawn:
            reason = "is still a volunteer: deregister first"
            self.refuse(action="erase", status=self.status, reason=reason, possible_from=["left"])

    def forget(self) -> None:
        super().forget()
        self.identity = None

    def register(
        self,
        orgunit: str,
        team: str | None,
        identity: str,
        personal: dict[str, bytes],
        moment: Moment,
    ) -> None:
        """A new volunteer, or one who returns, perhaps in another unit. `identity` is the keyed
        hash of the ID number."""
        if self.withdrawn:
            self.withdrawn, self.reason, self.status = False, None, "new"
        self.step("register")
        self.orgunit, self.team = orgunit, team
        self.identity, self.personal = identity, personal
        self.record("volunteering.volunteer.registered", moment)
        # It belongs to the former registration, which no correction concerns any more.
        self.moments.pop("left", None)

    def correct(
        self, parts: Json, withdrawn: bool, still_standing: bool, reason: str, moment: Moment
    ) -> None:
        """`moment` is when the person registered last. Where that was a mistake, the personal data
        is deleted. Raises Conflict where it was taken back already: then the person registers."""
        self.require_not_withdrawn()
        if withdrawn:
            self.personal = {}
        super().correct(parts, withdrawn, still_standing, reason, moment)
        if self.erased:
            self.reason = None

    def leave(self, moment: Moment) -> None:
        """The personal data is deleted; only the count of former volunteers stays."""
        self.step("leave")
        self.personal = {}
        self.record("volunteering.volunteer.left", moment)


def same_time(known: str, moment: Moment) -> bool:
    """Can `moment` lie on the day `known`, or in that week?"""
    if "W" in known:
        return known == str(Week.of(moment.time))
    if moment.day:
        return known == moment.day.isoformat()
    return Week.of_day(date.fromisoformat(known)) == Week.of(moment.time)


# Who recorded hours, where that is lost.
UNKNOWN = "unknown"


class Hours(Aggregate):
    """One row of the ledger: recorded → verified; or voided with a reason."""

    entity = "volunteering.hours"
    steps = {
        "verify": Step(("recorded",), "verified"),
        "void": Step(("recorded", "verified"), "voided"),
    }
    follows = {"verified": ("recorded",), "voided": ("recorded",)}
    unreported = {"recorded_by": ("recorded",)}

    status = StringField(required=True, default="recorded")
    volunteer = StringField(required=True)
    activity = StringField(required=True)
    hours = DictField(required=True)
    # None where only the week is known.
    served_on = StringField()
    served_week = StringField()
    recorded_by = StringField(required=True)
    reason = StringField()

    def state(self) -> Json:
        plain = ("status", "volunteer", "activity", "reason")
        return {name: getattr(self, name) for name in plain} | {"hours": dict(self.hours)}

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        """Without who recorded them, which no event carries."""
        super().restore_state(data, events)
        recorded = self.moment_of("recorded")
        if recorded and self.served_week is None:
            self.served_on, self.served_week = stored_day(recorded), str(Week.of(recorded.time))
        self.recorded_by = self.recorded_by or UNKNOWN

    @property
    def served_in(self) -> str:
        """The day on which they were served, or the week where only that is known."""
        known: str = self.served_on or self.served_week
        return known

    def fits(self, moment: Moment) -> bool:
        """Can they have been served on something that was held at `moment`?"""
        return same_time(self.served_in, moment)

    def span(self) -> tuple[datetime, datetime] | None:
        """From when until when; None where the hour isn't known."""
        begun = self.moment_of("recorded")
        if begun is None or begun.precision != "second":
            return None
        return begun.time, begun.time + timedelta(hours=float(self.hours["value"]))

    def record_hours(self, moment: Moment) -> None:
        self.served_on, self.served_week = stored_day(moment), str(Week.of(moment.time))
        self.record("volunteering.hours.recorded", moment)

    def verify(self, actor: str, served: Decimal, moment: Moment) -> None:
        """The hours are right. `served` is the sum of that day's hours.

        Raises Forbidden when the person who recorded a long day verifies it.
        """
        self.require("verify")
        if actor == self.recorded_by and needs_second_person(served):
            raise Forbidden({"actor": actor, "reason": "another person verifies a long day"})
        self.step("verify")
        self.record("volunteering.hours.verified", moment)

    def void(self, reason: str, moment: Moment) -> None:
        self.step("void")
        self.reason = reason
        self.record("volunteering.hours.voided", moment)
