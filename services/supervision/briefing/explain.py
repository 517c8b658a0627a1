"""From a figure to its events: those in it, and those left out with the reason."""

from services.supervision.figures.fold import contributions, standing
from services.supervision.indicators import INDICATORS
from shared.aggregates.orgunit_store import path
from shared.contracts.envelope import week_of
from shared.domain.wording import LANGUAGES, say


def explain(period, code, orgunit, subjects):
    """`included` and `left_out` events of one cell. `left_out` are those of the week or of an
    included subject that feed the indicator and don't count in the cell."""
    found, left_out = [], []
    for events in subjects:
        feeding = [event for event in events if event["type"] in INDICATORS[code].feeds]
        counted = _counted(feeding, period, code, orgunit)
        found += counted.values()
        for event in feeding:
            if event["id"] not in counted and (counted or week_of(event) == period):
                left_out.append(_told(event) | {"reason": _reason(event, feeding, orgunit)})
    included = {item.event["id"]: item for item in standing(found)}
    left_out += [
        _told(item.event) | {"reason": "another declaration stands"}
        for item in found
        if item.event["id"] not in included
    ]
    return {
        "period": str(period),
        "indicator": code,
        "orgunit": orgunit,
        "included": sorted(
            (_told(item.event) | _value(item) for item in included.values()), key=_by_time
        ),
        "left_out": sorted(left_out, key=_by_time),
    }


def _counted(feeding, period, code, orgunit):
    return {
        item.event["id"]: item
        for item in contributions(feeding)
        if item.indicator == code and item.counts_in(period) and orgunit in path(item.orgunit)
    }


def _told(event):
    names = (
        "id",
        "type",
        "subject",
        "subjectsequence",
        "source",
        "sourcesequence",
        "orgunit",
        "time",
        "timeprecision",
        "recordedtime",
    )
    return {name: event[name] for name in names}


def _value(item):
    if isinstance(item.value, int):
        return {"value": {lang: str(item.value) for lang in LANGUAGES}}
    return {"value": {lang: say(item.value, lang) for lang in LANGUAGES}}


def _reason(event, feeding, orgunit):
    later = max(feeding, key=lambda other: other["subjectsequence"])
    if later["subjectsequence"] > event["subjectsequence"]:
        return f"superseded by {later['id']} ({later['type']})"
    if orgunit not in path(event["orgunit"]):
        return f"belongs to {event['orgunit']}"
    return "its state doesn't count in this figure"


def _by_time(entry):
    return entry["time"], entry["id"]
