"""What earlier public editions printed: the figures of other weeks in a new one come from here, so
that they say nothing new."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from services.supervision.editions.protection import Printed, below
from services.supervision.indicators import EVER
from services.supervision.indicators.declare import THINGS
from shared.domain.absence import SUPPRESSED
from shared.domain.decimals import decimal_text
from shared.domain.orgunits import path
from shared.domain.periods import Period
from shared.domain.quantities import join_qualifiers
from shared.domain.report_periods import parse_period
from shared.domain.types import Json

# A figure of another week that no public edition printed.
WITHHELD = {"value": None, "qualifier": SUPPRESSED, "status": SUPPRESSED}
ZERO = {"value": "0", "qualifier": "exact", "status": "complete"}
NOT_STATED = {"value": None, "qualifier": "not_stated", "status": "not_stated"}

SHOWN = ("value", "qualifier", "status")


def is_protected(indicator: str) -> bool:
    """Does the public edition suppress figures of the indicator?"""
    return EVER[indicator].counts != THINGS


def shown(cell: Json) -> Json:
    """The figure of a cell."""
    return {name: cell[name] for name in SHOWN}


class Edition:
    """The figures of the protected cells of one earlier public edition: indicator → unit → figure.

    `known` has each figure once, because a year of editions repeats few of them very often.
    """

    def __init__(self, document: Json, known: dict[tuple[str, ...], Json]) -> None:
        def once(figure: Json) -> Json:
            return known.setdefault(tuple(figure[name] for name in SHOWN), shown(figure))

        self.revision: int = document["revision"]
        self.digest: str | None = document.get("digest")
        self.is_first_week: bool = document["notes"]["first_week"]
        # One that was published in full, before there were editions, lists every cell.
        self._is_whole = document.get("edition") != "public"
        self.cells: defaultdict[str, dict[str, Json]] = defaultdict(dict)
        # Indicator and unit → the sum since the beginning.
        self.sums: dict[tuple[str, str], Json] = {}
        for cell in document["cells"]:
            code, unit = cell["indicator"], cell["orgunit"]
            if is_protected(code):
                self.cells[code][unit] = once(cell)
                if cell["cumulative"]:
                    self.sums[code, unit] = once(cell["cumulative"])
        self._below = {code: below(cells) for code, cells in self.cells.items()}

    def values(self, indicator: str) -> Printed:
        """The values that were printed by unit; None for a suppressed one."""
        return {unit: _value(cell) for unit, cell in self.cells[indicator].items()}

    def cell(self, indicator: str, unit: str) -> Json | None:
        """The figure as it stands in the edition."""
        return self.cells[indicator].get(unit)

    def figure(self, indicator: str, unit: str) -> Json | None:
        """The figure that a reader of the edition knows; None where it isn't printed. A unit
        without a cell has 0 only where the edition shows that nothing is left for it."""
        cell = self.cell(indicator, unit)
        if cell is not None:
            return cell if _value(cell) is not None else None
        return _without_cell(indicator) if self._has_none(indicator, unit) else None

    def _has_none(self, indicator: str, unit: str) -> bool:
        if self._is_whole:
            return True
        cells = self.cells[indicator]
        above = next((code for code in path(unit)[1:] if code in cells), None)
        whole = _value(cells[above]) if above else None
        if above is None or whole is None:
            return False
        parts = [_value(cells[part]) for part in self._below[indicator][above]]
        # A first edition that suppresses one of the cells right below lists all of them.
        listed = self.revision == 0 and None in parts
        return listed or whole == sum((part or 0 for part in parts), Decimal(0))


def _value(cell: Json) -> Decimal | None:
    return None if cell["status"] == SUPPRESSED else Decimal(cell["value"] or 0)


def _without_cell(indicator: str) -> Json:
    """The figure of a unit where nothing feeds the indicator."""
    item = EVER[indicator]
    if item.recorded:
        return ZERO
    return NOT_STATED | {"status": "none"} if item.about else NOT_STATED


class LastWeek(NamedTuple):
    """Which public edition of the week before figures come from."""

    revision: int
    digest: str | None


class Published:
    """The public editions of the weeks up to that of `period`."""

    def __init__(self, earlier: Iterable[Json], period: Period) -> None:
        self.period = period
        self._weeks: defaultdict[Period, list[Edition]] = defaultdict(list)
        known: dict[tuple[str, ...], Json] = {}
        for document in earlier:
            week = parse_period(document["period"])
            if week <= period:
                self._weeks[week].append(Edition(document, known))
                self._drop_sums()
        for editions in self._weeks.values():
            editions.sort(key=lambda edition: edition.revision)

    def _drop_sums(self) -> None:
        """Only those of the first week are needed."""
        first = min(self._weeks)
        for week, editions in self._weeks.items():
            for edition in editions if week > first else []:
                edition.sums = {}

    def of_this_week(self, revision: int) -> list[Edition]:
        """The editions of the week itself before this revision, the first one first."""
        return [it for it in self._weeks.get(self.period, []) if it.revision < revision]

    def latest(self, week: Period) -> Edition | None:
        return max(self._weeks.get(week, []), key=lambda it: it.revision, default=None)

    @property
    def last_week(self) -> LastWeek | None:
        edition = self.latest(self.period.previous())
        return LastWeek(edition.revision, edition.digest) if edition else None

    def previous(self, indicator: str, unit: str) -> Json:
        """Last week's figure as it was printed."""
        edition = self.latest(self.period.previous())
        return (edition and edition.figure(indicator, unit)) or WITHHELD

    def recent(self, indicator: str, unit: str, weeks: int) -> list[Json]:
        """The figures of so many weeks before this one, as they were printed."""
        found, week = [], self.period
        for _ in range(weeks):
            week = week.previous()
            edition = self.latest(week)
            found.append((edition and edition.figure(indicator, unit)) or WITHHELD)
        return found

    def since_the_beginning(
        self, indicator: str, unit: str, this: Json | None, is_first_week: bool
    ) -> Json:
        """The sum of the figures that were printed, and of this week's; None stands for one that
        isn't. It is "over" the sum where a week isn't in it."""
        figures = [*self._before(indicator, unit, is_first_week), this]
        if all(figure == NOT_STATED for figure in figures):
            return NOT_STATED
        return _total(figures)

    def _before(self, indicator: str, unit: str, is_first_week: bool) -> Iterator[Json | None]:
        """The figure of each earlier week; what was before the first edition is one figure."""
        if is_first_week:
            return
        week = min((it for it in self._weeks if it < self.period), default=None)
        edition = self.latest(week) if week else None
        if week is None or edition is None:
            yield None
            return
        yield _beginning(edition, indicator, unit)
        while (week := week.next()) < self.period:
            later = self.latest(week)
            known = later.figure(indicator, unit) if later else None
            # Where nothing was reported, nothing is missing in the sum.
            nothing = known == NOT_STATED and later and later.cell(indicator, unit) is None
            yield NOT_STATED | {"status": "none"} if nothing else known


def _beginning(edition: Edition, indicator: str, unit: str) -> Json | None:
    """The sum that the first edition prints: its own figure, in the programme's first week."""
    if edition.is_first_week:
        return edition.figure(indicator, unit)
    before = edition.sums.get((indicator, unit), WITHHELD)
    return None if before["status"] == SUPPRESSED else before


def _total(figures: Sequence[Json | None]) -> Json:
    stated = [it for it in figures if it is not None and it["value"] is not None]
    value = sum((Decimal(it["value"]) for it in stated), Decimal(0))
    incomplete = any(it is None for it in figures)
    if incomplete and not value:
        return WITHHELD
    statuses = {it["status"] for it in figures if it is not None}
    if not stated:
        return NOT_STATED | {"status": "none" if statuses == {"none"} else "not_stated"}
    qualifier = "over" if incomplete else "not_stated"
    for figure in stated:
        qualifier = join_qualifiers(qualifier, figure["qualifier"])
    partly = statuses & {"partly_stated", "not_stated", "unknown"}
    status = "partly_stated" if partly else "complete"
    return {"value": decimal_text(value), "qualifier": qualifier, "status": status}
