"""Generated histories: events of every service and of several units, with many times close to the
beginning or end of a week."""

import json
import re
from datetime import date, timedelta

from hypothesis import strategies as st

from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.jobfairs import FairState
from shared.contracts.fields import Amount, Choice, Day, Flag, Id, Many, Text, Whole, Words
from shared.contracts.fields import Week as WeekField
from shared.domain.periods import Week, format_instant, parse_instant
from shared.domain.quantities import not_stated
from tests.support.district.area import UNITS
from tests.support.district.naive import CLINIC_FIGURES, FAIR_FIGURES, STOCKS

WEEKS = [Week(2016, 51), Week(2016, 52), Week(2017, 1), Week(2017, 2)]

ORDER = {
    "raised": ["raised"],
    "claimed": ["raised", "claimed"],
    "released": ["raised"],
    "due_settled": ["raised", "claimed", "delivered"],
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


instants = st.builds(
    lambda week, offset: format_instant(week.start + offset),
    st.sampled_from([*WEEKS, WEEKS[-1].next()]),
    st.sampled_from([timedelta(milliseconds=-1), timedelta(0), timedelta(milliseconds=1)])
    | st.timedeltas(timedelta(0), timedelta(days=7)),
)
days = st.sampled_from(
    [str(WEEKS[0].first_day + timedelta(days=number)) for number in range(-3, 35)]
)


precisions = st.sampled_from(["second", "second", "second", "week"])


def week_start(text):
    """The instant of a fact that is known only to the week of this one."""
    return format_instant(Week.of(parse_instant(text)).start)


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
    figures = {name: draw(quantities(unit)) for name, unit in CLINIC_FIGURES.items()}
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
        WeekField: lambda: "2017-W01",
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
            entered, precision = draw(instants), draw(precisions)
            moment = week_start(entered) if precision == "week" else entered
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
                    "timeprecision": precision,
                    "recordedtime": entered,
                    "data": draw(data(verb)),
                }
            )
    return events


def moved(events, weeks):
    """The same events, so many weeks later, with every day and week that they name."""

    def later(found):
        text = found[0]
        if "W" in text:
            period = Week.parse(text).first_day + timedelta(weeks=weeks)
            return str(Week.of_day(period))
        return str(date.fromisoformat(text) + timedelta(weeks=weeks))

    return json.loads(re.sub(r"[0-9]{4}-(W[0-9]{2}|[0-9]{2}-[0-9]{2})", later, json.dumps(events)))
