"""One period, folded from facts in one pass: its cells and the subjects that a briefing reports."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.supervision.briefing.completeness import WeekReports
from services.supervision.briefing.known_to_week import KnownToWeek
from services.supervision.briefing.past_subjects import PastSubjects
from services.supervision.figures.as_of import as_of, precedence
from services.supervision.figures.cells import Cells, DistrictCells, flow_partial
from services.supervision.figures.fold import (
    Contribution,
    contributions,
    counts,
    deciding_events,
    flows,
)
from services.supervision.figures.stocks import is_declared
from services.supervision.figures.territory import Territory
from services.supervision.indicators import EVER
from services.supervision.indicators.reporting import (
    CARRIED_OVER,
    GROUP,
    NOMINATION,
    PERIODS_IN_MEAN,
    PERIODS_IN_TREND,
    REGISTRY,
    REPORTED,
    SAID_OF_PERIOD,
    TRENDS,
)
from services.supervision.indicators.rules import LEVELS_BY_AREA, Rules
from shared.contracts.beginning import is_before_programme
from shared.contracts.event_times import happened, period_of, week_of
from shared.contracts.events import EVENT_TYPES
from shared.contracts.week_summary import SEALED
from shared.domain.periods import Period
from shared.domain.service_names import NAMES
from shared.domain.types import Event, Json
from shared.domain.visible_text import isolated

# Week, indicator and unit.
FlowKey = tuple[str, str, str]


class Changed(NamedTuple):
    """What late events of a subject changed in a figure: a Quantity, a number of days, or None."""

    week: str
    indicator: str
    orgunit: str
    old: Any
    new: Any


class LateEvent(NamedTuple):
    event: Event
    changes: list[Changed]
    # Of before the programme's first week: in no sum.
    before_programme: bool


def _changes(before: dict[FlowKey, Any], now: dict[FlowKey, Any]) -> list[Changed]:
    return [
        Changed(*key, before.get(key), now.get(key))
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key)
    ]


# This period and the one before are printed by unit, and of earlier ones the district's mean.
PERIODS_BY_UNIT = 2


class FoldedWeek:
    """A week by the `rules` of its issue. Add the events of every subject; the order doesn't
    matter.

    Where its cells aren't counted but filled by the caller (`recent`, `earlier`, `cumulative` and
    `first_week`), only the subjects that the week's briefing may report have to be added.
    """

    def __init__(self, period: Period, rules: Rules, counts_cells: bool = True) -> None:
        self.period = period
        self.kind = type(period)
        self.rules = rules
        self._counts_cells = counts_cells
        self.counted: defaultdict[str, list[Contribution]] = defaultdict(list)
        self.units: dict[str, Json] = {}
        # The cells of the week and of those before it.
        self.recent = _empty_cells(period, self.units if rules.has(LEVELS_BY_AREA) else {})
        # Of the weeks before those: the district's cells of TRENDS.
        more = PERIODS_IN_TREND[self.kind] - PERIODS_IN_MEAN[self.kind]
        self.earlier = {
            before: DistrictCells() for before in _back(min(self.recent).previous(), more)
        }
        # Of all periods so far.
        self.cumulative = Cells()
        self.reports = WeekReports(period, rules)
        self.reported: defaultdict[str, list[Event]] = defaultdict(list)
        # Entity → the events of each subject of it that is about this period, in their order.
        self.said: defaultdict[str, list[list[Event]]] = defaultdict(list)
        # Events of the week whose types this program doesn't know: stored, and in no figure.
        self.unknown: Counter[str] = Counter()
        self.late: list[LateEvent] = []
        # The last event of each nomination for a commendation, of any year.
        self.nominations: list[Event] = []
        # Events with unlikely values that were confirmed: of the week, and late ones.
        self.confirmed: list[Event] = []
        # The programme's first period, or else that of the first event that feeds a figure.
        self.first_period: Period | None = rules.first(self.kind)
        # Of subjects of which a part was before the programme's first week: the flows that count.
        self.begun_before: list[dict[str, Contribution]] = []
        # In a report on a longer period: what is known only to its week, and the history of each
        # group, which has to report every week.
        self.known_to_week = KnownToWeek(period)
        self.groups: dict[str, Collection[Event]] = {}
        self._entry_window = _EntryWindow(period)
        self._past = PastSubjects(period, min(self.recent), rules)

    @property
    def this(self) -> Cells:
        return self.recent[self.period]

    @property
    def before(self) -> Cells:
        return self.recent[self.period.previous()]

    @property
    def is_first(self) -> bool:
        """Is there no earlier period to compare this one with?"""
        return self.first_period is None or self.first_period >= self.period

    def add(self, events: Collection[Event]) -> None:
        """Add all events of a subject."""
        if events in self._past:
            self._add_past(events)
            return
        self._count(events)
        self.reports.add(events)
        # An event whose type is newer than this program is only counted as arrived.
        known = [event for event in events if event["type"] in EVENT_TYPES]
        entity = known[0]["type"].rsplit(".", 1)[0] if known else None
        if entity == REGISTRY:
            self._register(known)
        else:
            self._note_times(events)
        if entity == NOMINATION:
            self.nominations.append(max(known, key=precedence))
        if entity in REPORTED:
            self._report(entity, known)
        if entity in SAID_OF_PERIOD and known[0]["data"]["period"] == str(self.period):
            self.said[entity].append(sorted(known, key=precedence))

    def _add_past(self, events: Collection[Event]) -> None:
        """Add a subject of PastSubjects."""
        if self._counts_cells:
            for indicator, decider, value in deciding_events(events, self.rules):
                code, orgunit = indicator.code, decider["orgunit"]
                self.cumulative.merge(code, orgunit, flow_partial(code, value))
                before = self.earlier.get(period_of(decider, self.kind))
                if before is not None and code in TRENDS:
                    before.merge(code, orgunit, flow_partial(code, value))
        self._note_first_period(events)

    @property
    def events_in_week(self) -> int:
        """Of all services, as the part on completeness counts them."""
        return sum(map(self.reports.events, NAMES))

    def _note_times(self, events: Collection[Event]) -> None:
        late = []
        self.known_to_week.add(events)
        for event in events:
            period = period_of(event, self.kind)
            if period == self.period and event["type"] not in EVENT_TYPES:
                self.unknown[event["type"]] += 1
            elif period < self.period and self._is_listed(event):
                late.append(event)
            if event.get("confirmed") and (period == self.period or event in late[-1:]):
                self.confirmed.append(event)
        if late:
            self._note_late(late, events)
        self._note_first_period(events)

    def _note_first_period(self, events: Collection[Event]) -> None:
        """Other events, such as an exemption or a plan, may be much older than any figure."""
        for event in events if self.rules.first_week is None else ():
            if event["type"] in self.rules.fed_by:
                period = period_of(event, self.kind)
                self.first_period = min(self.first_period or period, period)

    def _is_listed(self, event: Event) -> bool:
        """Is the event of an earlier period listed in this one? The programme's first one lists
        also what was before it and entered earlier: no other report does."""
        if self._entry_window.contains(event):
            return True
        first = self.period == self.rules.first(self.kind)
        return first and self._is_older(event) and not self._entry_window.ends_before(event)

    def _is_older(self, event: Event) -> bool:
        """Did it happen before the programme's first week, although it may not be older?"""
        return is_before_programme(event["type"], week_of(event), self.rules.first_week)

    def _note_late(self, late: list[Event], events: Collection[Event]) -> None:
        """The late events of a subject; the last of them has the change that all of them made."""
        known = [event for event in events if not self._entry_window.ends_before(event)]
        before = [event for event in known if event not in late]
        changes = _changes(self._flows(before), self._flows(known))
        last = max(late, key=precedence)
        for event in late:
            caused = changes if event is last else []
            self.late.append(LateEvent(event, caused, self._is_older(event)))

    def _flows(self, events: Collection[Event]) -> dict[FlowKey, Any]:
        return {
            (str(item.first), item.indicator, item.orgunit): item.value
            for item in flows(events, self.rules, self.kind)
            if self.rules.counts(week_of(item.event))
        }

    def _count(self, events: Collection[Event]) -> None:
        found = contributions(events, self.rules, self.kind)
        counted = [item for item in found if counts(item, self.rules)]
        if len(counted) < len(found):
            self.begun_before.append(
                {item.indicator: item for item in counted if item.first <= self.period}
            )
        for item in counted:
            if self._counts_cells:
                self._add_to_cells(item)
            # Records of a stock are many, and only their number is reported.
            single = EVER[item.indicator].fold == "stock" and not is_declared(item)
            if item.counts_in(self.period) and not single:
                self.counted[item.indicator].append(item)

    def _add_to_cells(self, item: Contribution) -> None:
        if EVER[item.indicator].since is not None:
            for period, cells in self.recent.items():
                if item.counts_in(period):
                    cells.add(item)
        elif item.first <= self.period:
            self.cumulative.add(item)
            if item.first in self.recent:
                self.recent[item.first].add(item)
            elif item.first in self.earlier and item.indicator in TRENDS:
                self.earlier[item.first].add(item)

    def _register(self, events: Collection[Event]) -> None:
        """The unit's present state with the name that it had in the week: an old report keeps old
        names."""
        last = max(events, key=precedence)
        name = isolated(_name_at(sorted(events, key=precedence), self.period))
        self.units[last["data"]["code"]] = last["data"] | {"name": name}

    def _report(self, entity: str, events: Collection[Event]) -> None:
        """Report the subject as it stood at the week's end, whatever has become of it since."""
        last = as_of(events, self.period)
        if last is None:
            return
        if entity == GROUP:
            self.groups[last["subject"]] = events
        statuses = CARRIED_OVER.get(entity, ())
        carried = statuses is None or last["data"].get("status") in statuses
        if carried or self.contains(last):
            self.reported[entity].append(last)

    def subjects(self, entity: str, *statuses: str) -> list[Event]:
        """The reported subjects of an entity, each as its event at the week's end; only those with
        one of `statuses`, where any is given.

        The events are in no particular order. Sort the printed rows, never the events: events hold
        ids, and the same facts entered again have to be printed in the same order.
        """
        return [
            event
            for event in self.reported[entity]
            if not statuses or event["data"].get("status") in statuses
        ]

    def changed(self, entity: str, *statuses: str) -> list[Event]:
        """Of `subjects`, those whose event happened in the week itself."""
        return [event for event in self.subjects(entity, *statuses) if self.contains(event)]

    def contains(self, event: Event) -> bool:
        return period_of(event, self.kind) == self.period

    def counted_events(self, indicator: str) -> list[Event]:
        """The deciding events that an indicator counts this week, in no particular order."""
        return [item.event for item in self.counted[indicator]]

    @property
    def has_district(self) -> bool:
        """Is the registry loaded?"""
        return any(unit["parent"] is None for unit in self.units.values())

    @property
    def district(self) -> str:
        """The unit above all others. There is none before the registry is loaded."""
        return next(code for code, unit in self.units.items() if unit["parent"] is None)


def _name_at(ordered: Iterable[Event], period: Period) -> str:
    """The unit's name at the week's end, or its first one; a corrected name was meant from the
    entry on that it corrects."""
    names: list[tuple[datetime, str]] = []
    for event in ordered:
        name = event["data"]["name"]
        if names and event["type"] == "supervision.orgunit.corrected":
            names[-1] = (names[-1][0], name)
        elif not names or name != names[-1][1]:
            names.append((happened(event), name))
    before = [name for since, name in names if since < period.end]
    return before[-1] if before else names[0][1]


class _EntryWindow:
    """From the cut-off of the week before to the week's own: events entered in it are listed."""

    def __init__(self, period: Period) -> None:
        self._after, self._until = period.previous().cutoff, period.cutoff
        # Nearly all events lie elsewhere, and comparing days is much faster than parsing times.
        first = self._after.date() - timedelta(days=1)
        number = (self._until.date() - first).days + 2
        self._days = {str(first + timedelta(days=after)) for after in range(number)}

    def contains(self, event: Event) -> bool:
        """Was the event entered in the window? Seals don't count."""
        if event["recordedtime"][:10] not in self._days or event["type"].endswith(SEALED):
            return False
        return self._after < happened(event, "recordedtime") <= self._until

    def ends_before(self, event: Event) -> bool:
        """Was the event entered after the window?"""
        return happened(event, "recordedtime") > self._until


def _empty_cells(period: Period, units: dict[str, Json]) -> dict[Period, Cells]:
    """Cells of this period and of those before, the latest first."""
    found: dict[Period, Cells] = {}
    for number, before in enumerate(_back(period, PERIODS_IN_MEAN[type(period)])):
        kind = Cells if number < PERIODS_BY_UNIT else DistrictCells
        found[before] = kind(Territory(units, before.last_day))
    return found


def _back(period: Period, number: int) -> Iterator[Period]:
    for _ in range(number):
        yield period
        period = period.previous()
