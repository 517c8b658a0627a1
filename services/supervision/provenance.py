"""From every figure of the district to its events: the only part of a briefing that holds ids."""

from heapq import nsmallest

from services.supervision.fold import standing
from services.supervision.indicators import INDICATORS
from shared.wording import LANGUAGES, say

# More are named by `explain`; an issue has to stay of a size that can be sent.
MOST = 200


def provenance(week):
    """For each indicator the events counted in the week, in the order of their times."""
    return {code: _of(week.counted[code]) for code in INDICATORS}


def _of(counted):
    found = standing(counted)
    named = nsmallest(MOST, found, key=lambda item: (item.event["time"], item.event["id"]))
    return {"events": [_told(item) for item in named], "left_out": len(found) - len(named)}


def _told(item):
    names = ("id", "type", "orgunit", "time", "timeprecision")
    return {name: item.event[name] for name in names} | {"value": _value(item.value)}


def _value(value):
    if isinstance(value, int):
        return dict.fromkeys(LANGUAGES, str(value))
    return {lang: say(value, lang) for lang in LANGUAGES}
