"""An oracle: figures computed slowly, straight from the rules, one cell at a time.

And generated histories to compare with it: events of every service and of several units, with many
times close to the beginning or end of a week.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from statistics import median

from hypothesis import strategies as st

from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.jobfairs import FairState
from shared.contracts.fields import Amount, Choice, Day, Flag, Id, Many, Text, Whole, Words
from shared.domain.periods import Period, format_instant, parse_instant
from shared.domain.quantities import not_stated

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
    "corrected": ["raised"],
    "erased": ["confirmed"],
}
CLINIC = {
    "planned": ["planned"],
    "filed": ["filed"],
    "postponed": ["postponed"],
    "held": ["held"],
    "tallied": ["tallied"],
    # Filed again: it was not held after all.
    "corrected": ["held", "tallied", "filed"],
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
FAIR = {
    "planned": ["planned"],
    "opened": ["registration_open"],
    "readied": ["ready"],
    "held": ["held"],
    "reconciled": ["reconciled"],
    "corrected": ["held", "reconciled", "planned"],
    "closed": ["closed"],
    "postponed": ["postponed"],
    "cancelled": ["cancelled"],
}
FAIR_FIGURES = {
    "employers": "employer",
    "vacancies": "vacancy",
    "seekers": "person",
    "intents": "person",
}
# Kinds of which one figure or only the number counts: verb → possible statuses after it.
PLAIN = {
    "volunteering.activity": {
        "published": ["published"],
        "completed": ["completed"],
        "corrected": ["completed", "withdrawn"],
        "cancelled": ["cancelled"],
    },
    "volunteering.gathering": {"held": ["held"], "corrected": ["held", "withdrawn"]},
    "volunteering.hours": {
        "recorded": ["recorded"],
        "verified": ["verified"],
        "voided": ["voided"],
    },
    "volunteering.station": {"opened": ["open"], "closed": ["closed"], "corrected": ["open"]},
    "volunteering.category": {"defined": [None], "corrected": [None]},
    "volunteering.team": {
        "formed": ["formed"],
        "disbanded": ["disbanded"],
        "corrected": ["formed"],
    },
    "volunteering.volunteer": {
        "registered": ["registered"],
        "left": ["left"],
        "corrected": ["registered"],
        "erased": ["left"],
    },
    "relief.merchant": {
        "registered": ["registered"],
        "closed": ["closed"],
        "corrected": ["registered"],
    },
    "jobfairs.hire": {"recorded": ["recorded"], "corrected": ["recorded", "withdrawn"]},
    "supervision.finding": {
        "reported": ["reported"],
        "corrected": ["reported", "duplicate", "withdrawn"],
        "rectified": ["rectified"],
        "closed": ["closed"],
        "reopened": ["reported", "dispatched"],
    },
    "supervision.milestone": {
        "set": ["planned", "in_progress"],
        "reached": ["done"],
        "corrected": ["done", "in_progress"],
    },
    "supervision.action": {
        "assigned": ["assigned"],
        "carried": ["assigned"],
        "closed": ["done", "dropped"],
        "corrected": ["assigned"],
    },
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
    *(f"clinics.{name}" for name in FIGURES),
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
        "channel": "phone",
        "withdrawn": verb == "corrected" and draw(st.booleans()),
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


@st.composite
def fair_data(draw, verb):
    day = draw(days)
    return blank(FairState) | {
        "status": draw(st.sampled_from(FAIR[verb])),
        "planned_for": day,
        "first_planned_for": day,
        **{name: draw(quantities(unit)) for name, unit in FAIR_FIGURES.items()},
    }


def plain_data(kind):
    """Data of a kind in PLAIN: its status and, where a figure is summed, the figure."""

    @st.composite
    def data(draw, verb):
        event_type = EVENT_TYPES[f"{kind}.{verb}"]
        status = draw(st.sampled_from(PLAIN[kind][verb]))
        figures = {
            name: draw(quantities(field.units[0]))
            for name, field in event_type.data().fields.items()
            if isinstance(field, Amount)
        }
        made = blank(event_type.data) | ({"status": status} if status else {}) | figures
        if "withdrawn" in made:
            made["withdrawn"] = verb == "corrected" and draw(st.booleans())
        return made

    return data


def blank(schema):
    """Data of that schema that is as empty as possible."""
    return {name: _blank(field) for name, field in schema().fields.items()}


def _blank(field):
    if field.allow_none:
        return None
    makers = {
        Amount: lambda: not_stated(field.units[0]).to_json(),
        Words: lambda: {"zh": "某事", "en": "something"},
        Choice: lambda: field.choices[0],
        Day: lambda: "2017-01-02",
        Many: list,
        Whole: lambda: field.least,
        Flag: lambda: False,
        Id: lambda: "thing",
        Text: lambda: "某处",
    }
    return next(make for kind, make in makers.items() if isinstance(field, kind))()


def visit_data(verb):
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["household", "merchant"]),
            "visits": quantities("visit"),
            "withdrawn": st.booleans() if verb == "corrected" else st.just(False),
        }
    )


def stock_data(service):
    declared = [stock for stock in STOCKS.values() if stock[0] == service]

    @st.composite
    def data(draw, verb):
        _, name, unit, *_ = draw(st.sampled_from(declared))
        level = draw(quantities(unit))
        return {"stock": name, "level": level, "withdrawn": verb == "withdrawn"}

    return data


KINDS = {
    "relief.order": (ORDER, order_data),
    "relief.visit": (["recorded", "corrected"], visit_data),
    "relief.stock": (["declared", "withdrawn"], stock_data("relief")),
    "volunteering.stock": (["declared", "withdrawn"], stock_data("volunteering")),
    "clinics.clinic": (CLINIC, clinic_data),
    "jobfairs.fair": (FAIR, fair_data),
    **{kind: (verbs, plain_data(kind)) for kind, verbs in PLAIN.items()},
}
SERVICES = sorted({kind.split(".")[0] for kind in KINDS})


@st.composite
def histories(draw, most=8):
    """Events of several subjects, each of one unit."""
    events = []
    for number in range(draw(st.integers(0, most))):
        # By service first: all services are equally likely, however many kinds they have.
        service = draw(st.sampled_from(SERVICES))
        kind = draw(st.sampled_from(sorted(it for it in KINDS if it.startswith(f"{service}."))))
        verbs, data = KINDS[kind]
        orgunit = draw(st.sampled_from(UNITS))
        for version in range(1, draw(st.integers(1, 4)) + 1):
            verb = draw(st.sampled_from(list(verbs)))
            moment = draw(instants)
            events.append(
                {
                    "id": f"{number}-{version}",
                    "source": f"/warm/{kind.split('.')[0]}",
                    "type": f"{kind}.{verb}",
                    "subject": f"subject-{number}",
                    "subjectsequence": version,
                    "sourcesequence": len(events) + 1,
                    "correlationid": f"{number}-{version}",
                    "orgunit": orgunit,
                    "time": moment,
                    "timeprecision": "second",
                    "recordedtime": moment,
                    "data": draw(data(verb)),
                }
            )
    return events


@st.composite
def registries(draw):
    """The units, some of them merged, ended or split off: code → state. What ends has nothing below
    it any more, and goes on in a unit of its level that is valid then, or nowhere."""
    units = {code: registered_unit(code) for code in UNITS}
    # Sub-districts first: nothing begins before the unit above it.
    parts = sorted(draw(st.lists(st.sampled_from(UNITS[1:]), max_size=3, unique=True)), key=len)
    for number, code in enumerate(parts):
        _split(draw, units, code, parts[number:])
    # Communities first.
    leaving = draw(st.lists(st.sampled_from(UNITS[1:]), max_size=4, unique=True))
    for code in sorted(leaving, key=len, reverse=True):
        _end(draw, units, code)
    return units


def registered_unit(code):
    level = {6: "district", 9: "subdistrict", 12: "community"}[len(code)]
    dates = dict.fromkeys(("valid_from", "valid_to", "successor", "split_from"))
    parent = code[:-3] if len(code) > 6 else None
    return {"code": code, "parent": parent, "level": level, "name": code, "retired": False} | dates


def _split(draw, units, code, undecided):
    begins = draw(days)
    origins = [
        other
        for other in _beside(units, code)
        if other not in undecided and _is_valid(units[other], begins, before=1)
    ]
    above = units[units[code]["parent"]]["valid_from"]
    if origins and (not above or above <= begins):
        for unit in units.values():
            if unit["parent"] == code:
                unit["valid_from"] = begins
        units[code] |= {"valid_from": begins, "split_from": draw(st.sampled_from(origins))}


def _end(draw, units, code):
    ends = draw(days)
    below = [unit for unit in units.values() if unit["parent"] == code]
    begins = units[code]["valid_from"]
    origins = [unit for unit in units.values() if unit["split_from"] == code]
    inherited = [unit for unit in units.values() if unit["successor"] == code]
    if (
        any(unit["valid_to"] >= ends for unit in inherited)
        or any(not unit["valid_to"] or unit["valid_to"] > ends for unit in below)
        or (begins and begins >= ends)
        or any(unit["valid_from"] > ends for unit in origins)
    ):
        return
    successors = [other for other in _beside(units, code) if _is_valid(units[other], ends)]
    chosen = draw(st.sampled_from([None, *successors]))
    units[code] |= {"retired": True, "valid_to": ends, "successor": chosen}


def _beside(units, code):
    return [other for other in units if len(other) == len(code) and other != code]


def _is_valid(unit, day, before=0):
    day = str(_day(day) - timedelta(days=before))
    begins, ends = unit["valid_from"], unit["valid_to"]
    return (not begins or begins <= day) and (not ends or day < ends)


def registered(units):
    """The registry as events."""
    return [
        {
            "id": f"unit-{code}",
            "source": "/warm/supervision",
            "type": "supervision.orgunit.registered",
            "subject": code,
            "subjectsequence": 1,
            "sourcesequence": number,
            "correlationid": f"unit-{code}",
            "orgunit": code,
            "time": "2016-01-04T00:00:00+08:00",
            "timeprecision": "second",
            "recordedtime": "2016-01-04T00:00:00+08:00",
            "data": {name: value for name, value in unit.items() if value or name != "split_from"},
        }
        for number, (code, unit) in enumerate(units.items(), 1)
    ]


def by_subject(events):
    """Grouped by subject, in order of arrival, as the fold takes them."""
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

    def cell(self, code, orgunit, week):
        return cell(self._feeding(code), code, orgunit, week, self.units)

    def cumulative(self, code, orgunit, week, first=None):
        return cumulative(self._feeding(code), code, orgunit, week, first)

    def _feeding(self, code):
        return self._events[code.split(".")[0]]


def week_of(event):
    # A fixed offset: the zone had no other in these years.
    return instant(event["time"]).date().isocalendar()[:2]


def cell(events, code, orgunit, week, units=None):
    """The cell of one week, None where no fact feeds it."""
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
    return _flow(events, code, orgunit, {(week.year, week.week)})


def cumulative(events, code, orgunit, week, first=None):
    """Everything from the programme's first week, if any, up to the week; None for levels."""
    begins = (first.year, first.week) if first else (0, 0)
    weeks = {week_of(event) for event in events}
    counted = {item for item in weeks if begins <= item <= (week.year, week.week)}
    return _flow(events, code, orgunit, counted)


def _flow(events, code, orgunit, weeks):
    found = []
    for history in by_subject(events):
        decider = _decider(history, code)
        if decider and week_of(decider) in weeks and decider["orgunit"].startswith(orgunit):
            found.append(_value(decider, code))
    found = [value for value in found if value is not None]
    if code == "relief.days_to_deliver_median":
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
    if verb == "reopened" or (verb == "corrected" and code != "relief.orders_raised"):
        return None
    if code == "relief.days_to_deliver_median":
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
        if instant(event["time"]) < week.end and not _replaced(event, counting)
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


def owners_on(units, day):
    """The land of each unit → the unit that has it at the end of the day: told from the beginning,
    one change after the other."""
    owners = {code: _origins(units, code)[-1] for code in units}
    for _, _, _, change, code in sorted(_changes(units)):
        unit = units[code]
        if change == "begins" and unit["valid_from"] <= day:
            # With the land of what is split off from it later.
            before = owners[code]
            for land, owner in owners.items():
                if owner == before and code in _origins(units, land):
                    owners[land] = code
        if change == "ends" and unit["valid_to"] <= day:
            heir = unit["successor"] or unit["parent"]
            owners |= {land: heir for land, owner in owners.items() if owner == code}
    return owners


def _origins(units, code):
    origin = units[code]["split_from"]
    return [code, *(_origins(units, origin) if origin else [])]


def _changes(units):
    """(day, order on that day, order of levels, what, code)"""
    for code, unit in units.items():
        if unit["split_from"]:
            yield unit["valid_from"], 0, 0, "begins", code
        if unit["valid_to"]:
            yield unit["valid_to"], 1, -len(code), "ends", code


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
    latest = {event["orgunit"]: event for event in sorted(told, key=_declared_at)}
    standing = _standing(latest, units, week)
    found = [
        event["data"]["level"]
        for event in standing.values()
        if not _spoken_for(event["orgunit"], standing, units)
    ]
    for event in _last_of(events, f"{service}.{kind}.", week):
        land = event["orgunit"]
        covered = land in standing or _spoken_for(land, standing, units)
        if now[land].startswith(orgunit) and not covered:
            number = int(event["data"].get("status") == status)
            found.append({"value": str(number), "qualifier": "exact"})
    return _sum(found)


def _declared_at(event):
    return instant(event["time"]), event["subjectsequence"], event["id"]


def _spoken_for(land, declared, units):
    """The declarations of other units that had this land when they were made."""
    return [
        event
        for unit, event in declared.items()
        if unit != land
        and owners_on(units, str(instant(event["time"]).date()))[land].startswith(unit)
    ]


def _standing(latest, units, week):
    """Without what a later declaration speaks for, and without units that nobody goes on with."""
    return {
        unit: event
        for unit, event in latest.items()
        if not _is_void(unit, latest, units, week)
        and all(
            _declared_at(other) < _declared_at(event) for other in _spoken_for(unit, latest, units)
        )
    }


def _is_void(unit, latest, units, week):
    state = units[unit]
    if not state["valid_to"] or state["valid_to"] > str(week.last_day) or state["successor"]:
        return False
    parts = [code for code, part in units.items() if part["split_from"] == unit]
    return all(
        code in latest and str(instant(latest[code]["time"]).date()) >= units[code]["valid_from"]
        for code in parts
    )


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
