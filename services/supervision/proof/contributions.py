"""For every printed figure, what it is folded from: so that anyone can fold it again.

A contribution is listed once for its indicator, with the units in whose cells it counts. Where its
value stands in its fact follows from the `ways` of the indicator (declare.py), which are listed
too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from services.supervision.figures.as_of import entity_of, precedence
from services.supervision.figures.cells import effective
from services.supervision.figures.fold import Contribution, contributions, counts
from services.supervision.figures.stocks import is_declared
from services.supervision.figures.territory import Territory
from services.supervision.indicators.declare import Indicator, Way
from services.supervision.indicators.reporting import REGISTRY
from services.supervision.indicators.rules import LEVELS_BY_AREA, Rules
from shared.domain.decimals import decimal_text
from shared.domain.orgunits import path
from shared.domain.periods import Period
from shared.domain.quantities import Quantity
from shared.domain.types import Event, Json

# Of an event, what a contribution needs after it was found.
KEPT = ("id", "source", "sourcesequence", "subjectsequence", "type", "time", "timeprecision")


class Listed(NamedTuple):
    """A contribution, and the units in whose cells it counts."""

    source: str
    number: int
    event: str
    value: str | None
    qualifier: str
    cells: list[str]

    def to_json(self) -> Json:
        names = ("event", "value", "qualifier", "cells")
        return {name: getattr(self, name) for name in names}


class WeekContributions:
    """The contributions of a week by the `rules` of its issue. Add the events of every subject; the
    order doesn't matter."""

    def __init__(self, period: Period, rules: Rules) -> None:
        self.period = period
        self.rules = rules
        self._found: defaultdict[str, list[Contribution]] = defaultdict(list)
        self._units: dict[str, Json] = {}

    def add(self, events: list[Event]) -> None:
        """Add all events of a subject."""
        for item in contributions(events, self.rules, type(self.period)):
            if item.counts_in(self.period) and self._is_printed(item):
                self._found[item.indicator].append(_slim(item))
        if entity_of(events[0]) == REGISTRY:
            state = max(events, key=precedence)["data"]
            self._units[state["code"]] = state

    def _is_printed(self, item: Contribution) -> bool:
        return item.indicator in self.rules.indicators and counts(item, self.rules)

    def of(self, code: str) -> list[Listed]:
        """The contributions to an indicator, in the order of source and number."""
        found = self._found[code]
        if not self.rules.indicators[code].since:
            listed = [_listed(item, path(item.orgunit)) for item in found]
        elif self.rules.indicators[code].fold == "stock":
            listed = list(_stocks(found, self._territory()))
        else:
            above = self._territory().above
            listed = [_listed(item, above(item.orgunit)) for item in found]
        return sorted(item for item in listed if item.cells)

    def _territory(self) -> Territory:
        units = self._units if self.rules.has(LEVELS_BY_AREA) else {}
        return Territory(units, self.period.last_day)


def _slim(item: Contribution) -> Contribution:
    """Without the data of its event: there may be many."""
    return item._replace(event={name: item.event[name] for name in KEPT})


def _listed(item: Contribution, cells: list[str]) -> Listed:
    event = item.event
    source = event["source"].rsplit("/", 1)[1]
    return Listed(source, event["sourcesequence"], event["id"], *_figure(item.value), cells)


def _figure(value: Quantity | int) -> tuple[str | None, str]:
    """Value and qualifier of a contribution."""
    if isinstance(value, int):
        return str(value), "exact"
    return None if value.value is None else decimal_text(value.value), value.qualifier


def _stocks(found: list[Contribution], territory: Territory) -> Iterator[Listed]:
    """What counts of a stock. A declared one counts in a cell unless another one there covers it,
    and what is recorded one by one unless a declared one does."""
    declared = [item for item in found if is_declared(item)]
    records: defaultdict[str, list[Contribution]] = defaultdict(list)
    for item in found:
        if not is_declared(item):
            records[item.orgunit].append(item)
    # All records of a unit count in the same cells, so one of them stands for all.
    alike = {id(item): [item] for item in declared}
    alike |= {id(items[0]): items for items in records.values()}
    in_cell: defaultdict[str, list[Contribution]] = defaultdict(list)
    for first, *_ in alike.values():
        for unit in territory.above(first.orgunit):
            in_cell[unit].append(first)
    cells: defaultdict[int, list[str]] = defaultdict(list)
    for unit, items in sorted(in_cell.items()):
        for item in effective(items, territory):
            cells[id(item)].append(unit)
    for key, items in alike.items():
        for item in items:
            yield _listed(item, cells[key])


def described(indicator: Indicator) -> Json:
    """An indicator for those who fold it again."""
    return {
        "unit": indicator.unit,
        "fold": indicator.fold,
        "level": indicator.since is not None,
        # Without contributions: 0, or not stated.
        "recorded": indicator.recorded,
        "types": sorted(indicator.feeds),
        "ways": [_way(way) for way in indicator.take.ways],
    }


def _way(way: Way) -> Json:
    how: dict[str, Any] = {
        "count": None if way.count is None else str(way.count),
        "quantity": way.reported,
        "days": list(way.days) if way.days else None,
    }
    where = {name: list(values) for name, values in sorted(way.where.items())}
    return {"where": where, **{name: part for name, part in how.items() if part is not None}}


class Described(NamedTuple):
    """A printed indicator, described, with its contributions."""

    code: str
    indicator: Json
    contributions: list[Listed]


def listed(period: Period, rules: Rules, subjects: Iterable[list[Event]]) -> Iterator[Described]:
    """The contributions to every printed indicator, from all events of each subject."""
    week = WeekContributions(period, rules)
    for events in subjects:
        week.add(events)
    for code, indicator in sorted(rules.indicators.items()):
        yield Described(code, described(indicator), week.of(code))
