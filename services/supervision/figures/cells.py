"""Cells: the contributions to a figure, merged for a unit and every unit above."""

from collections import defaultdict
from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from services.supervision.figures.fold import Contribution
from services.supervision.figures.stocks import Stocks, is_declared, stock_key
from services.supervision.figures.territory import UNCHANGED, Territory
from services.supervision.indicators import EVER
from shared.domain.mergeable_median import Median
from shared.domain.orgunits import path
from shared.domain.quantities import Sum

# How many partials of one key are merged at once.
MERGE_SIZE = 100

# The value of some contributions to a cell. Partials of one indicator merge in any order.
Partial: TypeAlias = "Median | Stocks | Sum"


def partial(contribution: Contribution) -> Partial:
    """What a contribution adds to its cell."""
    if EVER[contribution.indicator].fold == "stock":
        return Stocks.of(contribution)
    return flow_partial(contribution.indicator, contribution.value)


def flow_partial(code: str, value: Any) -> Median | Sum:
    """What a value of a flow adds to its cell."""
    return Median.of(value) if EVER[code].fold == "median" else Sum.of(value)


def total(code: str, values: Sequence[Any]) -> Median | Sum:
    """The partial of all contributions of a flow to one cell."""
    return Median.of(*values) if EVER[code].fold == "median" else Sum.total_of(values)


def effective(found: list[Contribution], territory: Territory) -> list[Contribution]:
    """The contributions that count in a cell: not a stock that another one replaces or covers, nor
    what was recorded one by one in the area of a declared stock."""
    parts = [part for part in map(partial, found) if isinstance(part, Stocks)]
    if not parts:
        return found
    whole = sum(parts[1:], parts[0])
    keys = {stock.key for stock in whole.effective(territory).values()}
    records = whole.counted_records(territory)
    return [
        item
        for item in found
        if (stock_key(item) in keys if is_declared(item) else item.orgunit in records)
    ]


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
    """Partials by (indicator, orgunit), rolled up to every unit above. What stands at the week's
    end is rolled up by its `territory`."""

    def __init__(self, territory: Territory = UNCHANGED) -> None:
        self.territory = territory
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
        return part.total(self.territory) if isinstance(part, Stocks) else part

    def _rolled_up(self) -> dict[tuple[str, str], Any]:
        # After merging, so that each unit is rolled up once.
        rolled = PartialMerger()
        for (indicator, orgunit), part in self._merging.by_key().items():
            level = EVER[indicator].since is not None
            for unit in self.territory.above(orgunit) if level else path(orgunit):
                rolled.add((indicator, unit), part)
        return rolled.by_key()


class DistrictCells(Cells):
    """The cells of the district alone."""

    def merge(self, indicator: str, orgunit: str, part: Partial) -> None:
        super().merge(indicator, path(orgunit)[-1], part)
