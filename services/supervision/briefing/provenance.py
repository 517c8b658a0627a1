"""From every figure of the district to its events. No other part of a briefing holds ids."""

from heapq import nsmallest

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.figures.cells import effective
from services.supervision.figures.fold import Contribution
from services.supervision.figures.stocks import Stocks
from shared.domain.quantities import Quantity
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES, say

# `explain` names more of them; an issue must not become too long to be sent.
MOST = 200


def provenance(week: FoldedWeek) -> Json:
    """For each indicator the events counted in the week, in the order of their times."""
    return {code: _of(week, code) for code in week.rules.indicators}


def _of(week: FoldedWeek, code: str) -> Json:
    found = effective(week.counted[code], week.this.territory)
    named = nsmallest(MOST, found, key=lambda item: (item.event["time"], item.event["id"]))
    left_out = len(found) - len(named) + _single_records(week, code)
    return {"events": [_reference(item) for item in named], "left_out": left_out}


def _single_records(week: FoldedWeek, code: str) -> int:
    """How many records make up a stock. `explain` names them."""
    part = week.this.partials.get((code, week.district))
    if not isinstance(part, Stocks):
        return 0
    return sum(own.total for own in part.counted_records(week.this.territory).values())


def _reference(item: Contribution) -> Json:
    names = ("id", "type", "orgunit", "time", "timeprecision")
    return {name: item.event[name] for name in names} | {"value": _value(item.value)}


def _value(value: Quantity | int) -> dict[str, str]:
    if isinstance(value, int):
        return dict.fromkeys(LANGUAGES, str(value))
    return {lang: say(value, lang) for lang in LANGUAGES}
