"""The briefing's content. It depends on the frozen facts, and on who did what and when."""

from collections.abc import Callable, Iterable
from typing import Any

from services.supervision.briefing.assessment_part import assessment_part, without_ids
from services.supervision.briefing.completeness import completeness
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.period_words import pair_of_kind
from services.supervision.briefing.provenance import provenance
from services.supervision.briefing.ranking import league
from services.supervision.briefing.sections import follow_up, sections
from services.supervision.briefing.sections.announced import next_week, service_days
from services.supervision.briefing.sections.commendation import commendation_part
from services.supervision.briefing.sections.confirmed import confirmed_values
from services.supervision.briefing.sections.headlines import headline_table, headlines, mean_begins
from services.supervision.briefing.sections.late import late_events
from services.supervision.briefing.sections.organisation import groups, platforms
from services.supervision.briefing.sections.overlap import overlap
from services.supervision.briefing.sections.planned import planned
from services.supervision.briefing.sections.rows import named, shortened
from services.supervision.briefing.sections.trends import trends
from services.supervision.briefing.table import table
from services.supervision.indicators.declare import Indicator
from services.supervision.indicators.rules import Rules
from shared.contracts.envelope import REASONS
from shared.contracts.series import series_of
from shared.domain import canonical
from shared.domain.periods import Period, Week
from shared.domain.report_periods import HalfYear, Year
from shared.domain.types import Event, Json

# Part → the function that makes its rows. Long lists are shortened.
LISTS: dict[str, Callable[[FoldedWeek], list[Json]]] = {
    "platforms": platforms,
    "practices": follow_up.practices,
    "rectification": follow_up.rectification,
    "overdue": follow_up.overdue,
    "open_orders": follow_up.open_orders,
    "actions": follow_up.actions,
    "commitments": follow_up.commitments,
    "plan": next_week,
    "service_days": service_days,
}

# Those that only reports on longer periods have.
LISTS_OF_LONGER: dict[str, Callable[[FoldedWeek], list[Json]]] = {
    "planned": planned,
    "rectified": follow_up.rectified,
}

ASSESSMENT = "assessment"
# Kind of period → the part that only its reports have, and the function that makes it.
OWN_PARTS: dict[type[Period], tuple[str, Callable[[FoldedWeek], Json]]] = {
    HalfYear: (ASSESSMENT, assessment_part),
    Year: ("commendation", lambda year: commendation_part(year, year.nominations)),
}

# The parts that depend on the period alone, beside its figures. The league counts all periods so
# far, and the trends have some periods before it.
WEEK_PARTS = (
    *("sections", "groups", "overlap", *LISTS, *LISTS_OF_LONGER, "more"),
    *(name for name, _ in OWN_PARTS.values()),
)
# The content that follows from the period's facts, over which `content_digest` is made.
CONTENT = ("period", "cells", "trends", "league", *WEEK_PARTS)


def fold_week(period: Period, rules: Rules, subjects: Iterable[list[Event]]) -> FoldedWeek:
    week = FoldedWeek(period, rules)
    for events in subjects:
        week.add(events)
    return week


def content(week: FoldedWeek) -> Json:
    """The content that follows from the week's facts, over which `content_digest` is made: but for
    some of OWN_PARTS without ids and times of entry."""
    cells = table(week)
    made = LISTS if week.kind is Week else LISTS | LISTS_OF_LONGER
    lists = {part: shortened(make(week)) for part, make in made.items()}
    return {
        "period": str(week.period),
        "cells": cells,
        "trends": trends(week),
        "sections": sections(week, cells),
        "groups": groups(week),
        "overlap": overlap(week),
        "league": league(week),
        **{part: rows for part, (rows, _) in lists.items()},
        "more": {part: more for part, (_, more) in lists.items()},
        **_own_part(week),
    }


def _own_part(week: FoldedWeek) -> Json:
    if week.kind not in OWN_PARTS:
        return {}
    name, make = OWN_PARTS[week.kind]
    return {name: make(week)}


def content_of(document: Json) -> Json:
    """The content of a document: not every kind of report, nor every release, has all parts."""
    return {name: said(document, name) for name in CONTENT if name in document}


def said(document: Json, part: str) -> Any:
    """A part as it is compared and digested: without ids of what was entered. None where the
    document doesn't have it."""
    return without_ids(document.get(part)) if part == ASSESSMENT else document.get(part)


def document(draft: Json, masthead: Json) -> Json:
    """The whole briefing without `digest` and `signature`.

    `masthead` says who prepared, approved and published it, and when.
    """
    return {
        **draft,
        **{name: masthead[name] for name in ("issue", "revision", "replaces", "status")},
        "masthead": {"reason": None, **masthead, **draft["masthead"]},
    }


def draft(week: FoldedWeek, freeze: Json, last_week: Json | None = None) -> Json:
    """The briefing without its masthead and without the changes of a revision.

    `freeze` says which facts it uses, and which issue of the week before is `last_week`. The
    registry has to be loaded.
    """
    body = content(week)
    district = {
        cell["indicator"]: cell for cell in body["cells"] if cell["orgunit"] == week.district
    }
    reports = completeness(week, freeze)
    return {
        **body,
        "series": series_of(week.period).name,
        "content_digest": canonical.sha256(content_of(body)),
        "freeze": freeze,
        "masthead": _dates(week),
        "orgunits": _names(week, body["cells"]),
        "completeness": reports,
        "headlines": headlines(week, district, reports),
        # The main points that a person has put in other words.
        "edited_points": [],
        "headline_table": headline_table(week, district, last_week),
        "late": [],
        # Of a revision: the parts that read differently, beside the figures of `late`.
        "changed_parts": [],
        # Of a revision under newer rules: those of the issue that it replaces.
        "rules_before": None,
        "late_events": late_events(week),
        "notes": _notes(week, freeze),
        "provenance": provenance(week),
    }


def _dates(week: FoldedWeek) -> Json:
    period = week.period
    return {
        "district": week.district,
        "district_name": week.units[week.district]["name"],
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "cutoff": period.cutoff.isoformat(),
    }


def _names(week: FoldedWeek, cells: Iterable[Json]) -> dict[str, str]:
    """The names that the units had in the week."""
    codes = {cell["orgunit"] for cell in cells}
    return {code: week.units[code]["name"] for code in sorted(codes) if code in week.units}


def _notes(week: FoldedWeek, freeze: Json) -> Json:
    return {
        "rules": week.rules.version,
        "events_in_week": week.events_in_week,
        "first_week": week.is_first,
        "mean_begins": mean_begins(week),
        "parked": [
            named(REASONS, reason) | {"messages": number}
            for reason, number in sorted(freeze["parked"].items())
        ],
        "unknown_types": [
            {"type": name, "events": number} for name, number in sorted(week.unknown.items())
        ],
        **({} if week.kind is Week else {"known_to_week": week.known_to_week.part()}),
        "confirmed": confirmed_values(week),
        "definitions": [_definition(week, item) for item in week.rules.indicators.values()],
    }


def _definition(week: FoldedWeek, item: Indicator) -> Json:
    zh, en = pair_of_kind((item.definition_zh, item.definition_en), week.kind)
    return {
        "indicator": item.code,
        "unit": item.unit,
        "label": {"zh": item.zh, "en": item.en},
        "definition": {"zh": zh, "en": en},
    }
