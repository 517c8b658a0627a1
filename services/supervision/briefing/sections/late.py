"""What came late: events of earlier weeks; and how the changes of a revision read."""

from services.supervision.briefing.sections.rows import (
    date_of,
    figure,
    in_order,
    pair,
    shortened,
    unit_name,
)
from shared.contracts.envelope import happened
from shared.contracts.events import EVENT_TYPES
from shared.domain.periods import Period

GONE = pair("无", "nothing")


def late_events(week):
    """Events of earlier weeks entered since the last issue's cut-off, the oldest first."""
    rows, more = shortened(in_order([_row(week, event) for event in week.late], "week", "orgunit"))
    return {"rows": rows, "more": more}


def _row(week, event):
    return {
        "week": str(Period.of(happened(event))),
        "orgunit": event["orgunit"],
        "unit": unit_name(week, event["orgunit"]),
        "type": event["type"],
        "what": type_name(event["type"]),
        "happened_on": date_of(event),
        "recorded_on": date_of(event, "recordedtime"),
    }


def type_name(name):
    """In words; of a type that is newer than this program there is only the name."""
    known = EVENT_TYPES.get(name)
    return pair(known.zh, known.en) if known else pair(name, name)


def said(reported):
    """A figure of a change in words; there is none where the cell is new or gone."""
    return GONE if reported is None else figure(reported)
