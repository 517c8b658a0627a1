"""Late arrivals: events of earlier periods; and the words for the changes of a revision."""

from services.supervision.briefing.folded_week import Changed, FoldedWeek, LateEvent
from services.supervision.briefing.sections.rows import (
    Words,
    date_of,
    figure,
    in_order,
    pair,
    shortened,
    unit_name,
)
from services.supervision.indicators import EVER
from shared.contracts.event_times import period_of
from shared.contracts.events import EVENT_TYPES
from shared.domain.absence import SUPPRESSED, both
from shared.domain.quantities import Quantity, exact
from shared.domain.types import Json

GONE = pair("无", "nothing")


def late_events(week: FoldedWeek) -> Json:
    """Events of earlier periods that were entered since the last cut-off, the oldest first, and the
    figures that they changed, old → new."""
    rows, more = shortened(in_order([_row(week, late) for late in week.late], "week", "orgunit"))
    return {"rows": rows, "more": more}


def _row(week: FoldedWeek, late: LateEvent) -> Json:
    event = late.event
    reason, printed = event["data"].get("reason"), week.rules.indicators
    return {
        "reason": reason if isinstance(reason, str) else None,
        "figures": [_change(week, it) for it in late.changes if it.indicator in printed],
        "week": str(period_of(event, week.kind)),
        "orgunit": event["orgunit"],
        "unit": unit_name(week, event["orgunit"]),
        "type": event["type"],
        "what": type_name(event["type"]),
        "before_programme": late.before_programme,
        "happened_on": date_of(event),
        "recorded_on": date_of(event, "recordedtime"),
    }


def _change(week: FoldedWeek, changed: Changed) -> Json:
    """One report's figure, before and after."""
    unit = EVER[changed.indicator].unit
    return {
        "indicator": changed.indicator,
        "week": changed.week,
        "unit": unit_name(week, changed.orgunit),
        "old": side_of_change(_stored(changed.old, unit)),
        "new": side_of_change(_stored(changed.new, unit)),
    }


def _stored(value: Quantity | int | None, unit: str) -> Json | None:
    if value is None:
        return None
    return (value if isinstance(value, Quantity) else exact(value, unit)).to_json()


def type_name(name: str) -> Words:
    """The words for an event type; the name itself where the type is newer than this program."""
    known = EVENT_TYPES.get(name)
    return pair(known.zh, known.en) if known else pair(name, name)


def side_of_change(reported: Json | None) -> Json:
    """The words for one side of a change; None stands for a cell that is new or gone. A public
    edition has sides that it doesn't print."""
    if reported is None:
        return GONE
    if reported["qualifier"] == SUPPRESSED:
        return both(SUPPRESSED)
    return figure(reported)
