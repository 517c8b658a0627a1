"""Documents of issues for the forms: of any size, with every kind of figure and awkward names.

A document is drawn by a seed. Its parts that aren't drawn are those of a real week without events.
"""

import copy
from functools import cache
from random import Random

from services.supervision.briefing.assemble import document, draft, fold_week
from services.supervision.indicators import PRESENT
from services.supervision.indicators.declare import Indicator
from services.supervision.indicators.reporting import PERIODS_IN_TREND, TRENDS
from shared.domain.periods import Week
from tests.support.district import naive
from tests.support.masthead import MASTHEAD

WEEK = Week(2017, 6)
DISTRICT = "410103"
FREEZE = {
    "parked": {"not_json": 2},
    "sources": {"relief": 3},
    "incomplete": {},
    "rules": PRESENT.version,
    "renderer": "2",
    "facts": None,
}

# What spreadsheets and XML take for something else.
NAMES = (
    "=1+1",
    "+86 371",
    "-5",
    "@SUM(A1)",
    "＝1+1",
    "'=2",
    "'三里",
    " =3",
    "007",
    "1e5",
    "2017-02-06",
    "TRUE",
    "#N/A",
    "_x0041_",
    '<b>&"五里"</b>',
    "五里堡街道",
    " 两  个 空格 ",
    '逗号,引号"和分号;',
    "𠮷野社区",
)
VALUES = ("0", "1", "2.5", "0.125", "500", "70000", "999999999999999", "123456789012345.678901")
SHORT = VALUES[:6]
LEFT_OUT = ("actions", "late_events", "open_orders", "overdue", "overlap")
# No issue prints more rows of one kind, or more events behind a figure.
MOST, EVENTS = 50, 200
MISSING = ("not_stated", "none", "unknown", "suppressed")


def registered(code, name):
    """The event by which a unit was registered."""
    data = dict.fromkeys(("valid_from", "valid_to", "successor"))
    return {
        "id": f"unit-{code}",
        "source": "/warm/supervision",
        "type": "supervision.orgunit.registered",
        "subject": code,
        "subjectsequence": 1,
        "sourcesequence": 1,
        "orgunit": code,
        "time": "2016-01-01T00:00:00+08:00",
        "timeprecision": "day",
        "recordedtime": "2016-01-01T00:00:00+08:00",
        "data": data
        | {"code": code, "name": name, "parent": code[:-3] or None, "retired": False}
        | ({"parent": None} if code == DISTRICT else {}),
    }


@cache
def _quiet_week(subdistricts, communities):
    codes = units(subdistricts, communities)
    events = [registered(code, f"单位{code}") for code in codes]
    return document(draft(fold_week(WEEK, PRESENT, naive.by_subject(events)), FREEZE), MASTHEAD)


def units(subdistricts, communities):
    """The district, its sub-districts, and so many communities in all."""
    streets = [f"{DISTRICT}{number:03}" for number in range(1, subdistricts + 1)]
    below = [f"{streets[n % subdistricts]}{n // subdistricts + 1:03}" for n in range(communities)]
    return [DISTRICT, *streets, *sorted(below)]


def drawn(seed, subdistricts=3, communities=6, edition="internal", density=0.5):
    """The document with drawn cells, names, occurrences and changes. The district has every cell,
    the other units have the share `density` of them."""
    chance = Random(seed)
    made = copy.deepcopy(_quiet_week(subdistricts, communities))
    codes = units(subdistricts, communities)
    made |= {
        "edition": edition,
        "issue": chance.choice([None, 1, 12]),
        "status": chance.choice(["draft", "provisional", "final"]),
        "revision": 1,
        "orgunits": {code: chance.choice(NAMES) for code in codes},
        "digest": f"{seed:064}",
        "keyid": "0123456789abcdef",
    }
    made["masthead"]["district_name"] = made["orgunits"][DISTRICT]
    declared = PRESENT.indicators
    keys = [(code, unit) for code in sorted(declared) for unit in codes]
    made["cells"] = [
        _cell(chance, declared[code], unit)
        for code, unit in keys
        if unit == DISTRICT or chance.random() < density
    ]
    made["headline_table"] = [
        _headline_row(chance, cell) for cell in made["cells"] if cell["orgunit"] == DISTRICT
    ]
    changed = chance.sample(made["cells"], 3)
    made["late"] = [_change(chance, cell) for cell in changed]
    made["late_events"] = {"more": 2, "rows": [_late_event(chance, cell) for cell in changed]}
    made["sections"][2]["items"] = [_clinic(chance, unit) for unit in codes[:4]]
    made["sections"][3]["items"] = [_fair(chance, unit) for unit in codes[:2]]
    made["sections"][0]["lines"][0]["beside"] = _figure(chance, "station")
    made["trends"] = [_trend(chance, code) for code in TRENDS]
    return _public(made) if edition == "public" else made


def _public(made):
    """The shape of a public edition: what it leaves out is empty, and counts are null."""
    made["left_out"] = list(LEFT_OUT)
    made |= {part: [] for part in ("actions", "open_orders", "overdue")}
    made["late_events"] = {"rows": [], "more": 0}
    made["overlap"] = {"rows": [], "told": 0, "occasions": 0}
    made["notes"] |= {"events_in_week": None, "public": {"zh": "公开版：…", "en": "Public: …"}}
    for row in made["completeness"]["services"]:
        row["events"] = None
    for cell in made["cells"]:
        if cell["status"] == "suppressed":
            cell |= {"numerator": None, "denominator": None}
    for found in made["provenance"].values():
        found |= {"events": [], "left_out": None}
    return made


def large(seed):
    """The fullest week of a district with 17 sub-districts and 176 communities: a cell of every
    indicator in every unit, and lists as long as an issue prints them."""
    chance, made = Random(seed), drawn(seed, 17, 176, density=1.0)
    codes = [*made["orgunits"]]
    for section in made["sections"]:
        section["items"] = [_clinic(chance, chance.choice(codes)) for _ in range(3 * MOST)]
    for part in ("overdue", "open_orders"):
        made[part] = [_due(chance, chance.choice(codes)) for _ in range(MOST)]
    made["late"] = [_change(chance, cell) for cell in made["cells"][::10]]
    made["late_events"]["rows"] = [_late_event(chance, cell) for cell in made["cells"][:MOST]]
    made["provenance"] = {
        code: {"events": [_event(chance, n, chance.choice(codes)) for n in range(EVENTS)]}
        | {"left_out": 1000}
        for code in PRESENT.indicators
    }
    return made


def _due(chance, unit):
    return {
        "kind": {"zh": "诉求", "en": "order"},
        "orgunit": unit,
        "unit": chance.choice(NAMES),
        "what": {"zh": "生活物资", "en": "daily necessities"},
        "due": "2017-02-03",
        "days_late": 9,
        "responsible": [chance.choice(NAMES)],
        "waiting_for": None,
        "unconfirmed": False,
    }


def _event(chance, number, unit):
    return {
        "id": f"{number:08x}-5cc9-5ff9-bb2b-{chance.randrange(16**12):012x}",
        "type": "relief.order.delivered",
        "orgunit": unit,
        "time": "2017-02-09T00:00:00+08:00",
        "timeprecision": "day",
        "value": {"zh": "1单", "en": "1 order"},
    }


def _shown(chance, values=VALUES):
    if chance.random() < 0.3:
        reason = chance.choice(MISSING)
        kind = "suppressed" if reason == "suppressed" else "not_stated"
        return {"value": None, "qualifier": kind, "status": reason}
    return {
        "value": chance.choice(values),
        "qualifier": chance.choice(["exact", "over", "about", "at_most"]),
        "status": chance.choice(["complete", "partly_stated"]),
    }


def _figure(chance, unit):
    shown = _shown(chance)
    del shown["status"]
    return shown | {"unit": unit, "zh": "若干", "en": "some"}


def _cell(chance, indicator: Indicator, unit):
    return {
        "indicator": indicator.code,
        "orgunit": unit,
        **_shown(chance),
        "unit": indicator.unit,
        "numerator": str(chance.randrange(5)),
        "denominator": str(5 + chance.randrange(5)),
        "previous": chance.choice([None, _shown(chance)]),
        "cumulative": chance.choice([None, _shown(chance)]),
    }


def _trend(chance, code):
    """Figures that fit into a column of a printed table."""
    rows, week = [], WEEK
    for _ in range(PERIODS_IN_TREND[Week]):
        rows.insert(0, {"period": str(week)} | _shown(chance, SHORT))
        week = week.previous()
    return {"indicator": code, "weeks": rows}


def _headline_row(chance, cell):
    def column(shown):
        words = {"zh": "若干", "en": "some"}
        if shown is None:
            return {"value": None, "qualifier": None, "zh": "—", "en": "—"}
        return {name: shown[name] for name in ("value", "qualifier")} | words

    mean = chance.choice(
        [
            {"value": "2.25", "qualifier": "about", "zh": "约2.25", "en": "about 2.25"},
            {"value": None, "qualifier": None, "zh": "不适用", "en": "n/a"},
            {"value": None, "qualifier": "suppressed", "zh": "不公布", "en": "not published"},
        ]
    )
    indicator = PRESENT.indicators[cell["indicator"]]
    return {
        "indicator": cell["indicator"],
        "label": {"zh": indicator.zh, "en": indicator.en},
        "unit": cell["unit"],
        "this": column(cell),
        "last": column(cell["previous"]) | {"issued": chance.choice([None, column(cell)])},
        "change": {"zh": "与上周持平", "en": "as last week"},
        "mean": mean,
        "cumulative": column(cell["cumulative"]),
    }


def _change(chance, cell):
    return {
        "indicator": cell["indicator"],
        "orgunit": cell["orgunit"],
        "old": chance.choice([None, _side(chance, cell["unit"])]),
        "new": _side(chance, cell["unit"]),
        "because": [
            {
                "id": "event-1",
                "type": "relief.order.corrected",
                "recordedtime": "2017-02-15T08:00:00Z",
                "reason": chance.choice([None, *NAMES]),
            }
        ],
    }


def _side(chance, unit):
    return {name: part for name, part in _figure(chance, unit).items() if name not in ("zh", "en")}


def _late_event(chance, cell):
    change = {
        "indicator": cell["indicator"],
        "week": "2017-W05",
        "unit": "单位",
        "old": chance.choice([{"zh": "无", "en": "nothing"}, _figure(chance, cell["unit"])]),
        "new": _figure(chance, cell["unit"]),
    }
    return {
        "reason": chance.choice([None, *NAMES]),
        "figures": [change],
        "week": "2017-W05",
        "orgunit": cell["orgunit"],
        "unit": chance.choice(NAMES),
        "type": "relief.order.corrected",
        "what": {"zh": "点单更正", "en": "order corrected"},
        "before_programme": chance.random() < 0.5,
        "happened_on": chance.choice([None, "2017-02-01"]),
        "recorded_on": "2017-02-14",
    }


def _item(chance, unit, kind, **facts):
    name = chance.choice(NAMES)
    return {
        "kind": kind,
        "orgunit": unit,
        "unit": name,
        "held_on": chance.choice([None, "2017-02-09"]),
        "said": {"zh": name, "en": name},
        "details": [{"zh": name, "en": name}],
        **facts,
    }


def _clinic(chance, unit):
    figures = {
        "staff": _figure(chance, "person"),
        "consultations": _figure(chance, "person_time"),
        "hours": _figure(chance, "hour"),
    }
    return _item(chance, unit, "clinic", venue="广场", figures=figures)


def _fair(chance, unit):
    postings = [
        {"employer": chance.choice(NAMES), "job": "保安", "openings": _figure(chance, "vacancy")}
    ]
    return _item(chance, unit, "fair", figures={"seekers": _figure(chance, "person")}) | {
        "postings": postings
    }
