"""What the callers do: stories of a few commands each, with arguments that a seed decides.

A story yields (service, method, arguments) and is sent what the service answered.
"""

import hashlib
from datetime import date, timedelta

from shared.contracts.events.clinics import CLINIC_FIGURES
from shared.contracts.events.jobfairs import FAIR_FIGURES
from shared.contracts.events.oversight import FINDING_KINDS
from tests.support.running import SUBDISTRICT

# Two weeks, the second up to the day before the services' clocks begin to tick.
FIRST = date(2017, 2, 6)
LAST = date(2017, 2, 15)

UNITS = (SUBDISTRICT, *(f"{SUBDISTRICT}{n:03}" for n in (1, 3, 4, 5, 6, 7, 9, 10, 12, 13, 14)))
NAME = {"zh": "演练", "en": "exercise"}
PERSON, OTHER = "person:caller", "person:inspector"


class Reported:
    """What one story is made of: when and where it begins, and what chance decides on its way."""

    def __init__(self, key, chance, now_text):
        self.chance = chance
        self.unit = chance.choice(UNITS)
        self.day = FIRST + timedelta(chance.randrange((LAST - FIRST).days))
        # No step happens after this day.
        self.last = LAST
        self._now_text = now_text
        self._key = key

    def here(self, **arguments):
        return self.then(orgunit=self.unit, **arguments)

    def then(self, **arguments):
        return {"actor": PERSON, "time": f"{self.day}T09:30:00+08:00", **arguments}

    def now(self, **arguments):
        """At the callers' own time, which may be ahead of a service's."""
        return {"actor": PERSON, "time": self._now_text(), "orgunit": self.unit, **arguments}

    def later(self):
        """Some days may pass."""
        self.day = min(self.day + timedelta(self.chance.randrange(3)), self.last)

    def coming(self, days=0):
        """A day on which it is planned, or so many days later."""
        return str(self.last + timedelta(days))

    def amount(self, unit, most=30):
        return self.counted(unit, most)

    def counted(self, unit, most):
        """An amount that has to be exact."""
        return exact(str(self.chance.randint(1, most)), unit)

    def figures(self, units):
        return {name: self.amount(unit) for name, unit in units.items()}

    def precisely(self):
        """From here on every time is known to the minute, as it always is here."""

    def maybe(self):
        return self.chance.random() < 0.5

    def id_number(self):
        """Nobody's, and the story's own."""
        digest = hashlib.sha256(self._key.encode()).hexdigest()
        # Born on a day that exists.
        known = str(int(digest, 16))
        digits = f"{known[:6]}19850101{known[6:9]}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
        return digits + "10X98765432"[total % 11]


def exact(value, unit):
    return {"value": value, "qualifier": "exact", "unit": unit}


def visits(told):
    kind = told.chance.choice(["household", "merchant"])
    asked = told.now if told.maybe() else told.here
    given = asked(kind=kind, visits=told.amount("visit"))
    made = yield "relief", "record_visits", given
    if told.maybe():
        yield (
            "relief",
            "correct_visits",
            told.then(
                id=made["id"],
                visits=told.amount("visit"),
                withdrawn=told.maybe(),
                reason="miscounted",
            ),
        )


def order(told):
    # A promise long enough that no order is overdue in these weeks.
    given = told.here(category="cultural_activities", channel="phone", items=["大米", "食用油"])
    made = yield "relief", "raise_order", given
    if told.maybe():
        day = told.coming(3)
        yield "relief", "ask_helpers", told.then(id=made["id"], wanted=2, planned_for=day)
        if told.maybe():
            # Left open, so that volunteering's answer meets no order that was delivered meanwhile.
            return
    for method, more in (
        ("claim_items", {"department": "民政"}),
        ("deliver_order", {}),
        ("confirm_order", {}),
        ("rate_order", {"rating": 5}),
    ):
        told.later()
        yield "relief", method, told.then(id=made["id"], **more)


def merchant(told):
    made = yield "relief", "register_merchant", told.here(name="商户")
    if told.maybe():
        told.later()
        yield "relief", "close_merchant", told.then(id=made["id"])


def activity(told):
    given = told.here(name=NAME, category="environment", planned_for=told.coming())
    made = yield "volunteering", "publish_activity", given
    told.later()
    given = told.then(id=made["id"], participants=told.amount("person"))
    yield "volunteering", "complete_activity", given
    if told.maybe():
        told.later()
        given = told.then(id=made["id"], participants=told.amount("person"), reason="miscounted")
        yield "volunteering", "correct_activity", given | {"withdrawn": told.maybe()}


def gathering(told):
    given = told.here(name=NAME, gatherings=told.amount("gathering", most=3))
    yield "volunteering", "hold_gathering", given


def hours(told):
    told.precisely()
    given = told.here(identity={"id_number": told.id_number()})
    volunteer = yield "volunteering", "register_volunteer", given
    given = told.here(name=NAME, category="elderly_care", participants=told.amount("person"))
    reported = yield "volunteering", "report_activity", given
    row = yield (
        "volunteering",
        "record_hours",
        told.here(
            volunteer=volunteer["id"],
            activity=reported["id"],
            hours=exact(told.chance.choice(["0.5", "2", "3.5", "8"]), "hour"),
        ),
    )
    told.later()
    yield "volunteering", "verify_hours", told.then(id=row["id"], actor=OTHER)


def clinic(told):
    made = yield "clinics", "plan_clinic", told.here(venue="广场", planned_for=told.coming())
    yield "clinics", "file_clinic", told.then(id=made["id"])
    told.later()
    yield "clinics", "hold_clinic", told.then(id=made["id"])
    yield "clinics", "tally_clinic", told.then(id=made["id"], **told.figures(CLINIC_FIGURES))


def fair(told):
    made = yield "jobfairs", "plan_fair", told.here(venue="体育馆", planned_for=told.coming())
    yield "jobfairs", "open_registration", told.then(id=made["id"])
    employer = {"name": "企业", "registration_number": "91410103"}
    yield "jobfairs", "add_employer", told.then(id=made["id"], **employer)
    told.later()
    yield "jobfairs", "hold_fair", told.then(id=made["id"])
    yield "jobfairs", "reconcile_fair", told.then(id=made["id"], **told.figures(FAIR_FIGURES))
    told.later()
    given = told.here(hires=told.counted("person", most=5), fair=made["id"])
    yield "jobfairs", "record_hires", given


def finding(told):
    given = told.here(kind=told.chance.choice(sorted(FINDING_KINDS)), what=NAME)
    made = yield "supervision", "report_finding", given
    told.later()
    given = told.then(id=made["id"], responsible="城管", due=told.coming(9))
    yield "supervision", "dispatch_finding", given
    yield "supervision", "rectify_finding", told.then(id=made["id"])
    told.later()
    yield "supervision", "close_finding", told.then(id=made["id"], actor=OTHER)


def patrol(told):
    yield "supervision", "record_patrol", told.now(kind="safety_patrol")


def action(told):
    given = told.here(what=NAME, responsible="办公室", due=told.coming(9))
    made = yield "supervision", "assign_action", given
    if told.maybe():
        told.later()
        yield "supervision", "close_action", told.then(id=made["id"])


STORIES = {
    "relief": (visits, order, merchant),
    "volunteering": (activity, gathering, hours),
    "clinics": (clinic,),
    "jobfairs": (fair,),
    "supervision": (finding, patrol, action),
}
