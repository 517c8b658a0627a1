"""The briefing's content: everything in it follows from the frozen facts and who did what when."""

from services.supervision.briefing.completeness import completeness
from services.supervision.briefing.provenance import provenance
from services.supervision.briefing.ranking import league
from services.supervision.briefing.sections import follow_up, sections
from services.supervision.briefing.sections.announced import next_week, service_days
from services.supervision.briefing.sections.headlines import headline_table, headlines
from services.supervision.briefing.sections.late import late_events
from services.supervision.briefing.sections.organisation import groups, platforms
from services.supervision.briefing.sections.overlap import overlap
from services.supervision.briefing.sections.rows import named, shortened
from services.supervision.briefing.table import table
from services.supervision.briefing.week import Week
from services.supervision.indicators import INDICATORS, RULES_VERSION
from shared.contracts.envelope import REASONS
from shared.domain import canonical

# Part → what tells it: lists that are cut where they are too long for anybody to read.
LISTS = {
    "platforms": platforms,
    "practices": follow_up.practices,
    "rectification": follow_up.rectification,
    "overdue": follow_up.overdue,
    "actions": follow_up.actions,
    "commitments": follow_up.commitments,
    "plan": next_week,
    "service_days": service_days,
}

# What an issue tells of its own week, beside its figures; the league is of all weeks so far.
OF_THE_WEEK = ("sections", "groups", "overlap", *LISTS, "more")


def fold_week(period, subjects):
    week = Week(period)
    for events in subjects:
        week.add(events)
    return week


def content(week):
    """What the week's facts say: what `content_digest` is made over. No ids, no times of entry."""
    cells = table(week)
    told = {part: shortened(tell(week)) for part, tell in LISTS.items()}
    return {
        "period": str(week.period),
        "cells": cells,
        "sections": sections(week, cells),
        "groups": groups(week),
        "overlap": overlap(week),
        "league": league(week),
        **{part: rows for part, (rows, _) in told.items()},
        "more": {part: more for part, (_, more) in told.items()},
    }


def document(draft, masthead):
    """The whole briefing but for its `digest` and `signature`.

    `masthead` is who prepared, approved and published it, and when.
    """
    return {
        **draft,
        **{name: masthead[name] for name in ("issue", "revision", "replaces", "status")},
        "masthead": {"reason": None, **masthead, **draft["masthead"]},
    }


def draft(week, freeze):
    """The briefing but for who did what when, and what a revision changes; `freeze` says which
    facts it uses."""
    body = content(week)
    district = {
        cell["indicator"]: cell for cell in body["cells"] if cell["orgunit"] == week.district
    }
    return {
        **body,
        "content_digest": canonical.sha256(body),
        "freeze": freeze,
        "masthead": _dates(week),
        "orgunits": _names(week, body["cells"]),
        "completeness": completeness(week, freeze),
        "headlines": headlines(district),
        "headline_table": headline_table(week, district),
        "late": [],
        "late_events": late_events(week),
        "notes": _notes(week, freeze),
        "provenance": provenance(week),
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


def _notes(week, freeze):
    return {
        "rules": RULES_VERSION,
        "events_in_week": week.arrived,
        "first_week": week.is_first,
        "parked": [
            named(REASONS, reason) | {"messages": number}
            for reason, number in sorted(freeze["parked"].items())
        ],
        "unknown_types": [
            {"type": name, "events": number} for name, number in sorted(week.unknown.items())
        ],
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
