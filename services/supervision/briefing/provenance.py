"""From every figure of the district to its events: the only part of a briefing that holds ids."""

from heapq import nsmallest

from services.supervision.figures.fold import Stocks, standing
from services.supervision.indicators import INDICATORS
from shared.domain.wording import LANGUAGES, say

# More are named by `explain`; an issue has to stay of a size that can be sent.
MOST = 200


def provenance(week):
    """For each indicator the events counted in the week, in the order of their times."""
    return {code: _of(week, code) for code in INDICATORS}


def _of(week, code):
    found = standing(week.counted[code])
    named = nsmallest(MOST, found, key=lambda item: (item.event["time"], item.event["id"]))
    left_out = len(found) - len(named) + _recorded_one_by_one(week, code)
    return {"events": [_told(item) for item in named], "left_out": left_out}


def _recorded_one_by_one(week, code):
    """How many in a stock: `explain` names them."""
    part = week.this.partials.get((code, week.district))
    if not isinstance(part, Stocks):
        return 0
    return sum(parts.total for unit, parts in part.recorded.items() if part.counts(unit))


def _told(item):
    names = ("id", "type", "orgunit", "time", "timeprecision")
    return {name: item.event[name] for name in names} | {"value": _value(item.value)}


def _value(value):
    if isinstance(value, int):
        return dict.fromkeys(LANGUAGES, str(value))
    return {lang: say(value, lang) for lang in LANGUAGES}
