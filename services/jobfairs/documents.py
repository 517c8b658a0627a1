"""Job fairs and the hires that came of them, with their state machines."""

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
from shared.aggregates.occurrence import Occurrence
from shared.contracts.events.jobfairs import FAIR_FIGURES
from shared.contracts.fields import LIST
from shared.domain.errors import ValidationFailed

NOT_YET_HELD = ("planned", "registration_open", "ready", "postponed")


class Employer(EmbeddedDocument):
    """An employer that signed up, told apart by its registration number."""

    name = StringField(required=True)
    registration_number = StringField(required=True)


class Fair(Occurrence, Aggregate):
    """planned → registration_open → ready → held → reconciled → closed; postponed, cancelled.

    A fair may be entered afterwards: it can be held from wherever it stood.
    """

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

    status = StringField(required=True, default="planned")
    venue = StringField(required=True)
    theme = DictField()
    audience = DictField()
    planned_for = StringField(required=True)
    first_planned_for = StringField(required=True)
    capacity = IntField()
    activity_key = StringField()
    # As stated; what nobody stated isn't here.
    stated = DictField()
    employers = EmbeddedDocumentListField(Employer)
    named_employers = ListField(StringField())
    postings = ListField(DictField())
    services = ListField(StringField())
    reason = StringField()

    def state(self):
        plain = ("status", "venue", "planned_for", "first_planned_for", "held_on", "capacity")
        plain += ("activity_key", "reason")
        postings = [dict(posting) for posting in self.postings]
        whole, named = figures(self.stated, postings), list(self.named_employers)
        return {
            **{name: getattr(self, name) for name in plain},
            **whole,
            "theme": dict(self.theme) or None,
            "audience": dict(self.audience) or None,
            "named_employers": named,
            "postings": postings,
            "services": list(self.services),
            "warnings": warnings(whole, named, postings),
        }

    def plan(self, moment):
        self.record("jobfairs.fair.planned", moment)

    def open(self, moment):
        """Employers and job seekers may sign up."""
        self.step("open")
        self.record("jobfairs.fair.opened", moment)

    def join(self, name, registration_number, postings, moment):
        """An employer signs up with its postings. Raises Conflict for a known one, or when full,
        ValidationFailed when the lists grow too long."""
        self.require("join")
        # The letters of a credit code are typed in either case.
        number = registration_number.upper()
        for known in self.employers:
            if known.registration_number == number:
                self.refuse(action="join", reason="exists already", employer=known.name)
        if self.capacity is not None and len(self.employers) >= self.capacity:
            self.refuse(action="join", reason="full", capacity=self.capacity)
        self.employers.append(Employer(name=name, registration_number=number))
        offered = [{"employer": name, **posting} for posting in postings]
        self.named_employers = _each_once("named_employers", [*self.named_employers, name])
        self.postings = _fitting("postings", [*self.postings, *offered])
        self.record("jobfairs.fair.employer_joined", moment)

    def ready(self, moment):
        self.step("ready")
        self.record("jobfairs.fair.readied", moment)

    def hold(self, details, moment):
        """It took place, at `moment`, with whatever is known of it so far."""
        self.require("hold")
        self.held(moment)
        self._take(details)
        self.step("hold")
        self.reason = None
        self.record("jobfairs.fair.held", moment)

    def reconcile(self, details, moment):
        """The figures were compared with the employers' and agreed."""
        self.require("reconcile")
        self.require_same(moment)
        self._take(details)
        self.step("reconcile")
        self.record("jobfairs.fair.reconciled", moment)

    def correct(self, details, reason, moment):
        """What was reported was wrong: any figure, and the day it took place."""
        self.require("correct")
        self.held(moment)
        self._take(details)
        self.reason = reason
        self.record("jobfairs.fair.corrected", moment)

    def close(self, moment):
        self.require("close")
        self.require_same(moment)
        self.step("close")
        self.record("jobfairs.fair.closed", moment)

    def postpone(self, planned_for, reason, moment):
        """Another day; the first one stays on record."""
        self.step("postpone")
        self.planned_for, self.reason = planned_for, reason
        self.record("jobfairs.fair.postponed", moment)

    def cancel(self, reason, moment):
        self.step("cancel")
        self.reason = reason
        self.record("jobfairs.fair.cancelled", moment)

    def _take(self, details):
        """A list given replaces the one before: who signed up may not have come."""
        for name, value in details.items():
            if name in FAIR_FIGURES:
                self.stated[name] = value.to_json()
            elif name == "named_employers":
                self.named_employers = _each_once(name, value)
            else:
                setattr(self, name, value)


def _each_once(name, items):
    return _fitting(name, list(dict.fromkeys(items)))


def _fitting(name, items):
    """The list, if an event can carry it. Raises ValidationFailed."""
    if len(items) > LIST:
        raise ValidationFailed({name: [f"More than {LIST} in all."]})
    return items


class Hire(Aggregate):
    """People hired: amends the fair that it came of, never the week that told of the fair."""

    status = StringField(required=True, default="recorded")
    hires = DictField(required=True)
    fair = StringField()
    employer = StringField()
    reason = StringField()

    def state(self):
        plain = ("status", "fair", "employer", "reason")
        return {name: getattr(self, name) for name in plain} | {"hires": dict(self.hires)}

    def record_hires(self, moment):
        self.record("jobfairs.hire.recorded", moment)

    def correct(self, hires, withdrawn, reason, moment):
        """Put right how many and when, take the record back, or let it stand again."""
        if hires is not None:
            self.hires = hires
        self.status = "withdrawn" if withdrawn else "recorded"
        self.reason = reason
        self.record("jobfairs.hire.corrected", moment)
