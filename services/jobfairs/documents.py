"""Job fairs and the hires that came of them, with their state machines."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from mongoengine import (
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)

from services.jobfairs.rules import figures, warnings
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.occurrence import Details, Occurrence
from shared.contracts.envelope import Moment
from shared.contracts.events.jobfairs import FAIR_FIGURES
from shared.contracts.fields import LIST
from shared.contracts.plausibility.jobfairs import STATE_RULES
from shared.domain.errors import ValidationFailed
from shared.domain.orgunits import path
from shared.domain.periods import Week, format_instant
from shared.domain.quantities import Quantity, Sum
from shared.domain.quantity_bounds import surely_more
from shared.domain.types import Event, Json

Item = TypeVar("Item")

NOT_YET_HELD = ("planned", "registration_open", "ready", "postponed")


class Employer(EmbeddedDocument):
    """An employer that signed up, identified by its registration number."""

    name = StringField(required=True)
    registration_number = StringField(required=True)


class Fair(Occurrence, Aggregate):
    """planned → registration_open → ready → held → reconciled → closed; postponed, cancelled.

    A fair may be entered afterwards, so it can be held from any status before `held`.
    """

    entity = "jobfairs.fair"
    before_held = "planned"
    steps = {
        "open": Step(("planned", "postponed"), "registration_open"),
        "join": Step(("planned", "registration_open", "ready", "postponed")),
        "ready": Step(("planned", "registration_open", "postponed"), "ready"),
        "hold": Step(NOT_YET_HELD, "held"),
        "reconcile": Step(("held",), "reconciled"),
        "correct": Step(("held", "reconciled", "closed")),
        "close": Step(("reconciled",), "closed"),
        "postpone": Step(NOT_YET_HELD, "postponed"),
        "cancel": Step(NOT_YET_HELD, "cancelled"),
        "hire": Step(("held", "reconciled", "closed")),
    }

    rules = STATE_RULES
    restates = dict.fromkeys(("reconciled", "closed", "corrected"), "held")
    follows = {
        "opened": ("planned",),
        "employer_joined": ("planned",),
        "readied": ("planned",),
        "postponed": ("planned",),
        "cancelled": ("planned",),
    }

    unreported = {"employers": ("employer_joined",)}

    theme = DictField()
    audience = DictField()
    capacity = IntField()
    # Only the figures that somebody stated.
    stated = DictField()
    employers = EmbeddedDocumentListField(Employer)
    named_employers = ListField(StringField())
    postings = ListField(DictField())

    def state(self) -> Json:
        postings, named = [dict(posting) for posting in self.postings], list(self.named_employers)
        reported = figures(self.stated, postings)
        return {
            **self.common_state(),
            **reported,
            "capacity": self.capacity,
            "theme": dict(self.theme) or None,
            "audience": dict(self.audience) or None,
            "named_employers": named,
            "postings": postings,
            "warnings": warnings(reported, named, postings),
        }

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        """Vacancies that are the sum of the postings were stated by nobody."""
        # The figure `employers` isn't the list of those that signed up.
        others = {name: value for name, value in data.items() if name not in FAIR_FIGURES}
        super().restore_state(others, events)
        summed = figures({}, data["postings"])
        self.stated = {name: data[name] for name in FAIR_FIGURES if data[name] != summed[name]}

    def open(self, moment: Moment) -> None:
        """Employers and job seekers may sign up."""
        self.step("open")
        self.record("jobfairs.fair.opened", moment)

    def join(
        self, name: str, registration_number: str, postings: list[Json], moment: Moment
    ) -> None:
        """An employer signs up with its postings.

        Raises Conflict when its registration number has signed up already or the fair is full,
        ValidationFailed when a list becomes too long for an event.
        """
        self.require("join")
        # The letters of a credit code are typed in either case.
        number = registration_number.upper()
        for employer in self.employers:
            if employer.registration_number == number:
                self.refuse(action="join", reason="exists already", employer=employer.name)
        if self.capacity is not None and len(self.employers) >= self.capacity:
            self.refuse(action="join", reason="full", capacity=self.capacity)
        self.employers.append(Employer(name=name, registration_number=number))
        offered = [{"employer": name, **posting} for posting in postings]
        self.named_employers = _without_repeats("named_employers", [*self.named_employers, name])
        self.postings = _within_limit("postings", [*self.postings, *offered])
        self.record("jobfairs.fair.employer_joined", moment)

    def ready(self, moment: Moment) -> None:
        self.step("ready")
        self.record("jobfairs.fair.readied", moment)

    def reconcile(self, details: Details, moment: Moment) -> None:
        """The figures were compared with those of the employers and agreed."""
        self.settle("reconcile", "reconciled", details, moment)

    def close(self, moment: Moment) -> None:
        self.settle("close", "closed", {}, moment)

    def held_at(self) -> Moment:
        """When it was held, as precisely as that is known. Releases before 0.3 stored the day or
        the week."""
        week = Week.parse(self.held_week)
        return self.moment_of("held") or Moment(week.start, "week")

    def has_fewer_seekers_than(self, hires: Iterable["Hire"]) -> bool:
        """Were surely more people hired than came?"""
        parts = [Sum.of(Quantity.from_json(dict(hire.hires))) for hire in hires]
        hired = sum(parts, Sum.empty("person")).quantity().to_json()
        return surely_more(hired, figures(self.stated, [])["seekers"])

    def clear_details(self) -> None:
        """The employers that signed up and their postings stay."""
        self.stated, self.services = {}, []

    def set_details(self, details: Details) -> None:
        """A given list replaces the one before: not every employer that signed up comes."""
        for name, value in details.items():
            if isinstance(value, Quantity):
                self.stated[name] = value.to_json()
            elif name == "named_employers":
                self.named_employers = _without_repeats(name, value)
            else:
                setattr(self, name, value)


def _without_repeats(name: str, items: list[str]) -> list[str]:
    return _within_limit(name, list(dict.fromkeys(items)))


def _within_limit(name: str, items: list[Item]) -> list[Item]:
    """The list, if an event can carry it. Raises ValidationFailed."""
    if len(items) > LIST:
        raise ValidationFailed(
            {name: [f"Must be at most {LIST} in all, such as the first {LIST}."]}
        )
    return items


class Hire(Aggregate):
    """People who were hired, at a fair or without one.

    It amends the fair and never the week in which the fair was reported.
    """

    entity = "jobfairs.hire"
    restates = {"corrected": "recorded"}

    status = StringField(required=True, default="recorded")
    hires = DictField(required=True)
    fair = StringField()
    employer = StringField()
    reason = StringField()

    def state(self) -> Json:
        plain = ("status", "fair", "employer", "reason")
        return {name: getattr(self, name) for name in plain} | {"hires": dict(self.hires)}

    def why_not_of(self, fair: Fair, moment: Moment, unit_stands: bool = True) -> Json | None:
        """Why they can't have come of the fair at `moment`: field → messages; None if they can.

        Where the fair's unit is no more (not `unit_stands`), another one reports for it.
        """
        if unit_stands and fair.orgunit not in path(self.orgunit):
            wanted = f"the unit in which the fair was held or one below, such as {fair.orgunit}"
            return {"orgunit": [f"Must be {wanted}."]}
        held = fair.held_at()
        if not moment.may_follow(held):
            when = f"the fair was held ({held.in_words()}), such as {format_instant(held.time)}"
            return {"time": [f"Must be at or after the time when {when}."]}
        return None

    def record_hires(self, moment: Moment) -> None:
        self.record("jobfairs.hire.recorded", moment)

    def correct(self, hires: Json | None, withdrawn: bool, reason: str, moment: Moment) -> None:
        """Correct how many were hired and when, withdraw the record, or restore it."""
        if hires is not None:
            self.hires = hires
        self.status = "withdrawn" if withdrawn else "recorded"
        self.reason = reason
        self.record("jobfairs.hire.corrected", moment)
