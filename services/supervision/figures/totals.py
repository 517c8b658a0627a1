"""The cells of all weeks added up, for each unit.

A total is stored up to the beginning of a block of weeks, so that only a few weeks have to be added
to it. It is valid as long as its cells are unchanged: `seen` of a cell grows with every fact that
touches it, and so does their sum.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.supervision.figures.cells import Cells, PartialMerger
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.figures.fold_storage import FoldedDocuments, partials_of
from services.supervision.indicators.reporting import PERIODS_IN_MEAN
from shared.domain.mergeable_median import Median
from shared.domain.periods import Period, Week
from shared.domain.quantities import Sum
from shared.domain.types import Document

# The weeks of an unfinished block are read one by one anyway.
BLOCK = PERIODS_IN_MEAN[Week]
# Two years of blocks.
BLOCKS_KEPT = 26
BY_CELL = "period_1_orgunit_1_seen_1"

# (indicator, unit, partial)
Partials = Iterable[tuple[str, str, Median | Sum]]

# Unit → the rows of its total.
Rows = dict[str, list[Document]]


class Totals:
    """The totals of a programme that began in `first_week`; of all weeks, where it is None."""

    def __init__(
        self,
        database: Database[Document],
        first_week: Period | None = None,
        session: ClientSession | None = None,
    ) -> None:
        self.figures = database["figures"]
        self.totals = database["totals"]
        self.session = session
        self.first_week = str(first_week) if first_week else None

    def until(self, recent: Mapping[Period, Partials], pending: FoldedDocuments) -> Cells:
        """The cells of everything from the beginning to the end of the last of the `recent` weeks.

        `recent` maps that week and some before it to their partials; cells in `pending` are taken
        from there.
        """
        cells, boundary = Cells(), block_of(max(recent))
        changed = {unit for week, unit in pending.cells if self._lies_before(week, boundary)}
        unfinished = (parts for week, parts in recent.items() if str(week) >= boundary)
        stored = (partials_of(*it) for it in self._before(boundary, changed))
        afresh = map(_partials_of, self._afresh(boundary, changed, pending))
        for part in chain.from_iterable(chain(unfinished, stored, afresh)):
            cells.merge(*part)
        return cells

    def _afresh(
        self, boundary: str, changed: set[str], pending: FoldedDocuments
    ) -> Iterator[Document]:
        """All cells before the week `boundary` of the units that changed there."""
        query = {"period": self._before_week(boundary), "orgunit": {"$in": sorted(changed)}}
        for document in self._find(query) if changed else ():
            if (document["period"], document["orgunit"]) not in pending.cells:
                yield document
        for document in pending.cell_documents().values():
            if self._lies_before(document["period"], boundary):
                yield document

    def _lies_before(self, week: str, boundary: str) -> bool:
        return (self.first_week or "") <= week < boundary

    def _before_week(self, boundary: str) -> Document:
        """A query for the weeks of the programme before this one."""
        return {"$lt": boundary} | ({"$gte": self.first_week} if self.first_week else {})

    def _before(self, boundary: str, excluded: set[str]) -> Iterator[tuple[str, list[Document]]]:
        """(unit, rows) of everything before the week `boundary`, without the `excluded` units."""
        valid, seen = self._valid(boundary)
        made = self._made(boundary, seen.keys() - valid.keys() - excluded)
        self._store(boundary, made, seen)
        for unit, rows in (valid | made).items():
            if unit not in excluded:
                yield unit, rows

    def _valid(self, boundary: str) -> tuple[Rows, dict[str, int]]:
        """The stored totals before the week that are still valid; and unit → what the cells of the
        unit have seen, for all units."""
        seen = self._seen(boundary)
        # Totals of a release without a first week have no `since`.
        query = {"before": boundary, "since": self.first_week}
        stored = {it["orgunit"]: it for it in self.totals.find(query)}
        valid = {
            unit: stored[unit]["rows"]
            for unit, count in seen.items()
            if unit in stored and stored[unit]["seen"] == count
        }
        return valid, seen

    def _seen(self, boundary: str) -> dict[str, int]:
        groups: list[Document] = [
            {"$match": {"period": self._before_week(boundary)}},
            {"$group": {"_id": "$orgunit", "seen": {"$sum": "$seen"}}},
        ]
        found = self.figures.aggregate(groups, hint=BY_CELL, session=self.session)
        return {it["_id"]: it["seen"] for it in found}

    def _made(self, boundary: str, units: set[str]) -> Rows:
        """The totals of `units` before the week `boundary`. Where the total of a block before is
        valid, only later cells are added to it."""
        rows: Rows = {unit: [] for unit in units}
        if not units:
            return rows
        earlier = block_of(Week.parse(boundary).previous())
        valid, _ = self._valid(earlier)
        known = units & valid.keys()
        since = max(earlier, self.first_week or "")
        later = {"orgunit": {"$in": sorted(known)}, "period": {"$gte": since, "$lt": boundary}}
        whole = {
            "orgunit": {"$in": sorted(units - known)},
            "period": self._before_week(boundary),
        }
        stored = (partials_of(unit, valid[unit]) for unit in known)
        found = map(_partials_of, self._find({"$or": [later, whole]}))
        made = PartialMerger()
        for code, unit, part in chain.from_iterable(chain(stored, found)):
            made.add((unit, code), part)
        for (unit, code), part in sorted(made.by_key().items()):
            rows[unit].append({"indicator": code, **part.to_json()})
        return rows

    def forget(self) -> int:
        """Remove the totals before old blocks: they are made again where an old week is drafted.
        Returns how many."""
        old = sorted(self.totals.distinct("before"))[:-BLOCKS_KEPT]
        return self.totals.delete_many({"before": {"$in": old}}).deleted_count if old else 0

    def clear(self) -> None:
        """Remove all, where the cells were counted anew: `seen` of a cell doesn't say by which
        rules."""
        self.totals.delete_many({})

    def _store(self, boundary: str, made: Rows, seen: Mapping[str, int]) -> None:
        writes = [
            UpdateOne(
                {"_id": self._key(boundary, unit)},
                {
                    "$set": {
                        "before": boundary,
                        "since": self.first_week,
                        "orgunit": unit,
                        "seen": seen[unit],
                        "rows": rows,
                    }
                },
                upsert=True,
            )
            for unit, rows in made.items()
        ]
        if writes:
            self.totals.bulk_write(writes, ordered=False)

    def _key(self, boundary: str, unit: str) -> str:
        return "|".join([boundary, unit, *([self.first_week] if self.first_week else [])])

    def _find(self, query: Document) -> Iterable[Document]:
        return self.figures.find(query, session=self.session)


class WholeTotals:
    """Totals that rest on cells alone: all cells of `figures` are read."""

    def __init__(self, figures: FigureCache, first_week: Period | None) -> None:
        self.figures = figures
        self.first_week = first_week

    def until(self, recent: Mapping[Period, Partials], pending: FoldedDocuments) -> Cells:
        """As `Totals.until`."""
        cells, last = Cells(), min(recent).previous()
        earlier = self.figures.partials_between(self.first_week, last, pending)
        for part in chain(earlier, *recent.values()):
            cells.merge(*part)
        return cells


def block_of(period: Period) -> str:
    """The first week, as text, of the block of weeks in which the week lies."""
    number = period.first_day.toordinal() // 7
    first = Week.of_day(period.first_day)
    for _ in range(number % BLOCK):
        first = first.previous()
    return str(first)


def _partials_of(document: Document) -> Iterator[tuple[str, str, Median | Sum]]:
    return partials_of(document["orgunit"], document["partials"])
