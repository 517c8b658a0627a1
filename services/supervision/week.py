"""One week, folded from all facts in one pass: its cells, and what its sections tell."""

import json

from services.supervision.fold import Cells, contributions, rank
from services.supervision.indicators import INDICATORS
from shared.envelope import happened
from shared.events import EVENT_TYPES

REGISTRY = "supervision.orgunit."
CLINIC = "clinics.clinic."
NOT_YET_HELD = ("planned", "filed", "postponed")


class Week:
    """Feed it every subject's events with `add`; the order doesn't matter."""

    def __init__(self, period):
        self.period = period
        self.this, self.before, self.ever = Cells(), Cells(), Cells()
        self.counted = []
        self.units = {}
        self.planned = []
        self.called_off = []
        self.postponed = []
        self.arrived = 0
        self.is_first = True

    def add(self, events):
        self._count(events)
        # Of a type that is newer than this program nothing but its arrival is understood.
        known = [event for event in events if event["type"] in EVENT_TYPES]
        if known and known[0]["type"].startswith(REGISTRY):
            last = max(known, key=rank)
            self.units[last["data"]["code"]] = last["data"]
        else:
            self._look_at_times(events)
        if known and known[0]["type"].startswith(CLINIC):
            self._plan([event for event in known if happened(event) < self.period.end])

    def _look_at_times(self, events):
        times = [happened(event) for event in events]
        self.arrived += sum(map(self.period.contains, times))
        if min(times) < self.period.start:
            self.is_first = False

    def _count(self, events):
        previous = self.period.previous()
        for item in contributions(events):
            if item.counts_in(self.period):
                self.this.add(item)
                self.counted.append(item)
            if item.counts_in(previous):
                self.before.add(item)
            if item.first <= self.period and INDICATORS[item.indicator].since is None:
                self.ever.add(item)

    def _plan(self, so_far):
        """As it stood at the week's end, whatever became of the clinic since."""
        if not so_far:
            return
        clinic = max(so_far, key=rank)
        status, this_week = clinic["data"]["status"], self.period.contains(happened(clinic))
        if status in NOT_YET_HELD:
            self.planned.append(clinic)
        if status == "cancelled" and this_week:
            self.called_off.append(clinic)
        if status == "postponed" and this_week:
            self.postponed.append(clinic)

    def events_of(self, indicator):
        """The deciding events that an indicator counts this week, in a fixed order."""
        found = [item.event for item in self.counted if item.indicator == indicator]
        return sorted(found, key=_settled)

    @property
    def district(self):
        """The unit above all others; None before the registry is loaded."""
        return next((code for code, unit in self.units.items() if unit["parent"] is None), None)


def _settled(event):
    # By content and never by id: the same facts entered again are printed in the same order.
    return event["time"], event["orgunit"], json.dumps(event["data"], sort_keys=True)
