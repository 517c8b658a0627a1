"""An oracle: figures computed slowly, straight from the rules, one cell at a time, from events."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from tests.support.district.area import (
    UNITS,
    declared_at,
    instant,
    owners_on,
    registered_unit,
    spoken_for,
    standing_stocks,
)

# The figures of a clinic and of a fair, each with its unit.
CLINIC_FIGURES = {
    "institutions": "institution",
    "departments": "department",
    "staff": "person",
    "consultations": "person_time",
    "prescriptions": "prescription",
    "leaflets": "leaflet",
}
FAIR_FIGURES = {
    "employers": "employer",
    "vacancies": "vacancy",
    "seekers": "person",
    "intents": "person",
}
# Kind of what stands for some time → the verb of its beginning.
BEGINS = {
    "volunteering.station": "opened",
    "volunteering.category": "defined",
    "volunteering.team": "formed",
    "volunteering.volunteer": "registered",
    "relief.merchant": "registered",
    "relief.order": "raised",
    "supervision.action": "assigned",
}
# code → (kind, verbs that feed it, statuses in which it counts, field that is summed if any)
COUNTS = {
    "volunteering.activities_completed": (
        "volunteering.activity",
        ("completed", "corrected"),
        ("completed",),
        None,
    ),
    "volunteering.participants": (
        "volunteering.activity",
        ("completed", "corrected"),
        ("completed",),
        "participants",
    ),
    "volunteering.gatherings_held": (
        "volunteering.gathering",
        ("held", "corrected"),
        ("held",),
        "gatherings",
    ),
    "volunteering.hours_verified": (
        "volunteering.hours",
        ("verified", "voided"),
        ("verified",),
        "hours",
    ),
    "jobfairs.hires": ("jobfairs.hire", ("recorded", "corrected"), ("recorded",), "hires"),
    "supervision.findings_reported": (
        "supervision.finding",
        ("reported", "corrected"),
        ("reported",),
        None,
    ),
    "supervision.findings_closed": (
        "supervision.finding",
        ("closed", "reopened"),
        ("closed",),
        None,
    ),
    "supervision.milestones_reached": (
        "supervision.milestone",
        ("reached", "corrected"),
        ("done",),
        None,
    ),
}
# code → (service, name of the stock, unit, kind of its single records, status in which they count)
STOCKS = {
    "volunteering.stations": ("volunteering", "stations", "station", "station", "open"),
    "volunteering.team_categories": (
        "volunteering",
        "team_categories",
        "category",
        "category",
        None,
    ),
    "volunteering.teams": ("volunteering", "teams", "team", "team", "formed"),
    "volunteering.volunteers_registered": (
        "volunteering",
        "volunteers",
        "person",
        "volunteer",
        "registered",
    ),
    "relief.merchants_registered": ("relief", "merchants", "merchant", "merchant", "registered"),
}
REPORTED = [
    *(f"clinics.{name}" for name in CLINIC_FIGURES),
    *(f"jobfairs.{name}" for name in FAIR_FIGURES),
    *STOCKS,
    "relief.visits_household",
    "relief.visits_merchant",
    "relief.days_to_deliver_median",
    "volunteering.participants",
]
RECORDED = [
    "clinics.clinics_held",
    "jobfairs.fairs_held",
    "supervision.actions_open",
    "relief.orders_open",
    *(f"relief.orders_{verb}" for verb in ("raised", "claimed", "delivered", "confirmed")),
    "relief.orders_overdue",
    *(code for code in COUNTS if code != "volunteering.participants"),
]
CODES = sorted(REPORTED + RECORDED)
LEVELS = ("relief.orders_overdue", "relief.orders_open", "supervision.actions_open", *STOCKS)


MEDIAN = "relief.days_to_deliver_median"


def by_subject(events):
    """Grouped by subject, in order of arrival, as the fold takes them."""
    groups = {}
    for event in events:
        groups.setdefault(event["subject"], []).append(event)
    return list(groups.values())


@dataclass(frozen=True)
class Figure:
    value: Fraction | None
    qualifier: str
    given: int
    total: int


class Oracle:
    """All figures of some facts, the registry among them."""

    def __init__(self, events):
        self.units = {}
        self._events = defaultdict(list)
        for event in sorted(events, key=lambda event: event["subjectsequence"]):
            if event["type"].startswith("supervision.orgunit."):
                state = {"split_from": None} | event["data"]
                self.units[state["code"]] = state
            self._events[event["source"].removeprefix("/warm/")].append(event)

    def cell(self, code, orgunit, week, first=None):
        return cell(self._feeding(code), code, orgunit, week, self.units, first)

    def cumulative(self, code, orgunit, week, first=None):
        return cumulative(self._feeding(code), code, orgunit, week, first)

    def _feeding(self, code):
        return self._events[code.split(".")[0]]


def week_of(event):
    # A fixed offset: the zone had no other in these years.
    return instant(event["time"]).date().isocalendar()[:2]


def day_of(event):
    """The day by which an event is put into a month: the Thursday of a week that is all we know."""
    day = instant(event["time"]).date()
    vague = event["timeprecision"] == "week"
    return day + timedelta(days=3 - day.weekday()) if vague else day


def is_in(event, period):
    """Is the event in the period of this name: 2017-W06, 2017-02, 2017-H1 or 2017?"""
    name = str(period)
    if "W" in name:
        year, week = week_of(event)
        return f"{year}-W{week:02}" == name
    day = day_of(event)
    half = f"{day.year}-H{1 if day.month < 7 else 2}"
    return name in (f"{day:%Y-%m}", half, f"{day:%Y}")


def cell(events, code, orgunit, week, units=None, first=None):
    """The cell of one period, None where no fact feeds it. Of the programme's first period, flows
    count from its first week on."""
    units = units or {unit: registered_unit(unit) for unit in UNITS}
    if code in STOCKS:
        return _stock(events, code, orgunit, week, units)
    if code in LEVELS:
        owners = owners_on(units, str(week.last_day))
        standing = {
            "relief.orders_overdue": _overdue,
            "relief.orders_open": _open_orders,
            "supervision.actions_open": _open,
        }[code](events, week)
        return _counted([1 for event in standing if owners[event["orgunit"]].startswith(orgunit)])
    begins = (first.year, first.number) if first else (0, 0)
    return _flow(
        events, code, orgunit, lambda event: is_in(event, week) and week_of(event) >= begins
    )


def cumulative(events, code, orgunit, week, first=None):
    """Everything from the programme's first week, if any, up to the period; None for levels."""
    begins = (first.year, first.number) if first else (0, 0)
    return _flow(
        events,
        code,
        orgunit,
        lambda event: week_of(event) >= begins and day_of(event) <= week.last_day,
    )


def trend(events, code, orgunit, last, first):
    """Week → cell, of the 26 weeks up to the last one: none before the programme's first."""
    begins = min(first, last).first_day
    days = [last.first_day - timedelta(weeks=number) for number in range(25, -1, -1)]
    weeks = [f"{day:%G-W%V}" for day in days if day >= begins]
    return {
        week: _flow(events, code, orgunit, lambda event, week=week: is_in(event, week))
        for week in weeks
    }


def _flow(events, code, orgunit, counts):
    found = []
    for history in by_subject(events):
        decider = _decider(history, code)
        if decider and counts(decider) and decider["orgunit"].startswith(orgunit):
            found.append(_value(decider, code))
    found = [value for value in found if value is not None]
    if code == MEDIAN:
        return _median(found)
    return _sum(found) if isinstance(next(iter(found), 1), dict) else _counted(found)


def _decider(history, code):
    """The feeding event of the highest version."""
    feeding = [event for event in history if _verb(event) in _feeding(code, event)]
    return max(feeding, key=lambda event: event["subjectsequence"], default=None)


def _verb(event):
    return event["type"].rsplit(".", 1)[1]


def _feeding(code, event):
    kind = event["type"].rsplit(".", 1)[0]
    if code in COUNTS:
        return COUNTS[code][1] if kind == COUNTS[code][0] else ()
    if kind == "jobfairs.fair" and code.startswith("jobfairs."):
        return ("held", "reconciled", "corrected", "closed", "cancelled")
    if kind == "clinics.clinic" and code.startswith("clinics."):
        return ("held", "tallied", "corrected", "cancelled")
    if kind == "relief.visit" and code.startswith("relief.visits_"):
        return ("recorded", "corrected")
    if kind == "relief.order":
        return {
            "relief.orders_raised": ("raised", "corrected"),
            "relief.orders_standing": ("raised", "rejected", "withdrawn", "corrected"),
            "relief.orders_claimed": ("claimed", "released", "corrected"),
            "relief.orders_delivered": ("delivered", "reopened", "corrected"),
            "relief.orders_confirmed": ("confirmed", "reopened", "corrected"),
            "relief.days_to_deliver_median": ("delivered", "reopened", "corrected"),
        }.get(code, ())
    return ()


def _value(event, code):
    data, verb = event["data"], _verb(event)
    if data.get("withdrawn"):
        return None
    if code in COUNTS:
        _, _, statuses, figure = COUNTS[code]
        if data["status"] not in statuses:
            return None
        return data[figure] if figure else 1
    if code.startswith(("clinics.", "jobfairs.")):
        if data["status"] in ("filed", "planned", "cancelled"):
            return None
        figure = code.split(".")[1]
        return 1 if figure in ("clinics_held", "fairs_held") else data[figure]
    if code.startswith("relief.visits_"):
        other = data["kind"] != code.removeprefix("relief.visits_")
        return None if other or data["withdrawn"] else data["visits"]
    if code == "relief.orders_claimed":
        return 1 if data["status"] == "claimed" else None
    if code == "relief.orders_standing":
        return 1 if data["status"] == "raised" else None
    if verb == "reopened" or (verb == "corrected" and code != "relief.orders_raised"):
        return None
    if code == MEDIAN:
        known = data["delivered_on"] and data["raised_on"]
        return (_day(data["delivered_on"]) - _day(data["raised_on"])).days if known else None
    return 1


def _day(text):
    return date.fromisoformat(text)


def _as_of(history, week):
    """The event of the highest version among those that had happened when the week ended. None
    where it says that there never was anything."""
    counting = [event for event in history if _verb(event) != "erased"]
    past = [
        event
        for event in counting
        if day_of(event) <= week.last_day and not _replaced(event, counting)
    ]
    last = max(past, key=lambda event: event["subjectsequence"], default=None)
    return None if last is None or last["data"].get("withdrawn") else last


def _replaced(event, history):
    """Does a correction replace it: was it entered before, with no other beginning between?"""
    begins = BEGINS.get(event["type"].rsplit(".", 1)[0])
    number = event["subjectsequence"]
    corrections = [it["subjectsequence"] for it in history if _verb(it) == "corrected"]
    beginnings = [it["subjectsequence"] for it in history if _verb(it) == begins]
    return begins is not None and any(
        number < correction and not any(number < other < correction for other in beginnings)
        for correction in corrections
    )


def _overdue(events, week):
    for last in _open_orders(events, week):
        if _day(last["data"]["due"]) < week.end.date():
            yield last


def _open_orders(events, week):
    for history in by_subject([e for e in events if e["type"].startswith("relief.order.")]):
        last = _as_of(history, week)
        if last and _is_open(last):
            yield last


def _is_open(event):
    return event["data"]["status"] not in ("confirmed", "rated", "rejected", "withdrawn")


def _open(events, week):
    for history in by_subject([e for e in events if e["type"].startswith("supervision.action.")]):
        last = _as_of(history, week)
        if last and last["data"]["status"] == "assigned":
            yield last


def _stock(events, code, orgunit, week, units):
    """What stands on the land of a unit: declarations, and single records where no declaration
    speaks of their land."""
    service, name, _, kind, status = STOCKS[code]
    now = owners_on(units, str(week.last_day))
    told = [
        event
        for event in _last_of(events, f"{service}.stock.", week)
        if event["data"]["stock"] == name and now[event["orgunit"]].startswith(orgunit)
    ]
    latest = {event["orgunit"]: event for event in sorted(told, key=declared_at)}
    standing = standing_stocks(latest, units, week)
    found = [
        event["data"]["level"]
        for event in standing.values()
        if not spoken_for(event["orgunit"], standing, units)
    ]
    for event in _last_of(events, f"{service}.{kind}.", week):
        land = event["orgunit"]
        covered = land in standing or spoken_for(land, standing, units)
        if now[land].startswith(orgunit) and not covered:
            number = int(event["data"].get("status") == status)
            found.append({"value": str(number), "qualifier": "exact"})
    return _sum(found)


def _last_of(events, prefix, week):
    histories = by_subject([event for event in events if event["type"].startswith(prefix)])
    return [event for history in histories if (event := _as_of(history, week))]


def _counted(found):
    return Figure(Fraction(len(found)), "exact", len(found), len(found)) if found else None


def _median(found):
    size = len(found)
    return Figure(median(map(Fraction, found)), "exact", size, size) if found else None


def _sum(found):
    if not found:
        return None
    given = [part for part in found if part["qualifier"] != "not_stated"]
    value = sum((Fraction(part["value"]) for part in given), Fraction(0)) if given else None
    return Figure(value, _joined({part["qualifier"] for part in given}), len(given), len(found))


def _joined(kinds):
    if len(kinds) < 2:
        return kinds.pop() if kinds else "not_stated"
    return "over" if kinds == {"exact", "over"} else "about"
