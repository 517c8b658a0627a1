"""Late arrivals: events of earlier weeks; and the words for the changes of a revision."""

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.rows import (
    Words,
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
from shared.domain.types import Event, Json

GONE = pair("无", "nothing")


def late_events(week: FoldedWeek) -> Json:
    """Events of earlier weeks that were entered since the last cut-off, the oldest first."""
    rows, more = shortened(in_order([_row(week, event) for event in week.late], "week", "orgunit"))
    return {"rows": rows, "more": more}


def _row(week: FoldedWeek, event: Event) -> Json:
    return {
        "week": str(Period.of(happened(event))),
        "orgunit": event["orgunit"],
        "unit": unit_name(week, event["orgunit"]),
        "type": event["type"],
        "what": type_name(event["type"]),
        "happened_on": date_of(event),
        "recorded_on": date_of(event, "recordedtime"),
    }


def type_name(name: str) -> Words:
    """The words for an event type; the name itself where the type is newer than this program."""
    known = EVENT_TYPES.get(name)
    return pair(known.zh, known.en) if known else pair(name, name)


def side_of_change(reported: Json | None) -> Json:
    """The words for one side of a change; None stands for a cell that is new or gone."""
    return GONE if reported is None else figure(reported)
