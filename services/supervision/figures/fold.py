"""From facts to figures: a pure fold. Order and repetition of the events don't matter.

For each subject and indicator, the event with the highest `subjectsequence` among those that feed
the indicator decides, before weeks are considered. Its contribution belongs to its own week and
unit, and to every unit above.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any, NamedTuple, Self, TypeAlias

from services.supervision.figures.as_of import precedence, since_corrected
from services.supervision.indicators import EVER
from services.supervision.indicators.declare import Indicator
from services.supervision.indicators.rules import FedBy, Rules
from shared.aggregates.orgunit_store import path
from shared.contracts.envelope import happened, week_of
from shared.domain.mergeable_median import Median
from shared.domain.periods import Period
from shared.domain.quantities import Quantity, Sum
from shared.domain.types import Event

# How many partials of one key are merged at once.
MERGE_SIZE = 100

# The order of a unit's declared stocks: time, subjectsequence and id.
StockKey = tuple[datetime, int, str]

# The value of some contributions to a cell. Partials of one indicator merge in any order.
Partial: TypeAlias = "Median | Stocks | Sum"


class Contribution(NamedTuple):
    """The part of one subject in an indicator, in the weeks from `first` until before `until`."""

    indicator: str
    orgunit: str
    first: Period
    until: Period | None
    # A Quantity; for a median, a whole number.
    value: Any
    event: Event

    def counts_in(self, period: Period) -> bool:
        return self.first <= period and (self.until is None or period < self.until)


def contributions(events: Collection[Event], rules: Rules) -> list[Contribution]:
    """All contributions of one subject's events, each event once."""
    return [*flows(events, rules), *levels(events, rules)]


def flows(events: Iterable[Event], rules: Rules) -> Iterator[Contribution]:
    for indicator, decider, value in deciding_events(events, rules):
        week = week_of(decider)
        yield Contribution(indicator.code, decider["orgunit"], week, week.next(), value, decider)


def deciding_events(
    events: Iterable[Event], rules: Rules
) -> Iterator[tuple[Indicator, Event, Any]]:
    """(flow, deciding event, value) for each flow that one subject's events feed."""
    for indicator, feeding in _by_indicator(events, rules.flows_fed_by):
        decider = feeding[0] if len(feeding) == 1 else max(feeding, key=precedence)
        value = indicator.take(decider["data"])
        if value is not None:
            yield indicator, decider, value


def has_levels(events: Iterable[Event], rules: Rules) -> bool:
    """Do any of these events feed a level?"""
    return any(event["type"] in rules.levels_fed_by for event in events)


def levels(events: Iterable[Event], rules: Rules) -> Iterator[Contribution]:
    for indicator, feeding in _by_indicator(events, rules.levels_fed_by):
        deciders = _deciders(feeding)
        ends = [*(week for week, _ in deciders[1:]), None]
        for (first, decider), until in zip(deciders, ends, strict=True):
            since = indicator.since and indicator.since(decider["data"])
            if since is None:
                continue
            start = max(first, Period.of_day(since)) if since != date.min else first
            if until is None or start < until:
                value = indicator.take(decider["data"])
                yield Contribution(indicator.code, decider["orgunit"], start, until, value, decider)


def _deciders(events: list[Event]) -> list[tuple[Period, Event]]:
    """(week, event) pairs: the event that decides from that week on, at each week's end."""
    if len(events) == 1:
        return [(week_of(events[0]), events[0])]
    found: list[tuple[Period, Event]] = []
    for event in sorted(since_corrected(events), key=_in_time):
        if found and precedence(event) < precedence(found[-1][1]):
            continue
        week = week_of(event)
        if found and found[-1][0] == week:
            found.pop()
        found.append((week, event))
    return found


def _in_time(event: Event) -> tuple[datetime, tuple[int, str]]:
    return happened(event), precedence(event)


def _by_indicator(
    events: Iterable[Event], indicators_of: FedBy
) -> list[tuple[Indicator, list[Event]]]:
    feeding: dict[str, tuple[Indicator, list[Event]]] = {}
    for event in events:
        for indicator in indicators_of.get(event["type"], ()):
            feeding.setdefault(indicator.code, (indicator, []))[1].append(event)
    return list(feeding.values())


def partial(contribution: Contribution) -> Partial:
    """What a contribution adds to its cell."""
    fold = EVER[contribution.indicator].fold
    if fold == "median":
        return Median.of(contribution.value)
    if fold == "stock":
        return Stocks.of(contribution)
    return Sum.of(contribution.value)


def total(code: str, values: Sequence[Any]) -> Median | Sum:
    """The partial of all contributions of a flow to one cell."""
    return Median.of(*values) if EVER[code].fold == "median" else Sum.total_of(values)


def effective(found: list[Contribution]) -> list[Contribution]:
    """The contributions that count in a cell: not a stock that another one replaces, nor what was
    recorded one by one below a declared stock."""
    parts = [part for part in map(partial, found) if isinstance(part, Stocks)]
    if not parts:
        return found
    whole = sum(parts[1:], parts[0])
    keys = {key for key, _ in whole.effective().values()}
    return [
        item
        for item in found
        if (_stock_key(item) in keys if is_declared(item) else whole.counts(item.orgunit))
    ]


def is_declared(item: Contribution) -> bool:
    return bool(item.event["type"].endswith(".stock.declared"))


def _stock_key(item: Contribution) -> StockKey:
    return happened(item.event), *precedence(item.event)


@dataclass(frozen=True, slots=True)
class Stocks:
    """For each unit, the declared stock with the greatest StockKey, and the sum of what was
    recorded one by one.

    A unit's declared stock covers everything below it.
    """

    declared: dict[str, tuple[StockKey, Quantity]]
    recorded: dict[str, Sum]

    @classmethod
    def of(cls, contribution: Contribution) -> Self:
        unit, value = contribution.orgunit, contribution.value
        if is_declared(contribution):
            return cls({unit: (_stock_key(contribution), value)}, {})
        return cls({}, {unit: Sum.of(value)})

    def __add__(self, other: "Stocks") -> "Stocks":
        declared, recorded = dict(self.declared), dict(self.recorded)
        for unit, stock in other.declared.items():
            declared[unit] = max(declared.get(unit, stock), stock, key=lambda item: item[0])
        for unit, part in other.recorded.items():
            recorded[unit] = recorded[unit] + part if unit in recorded else part
        return Stocks(declared, recorded)

    def effective(self) -> dict[str, tuple[StockKey, Quantity]]:
        """unit → (key, value) of the declared stocks that no stock of a unit above covers."""
        return {
            unit: stock
            for unit, stock in self.declared.items()
            if not self.declared.keys() & set(path(unit)[1:])
        }

    def counts(self, unit: str) -> bool:
        """Do the records of the unit count? They don't where a declared stock covers them."""
        return not self.declared.keys() & set(path(unit))

    def total(self) -> Sum:
        values = [Sum.of(value) for _, value in self.effective().values()]
        values += [part for unit, part in self.recorded.items() if self.counts(unit)]
        return sum(values[1:], values[0])

    def stated(self, unit: str) -> str | None:
        """The reporter's own words for the unit's declared stock."""
        return self.declared[unit][1].stated if unit in self.declared else None

    def beside(self, unit: str) -> Sum | None:
        """The sum of everything that the unit's own declared stock covers: printed beside the
        stock, never added to it. None where there is no such stock, or nothing that it covers."""
        if unit not in self.declared:
            return None
        declared = {code: stock for code, stock in self.declared.items() if code != unit}
        below = Stocks(declared, self.recorded)
        return below.total() if below.declared or below.recorded else None


class PartialMerger:
    """Merges partials by key. Many are merged at once, which is faster than one by one."""

    def __init__(self) -> None:
        self._waiting: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)

    def add(self, key: tuple[str, str], part: Partial) -> None:
        parts = self._waiting[key]
        parts.append(part)
        # The memory in use doesn't grow with the number of partials.
        if len(parts) >= MERGE_SIZE:
            parts[:] = [merged(parts)]

    def by_key(self) -> dict[tuple[str, str], Any]:
        """Key → the one partial into which those of the key are merged."""
        for parts in self._waiting.values():
            if len(parts) > 1:
                parts[:] = [merged(parts)]
        return {key: part for key, [part] in self._waiting.items()}


def merged(parts: Sequence[Any]) -> Any:
    """One or more partials of one indicator, merged into one."""
    return Sum.merged(parts) if isinstance(parts[0], Sum) else reduce(add, parts)


class Cells:
    """Partials by (indicator, orgunit), rolled up to every unit above."""

    def __init__(self) -> None:
        self._merging = PartialMerger()
        self._partials: dict[tuple[str, str], Any] | None = {}

    @property
    def partials(self) -> dict[tuple[str, str], Any]:
        if self._partials is None:
            self._partials = self._rolled_up()
        return self._partials

    def add(self, contribution: Contribution) -> None:
        self.merge(contribution.indicator, contribution.orgunit, partial(contribution))

    def merge(self, indicator: str, orgunit: str, part: Partial) -> None:
        self._merging.add((indicator, orgunit), part)
        self._partials = None

    def quantity(self, indicator: str, orgunit: str) -> Median | Sum | None:
        """The cell's value, None where no fact feeds it."""
        part = self.partials.get((indicator, orgunit))
        if part is None:
            return None
        return part.total() if isinstance(part, Stocks) else part

    def _rolled_up(self) -> dict[tuple[str, str], Any]:
        # After merging, so that each unit is rolled up once.
        rolled = PartialMerger()
        for (indicator, orgunit), part in self._merging.by_key().items():
            for unit in path(orgunit):
                rolled.add((indicator, unit), part)
        return rolled.by_key()


class DistrictCells(Cells):
    """The cells of the district alone."""

    def merge(self, indicator: str, orgunit: str, part: Partial) -> None:
        super().merge(indicator, path(orgunit)[-1], part)
