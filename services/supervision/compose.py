"""The briefing's content: everything in it follows from the frozen facts and who did what when."""

from services.supervision.indicators import INDICATORS, RULES_VERSION
from services.supervision.sentences import clinic_item, headline, line
from services.supervision.table import table
from services.supervision.week import Week
from shared import canonical
from shared.events.relief import ORDER_CATEGORIES
from shared.orgunits import path
from shared.topology import SERVICES

SECTIONS = {
    "relief": {"zh": "点单与走访", "en": "Orders and visits"},
    "clinics": {"zh": "义诊", "en": "Free clinics"},
}

# What a section may tell besides its figures.
DETAILS = ("items", "not_held", "postponed", "cancelled")

HEADLINES = (
    "relief.orders_delivered",
    "relief.orders_overdue",
    "clinics.clinics_held",
    "clinics.consultations",
)


def fold_week(period, subjects):
    week = Week(period)
    for events in subjects:
        week.add(events)
    return week


def content(week):
    """Figures and sections: what `content_digest` is made over. No ids, no clock times."""
    cells = table(week)
    return {
        "period": str(week.period),
        "cells": cells,
        "sections": [_section(service, week, cells) for service in SECTIONS],
    }


def document(week, freeze, masthead):
    """The whole briefing but for its `digest` and `signature`.

    `masthead` is who prepared, approved and published it, and when; `freeze` which facts it uses.
    """
    body = content(week)
    district = [cell for cell in body["cells"] if cell["orgunit"] == week.district]
    by_code = {cell["indicator"]: cell for cell in district}
    return {
        **body,
        **{name: masthead[name] for name in ("issue", "revision", "replaces", "status")},
        "content_digest": canonical.sha256(body),
        "freeze": freeze,
        "masthead": {**masthead, **_dates(week)},
        "orgunits": _names(week, body["cells"]),
        "completeness": _completeness(freeze),
        "headlines": [headline(by_code[code]) for code in HEADLINES],
        "league": [],
        "overdue": _overdue(week),
        "actions": [],
        "plan": _plan(week),
        "late": [],
        "notes": _notes(week),
    }


def _dates(week):
    period = week.period
    return {
        "district": week.district,
        "district_name": week.units[week.district]["name"],
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "cutoff": period.cutoff.isoformat(),
    }


def _names(week, cells):
    """Names as they were: an old issue keeps the old names."""
    codes = {cell["orgunit"] for cell in cells}
    return {code: week.units[code]["name"] for code in sorted(codes) if code in week.units}


def _completeness(freeze):
    return [
        {
            "service": service,
            "complete": service not in freeze["incomplete"],
            "events": freeze["sources"][service],
        }
        for service in SERVICES
    ]


def _section(service, week, cells):
    district = {cell["indicator"]: cell for cell in cells if cell["orgunit"] == week.district}
    own = [district[code] for code, item in INDICATORS.items() if item.service == service]
    details = _clinics(week) if service == "clinics" else dict.fromkeys(DETAILS, [])
    return {
        "service": service,
        "title": SECTIONS[service],
        "lines": [line(cell) for cell in own],
        **details,
    }


def _clinics(week):
    """What took place, and what was announced and didn't: as it stood at the week's end."""
    held = week.events_of("clinics.clinics_held")
    return {
        "items": [clinic_item(event, _unit_name(week, event["orgunit"])) for event in held],
        "not_held": [_planned(week, event) for event in _due(week, week.period)],
        "postponed": _called_off(week, week.postponed),
        "cancelled": _called_off(week, week.called_off),
    }


def _unit_name(week, code):
    """The unit with those above it, without the district: 五里堡街道 or 金水源街道东胡垌村."""
    names = [week.units[unit]["name"] for unit in path(code)[:-1] if unit in week.units]
    return "".join(reversed(names)) or week.units[code]["name"]


def _overdue(week):
    """Orders past their promise, oldest first, with who is responsible."""
    rows = [
        {
            "orgunit": event["orgunit"],
            "unit": _unit_name(week, event["orgunit"]),
            "category": event["data"]["category"],
            "category_name": dict(
                zip(("zh", "en"), ORDER_CATEGORIES[event["data"]["category"]], strict=True)
            ),
            "due": event["data"]["due"],
            "responsible": sorted(
                {item["claimed_by"] for item in event["data"]["items"] if item.get("claimed_by")}
            ),
        }
        for event in week.events_of("relief.orders_overdue")
    ]
    return sorted(rows, key=lambda row: (row["due"], row["orgunit"]))


def _plan(week):
    """Clinics announced for the week after."""
    return [_planned(week, event) for event in _due(week, week.period.next())]


def _due(week, period):
    first, last = period.first_day.isoformat(), period.last_day.isoformat()
    found = [event for event in week.planned if first <= event["data"]["planned_for"] <= last]
    return sorted(found, key=_place_and_day)


def _place_and_day(event):
    return event["data"]["planned_for"], event["orgunit"], event["data"]["venue"]


def _planned(week, event):
    names = ("planned_for", "first_planned_for", "venue", "status")
    return {"orgunit": event["orgunit"], "unit": _unit_name(week, event["orgunit"])} | {
        name: event["data"][name] for name in names
    }


def _called_off(week, events):
    return [
        _planned(week, event) | {"reason": event["data"].get("reason")}
        for event in sorted(events, key=_place_and_day)
    ]


def _notes(week):
    return {
        "rules": RULES_VERSION,
        "events_in_week": week.arrived,
        "definitions": [
            {
                "indicator": code,
                "unit": item.unit,
                "label": {"zh": item.zh, "en": item.en},
                "definition": {"zh": item.definition_zh, "en": item.definition_en},
            }
            for code, item in INDICATORS.items()
        ],
    }
