"""Figures the slow way: straight from the rules, one cell at a time, as an oracle.

And generated histories to hold against it: orders, visits, clinics and stocks of several units,
with times that crowd around the edges of weeks.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from statistics import median

from hypothesis import strategies as st

from shared.periods import Period, format_instant, parse_instant

UNITS = ("410103", "410103006", "410103006001", "410103006002", "410103016", "410103016009")
WEEKS = [Period(2016, 51), Period(2016, 52), Period(2017, 1), Period(2017, 2)]

ORDER = {
    "raised": ["raised"],
    "claimed": ["raised", "claimed"],
    "released": ["raised"],
    "delivered": ["delivered"],
    "confirmed": ["confirmed"],
    "rated": ["rated"],
    "rejected": ["rejected"],
    "withdrawn": ["withdrawn"],
    "reopened": ["claimed"],
}
CLINIC = {
    "planned": ["planned"],
    "filed": ["filed"],
    "postponed": ["postponed"],
    "held": ["held"],
    "tallied": ["tallied"],
    "corrected": ["held", "tallied"],
    "cancelled": ["cancelled"],
}
FIGURES = {
    "institutions": "institution",
    "departments": "department",
    "staff": "person",
    "consultations": "person_time",
    "prescriptions": "prescription",
    "leaflets": "leaflet",
}
REPORTED = [f"clinics.{name}" for name in FIGURES] + [
    "relief.visits_household",
    "relief.visits_merchant",
    "relief.merchants_registered",
    "relief.days_to_deliver_median",
]
RECORDED = ["clinics.clinics_held"] + [
    f"relief.orders_{verb}" for verb in ("raised", "claimed", "delivered", "confirmed", "overdue")
]
CODES = sorted(REPORTED + RECORDED)
LEVELS = ("relief.orders_overdue", "relief.merchants_registered")


instant = cache(parse_instant)

# --- generated histories

instants = st.builds(
    lambda week, offset: format_instant(week.start + offset),
    st.sampled_from([*WEEKS, WEEKS[-1].next()]),
    st.sampled_from([timedelta(milliseconds=-1), timedelta(0), timedelta(milliseconds=1)])
    | st.timedeltas(timedelta(0), timedelta(days=7)),
)
days = st.sampled_from(
    [str(WEEKS[0].first_day + timedelta(days=number)) for number in range(-3, 35)]
)


def quantities(unit):
    values = st.sampled_from(["0", "1", "20", "200", "2.5"])
    qualifiers = st.sampled_from(["exact", "exact", "over", "about", "at_most"])
    missing = {"value": None, "qualifier": "not_stated", "unit": unit, "stated": None}
    return st.builds(
        lambda value, qualifier: missing | {"value": value, "qualifier": qualifier},
        values,
        qualifiers,
    ) | st.just(missing)


@st.composite
def order_data(draw, verb):
    raised, delivered = sorted([draw(days), draw(days)])
    return {
        "status": draw(st.sampled_from(ORDER[verb])),
        "raised_on": raised,
        "delivered_on": delivered if verb in ("delivered", "confirmed", "rated") else None,
        "due": draw(days),
        "items": [],
        "category": "daily_necessities",
    }


@st.composite
def clinic_data(draw, verb):
    figures = {name: draw(quantities(unit)) for name, unit in FIGURES.items()}
    day = draw(days)
    return {
        "status": draw(st.sampled_from(CLINIC[verb])),
        "planned_for": day,
        "first_planned_for": day,
        "held_on": day,
        "venue": "门诊楼广场",
        "hours": draw(quantities("hour")),
        "reason": None,
        **figures,
        **{name: [] for name in ("named_institutions", "named_departments", "services")},
        **{name: [] for name in ("next_steps", "warnings")},
    }


def visit_data(verb):
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["household", "merchant"]),
            "visits": quantities("visit"),
            "withdrawn": st.booleans() if verb == "corrected" else st.just(False),
        }
    )


def stock_data(verb):
    return st.fixed_dictionaries({"stock": st.just("merchants"), "level": quantities("merchant")})


KINDS = {
    "relief.order": (ORDER, order_data),
    "relief.visit": (["recorded", "corrected"], visit_data),
    "relief.stock": (["declared"], stock_data),
    "clinics.clinic": (CLINIC, clinic_data),
}


@st.composite
def histories(draw, most=6):
    """Events of several subjects, each of one unit."""
    events = []
    for number in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        verbs, data = KINDS[kind]
        orgunit = draw(st.sampled_from(UNITS))
        for version in range(1, draw(st.integers(1, 4)) + 1):
            verb = draw(st.sampled_from(list(verbs)))
            events.append(
                {
                    "id": f"{number}-{version}",
                    "source": f"/warm/{kind.split('.')[0]}",
                    "type": f"{kind}.{verb}",
                    "subject": f"subject-{number}",
                    "subjectsequence": version,
                    "orgunit": orgunit,
                    "time": draw(instants),
                    "data": draw(data(verb)),
                }
            )
    return events


def by_subject(events):
    """As the facts are handed over: grouped by subject, in order of arrival."""
    groups = {}
    for event in events:
        groups.setdefault(event["subject"], []).append(event)
    return list(groups.values())


# --- the oracle


@dataclass(frozen=True)
class Figure:
    value: Fraction | None
    qualifier: str
    given: int
    total: int


def week_of(event):
    # A fixed offset: the zone had no other in these years.
    return instant(event["time"]).date().isocalendar()[:2]


def cell(events, code, orgunit, week):
    """The cell of one week, None where no fact feeds it."""
    if code == "relief.merchants_registered":
        return _stock(events, orgunit, week)
    if code == "relief.orders_overdue":
        found = [1 for event in _overdue(events, week) if event["orgunit"].startswith(orgunit)]
        return _counted(found)
    return _flow(events, code, orgunit, {(week.year, week.week)})


def cumulative(events, code, orgunit, week):
    """Everything up to the week; None for levels."""
    weeks = {week_of(event) for event in events}
    return _flow(events, code, orgunit, {item for item in weeks if item <= (week.year, week.week)})


def _flow(events, code, orgunit, weeks):
    found = []
    for history in by_subject(events):
        decider = _decider(history, code)
        if decider and week_of(decider) in weeks and decider["orgunit"].startswith(orgunit):
            found.append(_value(decider, code))
    found = [value for value in found if value is not None]
    if code == "relief.days_to_deliver_median":
        return _median(found)
    return _counted(found) if code in RECORDED else _sum(found)


def _decider(history, code):
    """The feeding event of the highest version."""
    feeding = [event for event in history if _verb(event) in _feeding(code, event)]
    return max(feeding, key=lambda event: event["subjectsequence"], default=None)


def _verb(event):
    return event["type"].rsplit(".", 1)[1]


def _feeding(code, event):
    kind = event["type"].rsplit(".", 1)[0]
    if kind == "clinics.clinic" and code.startswith("clinics."):
        return ("held", "tallied", "corrected", "cancelled")
    if kind == "relief.visit" and code.startswith("relief.visits_"):
        return ("recorded", "corrected")
    if kind == "relief.order":
        return {
            "relief.orders_raised": ("raised",),
            "relief.orders_claimed": ("claimed", "released"),
            "relief.orders_delivered": ("delivered", "reopened"),
            "relief.orders_confirmed": ("confirmed", "reopened"),
            "relief.days_to_deliver_median": ("delivered", "reopened"),
        }.get(code, ())
    return ()


def _value(event, code):
    data, verb = event["data"], _verb(event)
    if code.startswith("clinics."):
        if verb == "cancelled":
            return None
        return 1 if code == "clinics.clinics_held" else data[code.removeprefix("clinics.")]
    if code.startswith("relief.visits_"):
        other = data["kind"] != code.removeprefix("relief.visits_")
        return None if other or data["withdrawn"] else data["visits"]
    if code == "relief.orders_claimed":
        return 1 if data["status"] == "claimed" else None
    if verb == "reopened":
        return None
    if code == "relief.days_to_deliver_median":
        return (_day(data["delivered_on"]) - _day(data["raised_on"])).days
    return 1


def _day(text):
    return date.fromisoformat(text)


def _as_of(history, week):
    """The event of the highest version among those that had happened when the week ended."""
    past = [event for event in history if instant(event["time"]) < week.end]
    return max(past, key=lambda event: event["subjectsequence"], default=None)


def _overdue(events, week):
    for history in by_subject([e for e in events if e["type"].startswith("relief.order.")]):
        last = _as_of(history, week)
        if last and _is_open(last) and _day(last["data"]["due"]) < week.end.date():
            yield last


def _is_open(event):
    return event["data"]["status"] not in ("confirmed", "rated", "rejected", "withdrawn")


def _stock(events, orgunit, week):
    """A unit's own latest declaration stands; without one, what stands in the units below."""
    declared = [e for e in events if e["type"] == "relief.stock.declared"]
    standing = [_as_of(history, week) for history in by_subject(declared)]
    parts = _standing([event for event in standing if event], orgunit)
    return _sum([event["data"]["level"] for event in parts])


def _standing(declared, orgunit):
    own = [event for event in declared if event["orgunit"] == orgunit]
    if own:
        return [max(own, key=lambda e: (instant(e["time"]), e["subjectsequence"], e["id"]))]
    children = [u for u in UNITS if u.startswith(orgunit) and len(u) == len(orgunit) + 3]
    return [event for child in children for event in _standing(declared, child)]


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
