"""Live figures: a cache of folded facts that can always be made again from them.

One document for each week and unit, a *cell*, holds the partials of what happened in exactly that
unit; the units above are rolled up when read. Levels are kept for each subject as rows that hold
from one week until before another.

What a batch touches is noted until it is folded (notes.py).
"""

from itertools import chain, compress
from operator import itemgetter

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError, OperationFailure

from services.supervision.figures.fold import Cells
from services.supervision.figures.fold_storage import Folding, is_kept, level, parts_of
from services.supervision.figures.pending_folds import PendingFolds
from shared.platform.concurrency import run_concurrently
from shared.platform.database import duplicates

INDEXES = {
    "figures": [
        # What cells have seen is added up from the index alone.
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

# How many cells are folded at once, and of how many subjects what is kept is written at once.
CELLS = 50
SUBJECTS = 200
LANES = 4

# The database's words to whoever reads a collection while a rebuilt one takes its place: in the
# middle of it, and as it was at an instant before that.
REPLACED = (175, 246)


def steady(read):
    """What `read()` gives: again, where a rebuilt collection takes the place of one meanwhile."""
    while True:
        try:
            return read()
        except OperationFailure as error:
            if error.code not in REPLACED:
                raise


class Figures:
    """`session` is given where they are read as they were at one instant; `rebuilds` where there
    may be any."""

    def __init__(self, database, facts, rebuilds=None, session=None):
        self.figures = database["figures"]
        self.levels = database["levels"]
        self.notes = PendingFolds(database["touched"], rebuilds, session)
        self.facts = facts
        self.session = session

    def fold(self):
        """Fold what some batches have touched. Returns the number of these batches."""
        return self.notes.fold(self._fold)

    def cells(self, period):
        """The week's cells as they stand now: what isn't folded yet is folded in memory."""
        return steady(lambda: self._cells(period))

    def _cells(self, period):
        cells, folded = Cells(), self.folded_now()
        for part in self.parts(period, folded):
            cells.merge(*part)
        stored = self.kept_rows(period, period, folded)
        for item in map(level, chain(stored, folded.rows())):
            if item.counts_in(period):
                cells.add(item)
        return cells

    def folded_now(self):
        """What was touched and isn't folded yet, folded in memory."""
        noted = self.notes.subjects()
        folding = Folding(self.facts.cells_of_subjects(noted), noted)
        for events in self.facts.remembered(self.facts.subjects_in(folding.cells)):
            folding.add(events)
        return folding

    def parts(self, period, folded):
        """What the week's cells hold (see `parts_of`), those in `folded` as they are there."""
        week = str(period)
        for document in self._find(self.figures, {"period": week}):
            if (week, document["orgunit"]) not in folded.cells:
                yield from parts_of(document["orgunit"], document["partials"])
        for document in folded.documents().values():
            if document["period"] == week:
                yield from parts_of(document["orgunit"], document["partials"])

    def first_week(self, folded):
        """The week of the first event of all that feeds a figure; None before there is one."""
        stored = self.figures.find_one(
            {"feeds": True}, {"period": 1}, sort=[("period", ASCENDING)], session=self.session
        )
        weeks = [
            document["period"] for document in folded.documents().values() if document["feeds"]
        ]
        return min([*weeks, *([stored["period"]] if stored else [])], default=None)

    def kept_rows(self, first, last, folded, **which):
        """Rows that stand at the end of some of these weeks, of subjects that aren't in `folded`;
        `which` says what the rows have to be like."""
        query = {"rows": {"$elemMatch": {**_standing(first, last), **which}}}
        for document in self._find(self.levels, query, {"rows": 1}):
            if document["_id"] not in folded.kept:
                yield from (row for row in document["rows"] if which.items() <= row.items())

    def counted_one_by_one(self, weeks, folded):
        """(week, indicator, unit, sum, number) of the rows of stocks that are recorded one by one
        and stand at the end of each of these weeks."""
        some = {**_standing(min(weeks), max(weeks)), "single": True}
        row = {f"rows.{name}": value for name, value in some.items() if name != "$or"}
        until = [{"rows.until": None}, {"rows.until": {"$gt": str(min(weeks))}}]
        groups = [
            {"$match": {"_id": {"$nin": list(folded.kept)}, "rows": {"$elemMatch": some}}},
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
            which = found["_id"]
            for week in compress(weeks, which["stands"]):
                yield week, which["indicator"], which["orgunit"], found["sum"], found["number"]

    def subjects_of(self, period):
        """Subjects that stand or are told of at the week's end, but for what is counted one by
        one, and those that concern every week."""
        told = {"$elemMatch": _standing(period, period)}
        rows = {"$elemMatch": {**_standing(period, period), "single": False}}
        query = {"$or": [{"always": True}, {"told": told}, {"rows": rows}]}
        return {_subject(it["_id"]) for it in self._find(self.levels, query, {"_id": 1})}

    def _find(self, collection, query=None, fields=None):
        return collection.find(query or {}, fields, session=self.session)

    def _fold(self, subjects):
        # By unit: a subject often has facts in several weeks, seldom in several units.
        cells = sorted(self.facts.cells_of_subjects(subjects), key=itemgetter(1, 0))
        parts = [set(cells[start : start + CELLS]) for start in range(0, len(cells), CELLS)]
        # While one waits for the database another one is folded.
        run_concurrently(LANES, lambda part: self._fold_cells(part, subjects), parts)

    def _fold_cells(self, cells, subjects):
        folding = Folding(cells, subjects)
        for events in self.facts.remembered(self.facts.subjects_in(cells)):
            folding.add(events)
            if len(folding.kept) >= SUBJECTS:
                self._keep(folding.taken())
        self._keep(folding.taken())
        _write(self.figures, folding.documents())

    def _keep(self, found):
        """`found` maps each subject to what is kept of it."""
        stored = self.levels.find({"_id": {"$in": list(found)}}, {"_id": 1})
        known = {entry["_id"] for entry in stored.to_list()}
        changed = {
            subject: kept for subject, kept in found.items() if is_kept(kept) or subject in known
        }
        _write(self.levels, changed)


def _standing(first, last):
    """Of weeks as text: that of a row which stands at the end of one of them."""
    until = [{"until": None}, {"until": {"$gt": str(first)}}]
    return {"first": {"$lte": str(last)}, "$or": until}


def _stands(week):
    """An expression: does an unwound row stand at the end of the week?"""
    goes_on = [{"$eq": ["$rows.until", None]}, {"$gt": ["$rows.until", str(week)]}]
    return {"$and": [{"$lte": ["$rows.first", str(week)]}, {"$or": goes_on}]}


def _subject(key):
    """Its id; the key begins with its source."""
    return key.split("|", 1)[1]


def _write(collection, documents):
    """Unless another folder saw more: facts only grow, so who saw more of them knows better."""
    writes = [
        UpdateOne(
            {"_id": name, "seen": {"$lte": document["seen"]}}, {"$set": document}, upsert=True
        )
        for name, document in documents.items()
    ]
    if writes:
        try:
            collection.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            # What is there knows more: the upsert met it.
            duplicates(error)
