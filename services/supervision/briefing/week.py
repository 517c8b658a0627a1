"""One week, folded from all facts in one pass: its cells, and what its sections tell."""

from collections import Counter, defaultdict
from datetime import timedelta

from services.supervision.briefing.completeness import Reports
from services.supervision.figures.as_of import as_of, rank
from services.supervision.figures.fold import Cells, Whole, contributions, is_declared
from services.supervision.indicators import FED_BY, INDICATORS
from services.supervision.indicators.reporting import (
    CARRIED_OVER,
    REGISTRY,
    REPORTED,
    WEEKS_IN_MEAN,
)
from shared.contracts.envelope import happened, week_of
from shared.contracts.events import EVENT_TYPES
from shared.service.week_sealing import SEALED


class Week:
    """Feed it every subject's events with `add`; the order doesn't matter.

    Where `known` is given, only the subjects that it may tell of: `known` is then the cells of the
    week and those before, the cells of all weeks, and the first week of all.
    """

    def __init__(self, period, known=None):
        self.period = period
        self._counts_cells = known is None
        self.recent = empty_cells(period)
        self.ever = Cells()
        self.counted = defaultdict(list)
        self.units = {}
        self.reports = Reports(period)
        self.told = defaultdict(list)
        self.arrived = 0
        # Events of the week of types that this program doesn't know: kept, and in no figure.
        self.unknown = Counter()
        self.late = []
        self.began = None
        self._entry = _Entry(period)
        if known:
            self.recent, self.ever, self.began = known

    @property
    def this(self):
        return self.recent[self.period]

    @property
    def before(self):
        return self.recent[self.period.previous()]

    @property
    def is_first(self):
        """Was there nothing before this week that it could be compared with?"""
        return self.began is None or self.began >= self.period

    def add(self, events):
        self._count(events)
        self.reports.add(events)
        # Of a type that is newer than this program nothing but its arrival is understood.
        known = [event for event in events if event["type"] in EVENT_TYPES]
        entity = known[0]["type"].rsplit(".", 1)[0] if known else None
        if entity == REGISTRY:
            self._register(known)
        else:
            self._look_at_times(events)
        if entity in REPORTED:
            self._tell(entity, known)

    def _look_at_times(self, events):
        for event in events:
            week = week_of(event)
            if week == self.period:
                self.arrived += 1
                if event["type"] not in EVENT_TYPES:
                    self.unknown[event["type"]] += 1
            elif week < self.period and self._entry.came_since_the_last_issue(event):
                self.late.append(event)
            # An exemption or a plan may be much older than anything that is counted.
            if event["type"] in FED_BY:
                self.began = min(self.began or week, week)

    def _count(self, events):
        for item in contributions(events):
            if self._counts_cells:
                self._add_to_cells(item)
            # What is recorded one by one in a stock is many, and told as a number.
            single = INDICATORS[item.indicator].fold == "stock" and not is_declared(item)
            if item.counts_in(self.period) and not single:
                self.counted[item.indicator].append(item)

    def _add_to_cells(self, item):
        if INDICATORS[item.indicator].since is not None:
            for period, cells in self.recent.items():
                if item.counts_in(period):
                    cells.add(item)
        elif item.first <= self.period:
            self.ever.add(item)
            if item.first in self.recent:
                self.recent[item.first].add(item)

    def _register(self, events):
        """As it is by now, but called as it was called then: an old report keeps the old name."""
        last = max(events, key=rank)
        before = [event for event in events if happened(event) < self.period.end]
        named = max(before, key=rank) if before else min(events, key=rank)
        self.units[last["data"]["code"]] = last["data"] | {"name": named["data"]["name"]}

    def _tell(self, entity, events):
        """As it stood at the week's end, whatever became of it since."""
        last = as_of(events, self.period)
        if last is None:
            return
        statuses = CARRIED_OVER.get(entity, ())
        still = statuses is None or last["data"].get("status") in statuses
        if still or self.contains(last):
            self.told[entity].append(last)

    def of(self, entity, *statuses):
        """The subjects of an entity that the briefing tells of, with one of `statuses` if given,
        each as its last event of the week or before. Sort what is printed, never the events: these
        hold ids, and the same facts entered again are printed in the same order."""
        return [
            event
            for event in self.told[entity]
            if not statuses or event["data"].get("status") in statuses
        ]

    def changed(self, entity, *statuses):
        """Those of them whose last event happened in the week itself."""
        return [event for event in self.of(entity, *statuses) if self.contains(event)]

    def contains(self, event):
        return week_of(event) == self.period

    def events_of(self, indicator):
        """The deciding events that an indicator counts this week, in no particular order."""
        return [item.event for item in self.counted[indicator]]

    @property
    def district(self):
        """The unit above all others; None before the registry is loaded."""
        return next((code for code, unit in self.units.items() if unit["parent"] is None), None)


class _Entry:
    """When events were entered: between the cut-off of the week before and this week's?"""

    def __init__(self, period):
        self._after, self._until = period.previous().cutoff, period.cutoff
        # Nearly all events lie elsewhere, and a look at the day is much cheaper than a parsed time.
        first = self._after.date() - timedelta(days=1)
        self._days = {str(first + timedelta(days=number)) for number in range(10)}

    def came_since_the_last_issue(self, event):
        if event["recordedtime"][:10] not in self._days or event["type"].endswith(SEALED):
            return False
        return self._after < happened(event, "recordedtime") <= self._until


def empty_cells(period):
    """Cells of this week and those before, the nearest first: by unit of the two that are printed
    beside each other, of the whole district where only its mean is."""
    this, before, *others = _weeks_back(period, WEEKS_IN_MEAN)
    return {this: Cells(), before: Cells(), **{week: Whole() for week in others}}


def _weeks_back(period, number):
    for _ in range(number):
        yield period
        period = period.previous()
