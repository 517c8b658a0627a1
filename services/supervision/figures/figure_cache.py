"""Live figures: a cache of folded facts that can always be rebuilt from them.

One document for each week and unit, a *cell*, holds the partials of the facts of exactly that week
and unit; units above it are rolled up when read. Levels are stored for each subject, as rows that
hold from one week until before another.

Subjects of new facts are pending until they are folded (pending_folds.py).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain, compress
from operator import itemgetter
from typing import TypeVar

from pymongo import ASCENDING, IndexModel, InsertOne, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, OperationFailure

from services.supervision.facts.fact_store import Cell, FactStore
from services.supervision.facts.recent_facts import FoundFacts, RecentFacts
from services.supervision.figures.cells import Cells
from services.supervision.figures.fold_storage import (
    FoldedDocuments,
    contribution_of,
    has_content,
    partials_of,
)
from services.supervision.figures.pending_folds import PendingFolds, Rebuilds
from services.supervision.figures.territory import UNCHANGED, Territory
from shared.domain.mergeable_median import Median
from shared.domain.periods import Period
from shared.domain.quantities import Sum
from shared.domain.types import Document
from shared.platform.concurrency import run_concurrently
from shared.platform.database import Indexes, duplicates

INDEXES: Indexes = {
    "figures": [
        # `seen` of cells is added up from the index alone.
        IndexModel([("period", ASCENDING), ("orgunit", ASCENDING), ("seen", ASCENDING)]),
        IndexModel([("feeds", ASCENDING), ("period", ASCENDING)]),
    ],
    "levels": [
        IndexModel([("rows.single", ASCENDING), ("rows.until", ASCENDING)]),
        IndexModel([("told.until", ASCENDING), ("told.first", ASCENDING)]),
        IndexModel([("always", ASCENDING)]),
    ],
    "totals": [IndexModel([("before", ASCENDING)])],
}

# How many cells are folded at once, and how many documents of subjects are written at once.
CELLS = 50
SUBJECTS = 200
CONCURRENCY = 4

# The database's error codes for a reader of a collection that a rebuilt one replaces: in the middle
# of the read, and at an instant before it.
REPLACED_CODES = (175, 246)

Result = TypeVar("Result")


def retry_when_replaced(read: Callable[[], Result]) -> Result:
    """The result of `read()`, which is repeated where a rebuilt collection replaces one of those
    that it reads."""
    while True:
        try:
            return read()
        except OperationFailure as error:
            if error.code not in REPLACED_CODES:
                raise


class FigureCache:
    """With a snapshot `session`, figures are read as they were at one instant; `rebuilds` is given
    where a rebuild may be running. `names` are those of the two collections. `recent` holds some of
    the facts in memory."""

    def __init__(
        self,
        database: Database[Document],
        facts: FactStore,
        rebuilds: Rebuilds | None = None,
        session: ClientSession | None = None,
        names: tuple[str, str] = ("figures", "levels"),
        recent: RecentFacts | None = None,
    ) -> None:
        self.figures, self.levels = (database[name] for name in names)
        self.pending = PendingFolds(database["touched"], rebuilds, session)
        self.facts = facts
        self._recent = recent or RecentFacts(facts)
        self.session = session

    def fold(self) -> int:
        """Fold the subjects of some pending batches. Returns the number of these batches."""
        return self.pending.fold_some(self._fold)

    def cells(self, period: Period, territory: Territory = UNCHANGED, flows: bool = True) -> Cells:
        """The week's cells as they stand now: pending subjects are folded in memory. Without
        `flows`, only its levels."""
        return retry_when_replaced(lambda: self._cells(period, territory, flows))

    def _cells(self, period: Period, territory: Territory, flows: bool) -> Cells:
        cells, pending = Cells(territory), self.fold_pending_in_memory()
        for part in self.partials(period, pending) if flows else ():
            cells.merge(*part)
        stored = self.level_rows(period, period, pending)
        for item in map(contribution_of, chain(stored, pending.level_rows())):
            if item.counts_in(period):
                cells.add(item)
        return cells

    def fold_pending_in_memory(self) -> FoldedDocuments:
        """The documents of all pending subjects, and of the cells in which they have facts."""
        return self.fold_in_memory(self.pending.subjects())

    def fold_in_memory(self, subjects: Set[str]) -> FoldedDocuments:
        """The documents of these subjects, and of the cells in which they have facts."""
        found = self._recent.of(subjects)
        folded = FoldedDocuments(found.cells, subjects)
        for events in found.tracked_in(found.cells):
            folded.add(events)
        return folded

    def partials(
        self, period: Period, pending: FoldedDocuments
    ) -> Iterator[tuple[str, str, Median | Sum]]:
        """The partials of the week's cells, as `partials_of` gives them. Cells in `pending` are
        taken from there."""
        return self.partials_between(period, period, pending)

    def partials_between(
        self, first: Period | None, last: Period, pending: FoldedDocuments
    ) -> Iterator[tuple[str, str, Median | Sum]]:
        """The same of all weeks from the first to the last."""
        for document in self._cell_documents(first, last, pending):
            yield from partials_of(document["orgunit"], document["partials"])

    def partials_by_week(
        self, first: Period, last: Period, indicators: Sequence[str], pending: FoldedDocuments
    ) -> Iterator[tuple[str, Iterator[tuple[str, str, Median | Sum]]]]:
        """(week, partials) of these indicators, for each cell of some weeks."""
        # The other indicators stay in the database.
        chosen = {
            "$filter": {"input": "$partials", "cond": {"$in": ["$$this.indicator", indicators]}}
        }
        fields = {"period": 1, "orgunit": 1, "partials": chosen}
        for document in self._cell_documents(first, last, pending, fields):
            rows = [row for row in document["partials"] if row["indicator"] in indicators]
            yield document["period"], partials_of(document["orgunit"], rows)

    def _cell_documents(
        self,
        first: Period | None,
        last: Period,
        pending: FoldedDocuments,
        fields: Document | None = None,
    ) -> Iterator[Document]:
        """The cells of some weeks: those in `pending`, and all others as they are stored."""
        weeks = {"$gte": str(first or ""), "$lte": str(last)}
        for document in self._find(self.figures, {"period": weeks}, fields):
            if (document["period"], document["orgunit"]) not in pending.cells:
                yield document
        for document in pending.cell_documents().values():
            if weeks["$gte"] <= document["period"] <= weeks["$lte"]:
                yield document

    def first_week(self, pending: FoldedDocuments) -> str | None:
        """The week of the first event that feeds any figure; None before there is one."""
        stored = self.figures.find_one(
            {"feeds": True}, {"period": 1}, sort=[("period", ASCENDING)], session=self.session
        )
        weeks = [
            document["period"]
            for document in pending.cell_documents().values()
            if document["feeds"]
        ]
        return min([*weeks, *([stored["period"]] if stored else [])], default=None)

    def level_rows(
        self, first: Period, last: Period, pending: FoldedDocuments, **values: object
    ) -> Iterator[Document]:
        """Rows of levels that stand at the end of one of these weeks, of subjects that aren't in
        `pending`; only rows with these `values`."""
        query = {"rows": {"$elemMatch": {**_standing(first, last), **values}}}
        for document in self._find(self.levels, query, {"rows": 1}):
            if document["_id"] not in pending.levels:
                yield from (row for row in document["rows"] if values.items() <= row.items())

    def counted_records(
        self, weeks: Sequence[Period], pending: FoldedDocuments
    ) -> Iterator[tuple[Period, str, str, int, int]]:
        """(week, indicator, unit, sum, number) of the levels that stand at the end of each of these
        weeks in stocks that are recorded one by one. The database adds them up."""
        some: Document = {**_standing(min(weeks), max(weeks)), "single": True}
        row = {f"rows.{name}": value for name, value in some.items() if name != "$or"}
        until = [{"rows.until": None}, {"rows.until": {"$gt": str(min(weeks))}}]
        groups: list[Document] = [
            {"$match": {"_id": {"$nin": list(pending.levels)}, "rows": {"$elemMatch": some}}},
            {"$unwind": "$rows"},
            {"$match": {**row, "$or": until}},
            {
                "$group": {
                    "_id": {
                        "indicator": "$rows.indicator",
                        "orgunit": "$rows.orgunit",
                        "stands": [_stands(week) for week in weeks],
                    },
                    "sum": {"$sum": {"$toInt": "$rows.value.value"}},
                    "number": {"$sum": 1},
                }
            },
        ]
        for found in self.levels.aggregate(groups, session=self.session):
            group = found["_id"]
            for week in compress(weeks, group["stands"]):
                yield week, group["indicator"], group["orgunit"], found["sum"], found["number"]

    def subjects_concerned(self, period: Period) -> set[str]:
        """Subjects with a level at the week's end or that are carried over into the week, and those
        that concern every week. Stocks that are recorded one by one are left out."""
        carried = {"$elemMatch": _standing(period, period)}
        rows = {"$elemMatch": {**_standing(period, period), "single": False}}
        query = {"$or": [{"always": True}, {"told": carried}, {"rows": rows}]}
        return {_subject(it["_id"]) for it in self._find(self.levels, query, {"_id": 1})}

    def subjects_standing(self, indicator: str, period: Period) -> set[str]:
        """Subjects with a level of this indicator at the week's end."""
        standing = {"$elemMatch": {**_standing(period, period), "indicator": indicator}}
        return {
            _subject(it["_id"]) for it in self._find(self.levels, {"rows": standing}, {"_id": 1})
        }

    def _find(
        self, collection: Collection[Document], query: Document, fields: Document | None = None
    ) -> Iterable[Document]:
        return collection.find(query, fields, session=self.session)

    def _fold(self, subjects: set[str]) -> None:
        found = self._recent.of(subjects)
        # By unit: a subject often has facts in several weeks, seldom in several units.
        cells = sorted(found.cells, key=itemgetter(1, 0))
        parts = [set(cells[start : start + CELLS]) for start in range(0, len(cells), CELLS)]
        # While one part waits for the database, another one is folded.
        run_concurrently(CONCURRENCY, lambda part: self._fold_cells(part, subjects, found), parts)

    def _fold_cells(self, cells: set[Cell], subjects: set[str], found: FoundFacts) -> None:
        folded = FoldedDocuments(cells, subjects)
        for events in found.tracked_in(cells):
            folded.add(events)
            if len(folded.levels) >= SUBJECTS:
                self._write_levels(folded.take_levels())
        self._write_levels(folded.take_levels())
        documents = folded.cell_documents()
        _write(self.figures, documents, _stored(self.figures, documents))

    def _write_levels(self, documents: dict[str, Document]) -> None:
        stored = _stored(self.levels, documents)
        changed = {
            key: document
            for key, document in documents.items()
            if has_content(document) or key in stored
        }
        _write(self.levels, changed, stored)


def _standing(first: Period, last: Period) -> Document:
    """A query for the rows that stand at the end of one of these weeks."""
    until = [{"until": None}, {"until": {"$gt": str(first)}}]
    return {"first": {"$lte": str(last)}, "$or": until}


def _stands(week: Period) -> Document:
    """An expression: does an unwound row stand at the end of the week?"""
    goes_on = [{"$eq": ["$rows.until", None]}, {"$gt": ["$rows.until", str(week)]}]
    return {"$and": [{"$lte": ["$rows.first", str(week)]}, {"$or": goes_on}]}


def _subject(key: str) -> str:
    """The subject in the key of its document, which begins with its source."""
    return key.split("|", 1)[1]


def _stored(collection: Collection[Document], names: Iterable[str]) -> set[str]:
    """Those of these documents that are stored."""
    found = collection.find({"_id": {"$in": list(names)}}, {"_id": 1})
    return {document["_id"] for document in found.to_list()}


def _write(
    collection: Collection[Document], documents: dict[str, Document], stored: Set[str]
) -> None:
    """Write the documents, except where one is stored that has seen more events. New ones are
    inserted, which takes the database a third of the time.

    Facts are only ever added, so a document that has seen more of them is the newer one.
    """
    writes = [
        _update(name, document) if name in stored else InsertOne({"_id": name, **document})
        for name, document in documents.items()
    ]
    if writes:
        try:
            collection.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            # An upsert collides with the stored document where that one is newer, and an insert
            # where another process was sooner.
            names = list(documents)
            late = {names[position] for position in duplicates(error)} - stored
            _write(collection, {name: documents[name] for name in late}, late)


def _update(name: str, document: Document) -> UpdateOne:
    older = {"_id": name, "seen": {"$lte": document["seen"]}}
    return UpdateOne(older, {"$set": document}, upsert=True)
