"""From facts to figures: a pure fold, the same for any order and any repetition of the events.

Per subject, the highest `subjectsequence` among the events that feed an indicator decides, before
weeks are assigned. What it contributes belongs to its own week and unit, and from there to every
unit above.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from services.supervision.indicators import FED_BY, INDICATORS
from shared.envelope import happened
from shared.medians import Median
from shared.orgunits import path
from shared.periods import Period
from shared.quantities import Sum


@dataclass(frozen=True, slots=True)
class Contribution:
    """One subject's part in an indicator: in the weeks from `first` until before `until`."""

    indicator: str
    orgunit: str
    first: Period
    until: Period | None
    value: object
    event: dict

    def counts_in(self, period):
        return self.first <= period and (self.until is None or period < self.until)


def rank(event):
    """Among events of one subject the highest decides; the id only settles impossible ties."""
    return event["subjectsequence"], event["id"]


def contributions(events):
    """All contributions of one subject's events, each event once."""
    return [*flows(events), *levels(events)]


def flows(events):
    for indicator, feeding in _by_indicator(events, level=False):
        decider = max(feeding, key=rank)
        value = indicator.take(decider["data"])
        if value is not None:
            week = Period.of(happened(decider))
            yield Contribution(
                indicator.code, decider["orgunit"], week, week.next(), value, decider
            )


def levels(events):
    for indicator, feeding in _by_indicator(events, level=True):
        deciders = _deciders(feeding)
        for (first, decider), (until, _) in zip(
            deciders, [*deciders[1:], (None, None)], strict=True
        ):
            since = indicator.since(decider["data"])
            if since is None:
                continue
            start = max(first, Period.of_day(since)) if since != date.min else first
            if until is None or start < until:
                value = indicator.take(decider["data"])
                yield Contribution(indicator.code, decider["orgunit"], start, until, value, decider)


def _deciders(events):
    """(week, event) pairs: who decides from which week on, as seen at each week's end."""
    found = []
    for event in sorted(events, key=lambda event: (happened(event), rank(event))):
        if found and rank(event) < rank(found[-1][1]):
            continue
        week = Period.of(happened(event))
        if found and found[-1][0] == week:
            found.pop()
        found.append((week, event))
    return found


def _by_indicator(events, level):
    feeding = defaultdict(list)
    for event in events:
        for indicator in FED_BY.get(event["type"], ()):
            if (indicator.since is not None) == level:
                feeding[indicator.code].append(event)
    return [(INDICATORS[code], found) for code, found in feeding.items()]


def partial(contribution):
    """What a contribution adds to its cell; partials merge in any order."""
    fold = INDICATORS[contribution.indicator].fold
    if fold == "median":
        return Median.of(contribution.value)
    if fold == "latest":
        return Latest.of(contribution)
    return Sum.of(contribution.value)


def standing(found):
    """Those of a cell's contributions that make it up: not a stock that another one replaces."""
    parts = [partial(item) for item in found]
    if not parts or not isinstance(parts[0], Latest):
        return found
    keys = {key for key, _ in sum(parts[1:], parts[0]).standing()}
    return [item for item in found if _stock_key(item) in keys]


def _stock_key(item):
    return happened(item.event), *rank(item.event)


@dataclass(frozen=True, slots=True)
class Latest:
    """Per unit, the declared stock with the greatest (time, subjectsequence, id)."""

    stocks: dict

    @classmethod
    def of(cls, contribution):
        return cls({contribution.orgunit: (_stock_key(contribution), contribution.value)})

    def __add__(self, other):
        merged = dict(self.stocks)
        for orgunit, stock in other.stocks.items():
            merged[orgunit] = max(merged.get(orgunit, stock), stock, key=lambda item: item[0])
        return Latest(merged)

    def standing(self):
        """(key, value) of the stocks that count: a unit's own one stands for all units below."""
        return [
            stock
            for orgunit, stock in self.stocks.items()
            if not self.stocks.keys() & set(path(orgunit)[1:])
        ]

    def total(self):
        first, *others = [Sum.of(value) for _, value in self.standing()]
        return sum(others, first)


class Cells:
    """Partials by (indicator, orgunit), rolled up to every unit above as they are added."""

    def __init__(self):
        self.partials = {}

    def add(self, contribution):
        self.merge(contribution.indicator, contribution.orgunit, partial(contribution))

    def merge(self, indicator, orgunit, part):
        for unit in path(orgunit):
            key = (indicator, unit)
            self.partials[key] = self.partials[key] + part if key in self.partials else part

    def quantity(self, indicator, orgunit):
        """The cell's (quantity, number of values in it), None where no fact feeds it."""
        part = self.partials.get((indicator, orgunit))
        if part is None:
            return None
        return part.total() if isinstance(part, Latest) else part
