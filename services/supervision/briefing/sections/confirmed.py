"""Unlikely values that somebody has confirmed: the office reads them once more."""

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.late import type_name
from services.supervision.briefing.sections.rows import (
    date_of,
    in_order,
    pair,
    shortened,
    unit_name,
)
from shared.contracts.event_times import period_of
from shared.contracts.plausibility import words
from shared.domain.types import Event, Json


def confirmed_values(week: FoldedWeek) -> Json:
    """What was confirmed of the period, or of earlier ones since the last cut-off, by day."""
    rows, more = shortened(
        in_order([_row(week, event) for event in week.confirmed], "week", "happened_on", "orgunit")
    )
    return {"rows": rows, "more": more}


def _row(week: FoldedWeek, event: Event) -> Json:
    service = event["source"].rsplit("/", 1)[1]
    codes = event["confirmed"].split(",")
    return {
        "week": str(period_of(event, week.kind)),
        "orgunit": event["orgunit"],
        "unit": unit_name(week, event["orgunit"]),
        "type": event["type"],
        "what": type_name(event["type"]),
        "happened_on": date_of(event),
        "rules": [{"code": code, **pair(*words(service, code))} for code in codes],
    }
