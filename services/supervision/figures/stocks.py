"""Declared stocks, and what is recorded one by one in the areas of units."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from services.supervision.figures.as_of import precedence
from services.supervision.figures.fold import Contribution
from services.supervision.figures.territory import Territory
from shared.contracts.event_times import happened
from shared.domain.periods import SHANGHAI, interval_end
from shared.domain.quantities import Quantity, Sum

# The order of a unit's declared stocks: time, subjectsequence and id.
StockKey = tuple[datetime, int, str]


def is_declared(item: Contribution) -> bool:
    return bool(item.event["type"].endswith(".stock.declared"))


def stock_key(item: Contribution) -> StockKey:
    return happened(item.event), *precedence(item.event)


class Declared(NamedTuple):
    """A declared stock: the order of its declaration, its value, and the last day that is meant."""

    key: StockKey
    value: Quantity
    day: date


def _declared(item: Contribution) -> Declared:
    time = happened(item.event)
    last = max(time, interval_end(time, item.event["timeprecision"]) - timedelta(microseconds=1))
    return Declared(stock_key(item), item.value, last.astimezone(SHANGHAI).date())


@dataclass(frozen=True, slots=True)
class Stocks:
    """For each unit, the declared stock with the greatest StockKey, and the sum of what was
    recorded one by one.

    A declared stock covers the area that the unit had on its day, with everything below it. A later
    declaration that covers a unit's area replaces the unit's own.
    """

    declared: dict[str, Declared]
    recorded: dict[str, Sum]

    @classmethod
    def of(cls, contribution: Contribution) -> Self:
        unit, value = contribution.orgunit, contribution.value
        if is_declared(contribution):
            return cls({unit: _declared(contribution)}, {})
        return cls({}, {unit: Sum.of(value)})

    def __add__(self, other: "Stocks") -> "Stocks":
        declared, recorded = dict(self.declared), dict(self.recorded)
        for unit, stock in other.declared.items():
            declared[unit] = max(declared.get(unit, stock), stock, key=lambda item: item.key)
        for unit, part in other.recorded.items():
            recorded[unit] = recorded[unit] + part if unit in recorded else part
        return Stocks(declared, recorded)

    def effective(self, territory: Territory) -> dict[str, Declared]:
        """unit → the declared stocks that no other one covers."""
        standing = self._standing(territory)
        return {
            unit: stock
            for unit, stock in standing.items()
            if not any(_covering(unit, standing, territory))
        }

    def counted_records(self, territory: Territory) -> dict[str, Sum]:
        """unit → the sum of its records, where no declared stock covers them."""
        standing = self._standing(territory)
        return {
            unit: part
            for unit, part in self.recorded.items()
            if unit not in standing and not any(_covering(unit, standing, territory))
        }

    def total(self, territory: Territory) -> Sum | None:
        """What stands; None where nothing does, because units have ended."""
        values = [Sum.of(stock.value) for stock in self.effective(territory).values()]
        values += self.counted_records(territory).values()
        return sum(values[1:], values[0]) if values else None

    def stated(self, unit: str) -> str | None:
        """The reporter's own words for the unit's declared stock."""
        return self.declared[unit].value.stated if unit in self.declared else None

    def beside(self, unit: str, territory: Territory) -> Sum | None:
        """The sum of everything that the unit's own declared stock covers: printed beside the
        stock, never added to it. None where there is no such stock, or nothing that it covers."""
        if unit not in self.declared:
            return None
        declared = {code: stock for code, stock in self.declared.items() if code != unit}
        return Stocks(declared, self.recorded).total(territory)

    def _standing(self, territory: Territory) -> dict[str, Declared]:
        """Without the stocks of units that are no more, and those that a later one replaces."""
        days = {unit: stock.day for unit, stock in self.declared.items()}
        return {
            unit: stock
            for unit, stock in self.declared.items()
            if not territory.is_replaced(unit, days)
            and all(other.key < stock.key for other in _covering(unit, self.declared, territory))
        }


def _covering(
    unit: str, declared: Mapping[str, Declared], territory: Territory
) -> Iterator[Declared]:
    """The other units' stocks whose area had the unit in it when they were declared."""
    for other in territory.ever_holders(unit) & declared.keys():
        if other != unit and other in territory.holders(unit, declared[other].day):
            yield declared[other]
