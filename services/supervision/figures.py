"""Live figures: a cache of folded facts that can always be made again from them.

One document for each week and unit, a *cell*, holds the partials of what happened in exactly that
unit; the units above are rolled up when read. Levels are kept for each subject as rows that hold
from one week until before another.

A batch notes which subjects it touches before it inserts its facts, and afterwards that the
note is whole. Noted before, it outlives a crash in between; only when it is whole a folder may take
it away.

While a rebuild is at work (rebuild.py) what was folded is noted on: it is folded again afterwards.
"""

import uuid
from collections import Counter, defaultdict
from itertools import chain, compress
from operator import itemgetter

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError, OperationFailure
from pymongo.write_concern import WriteConcern

from services.supervision.fold import (
    Cells,
    Contribution,
    deciding,
    has_levels,
    is_declared,
    levels,
    total,
)
from services.supervision.indicators import FED_BY, INDICATORS
from services.supervision.remembered import concerns_every_week, may_be_told, told_weeks
from shared.database import duplicates
from shared.envelope import week_name
from shared.lanes import side_by_side
from shared.medians import Median
from shared.periods import Period
from shared.quantities import Quantity, Sum

INDEXES = {
    "figures": [
        IndexModel([("period", ASCENDING)]),
        IndexModel([("feeds", ASCENDING), ("period", ASCENDING)]),
        IndexModel([("orgunit", ASCENDING), ("period", ASCENDING), ("seen", ASCENDING)]),
    ],
    "levels": [
        IndexModel([("rows.single", ASCENDING), ("rows.until", ASCENDING)]),
        IndexModel([("told.until", ASCENDING), ("told.first", ASCENDING)]),
        IndexModel([("always", ASCENDING)]),
    ],
    "totals": [IndexModel([("before", ASCENDING)])],
}

# How many notes, and then how many cells, are folded at once.
NOTES = 200
CELLS = 50
LANES = 4

# After so long a batch that noted what it would touch isn't at work any more.
STALE_MS = 60_000

# The database's word to whoever reads a collection while a rebuilt one takes its place.
REPLACED = 175


class Figures:
    """`session` is given where they are read as they were at one instant; `rebuilds` where there
    may be any."""

    def __init__(self, database, facts, rebuilds=None, session=None):
        self.figures = database["figures"]
        self.levels = database["levels"]
        self.notes = database["touched"]
        self._hasty = self.notes.with_options(write_concern=WriteConcern(w=1))
        self.facts = facts
        self.rebuilds = rebuilds
        self.session = session

    def touch(self, subjects):
        """Note that facts of these subjects are about to come."""
        note = str(uuid.uuid4())
        # What is written to the same server afterwards isn't kept without it.
        self._note(self._hasty, note, subjects, whole=False)
        return note

    def touched(self, note, subjects):
        """The facts of the note are there."""
        whole = [{"$set": {"whole": True, "at": "$$NOW"}}, {"$unset": "kept"}]
        if not self.notes.update_one({"_id": note}, whole).matched_count:
            # Another server took over, or a folder found it old.
            self._note(self.notes, note, subjects, whole=True)

    def fold(self):
        """Fold what some batches have touched. Returns the number of these batches."""
        notes = list(self.notes.find(_READY | self._not_kept()).limit(NOTES))
        # Asked once they are read: a rebuild that begins later finds all their facts.
        rebuild = self._rebuild_at_work()
        self._fold_noted(notes)
        for whole in (True, False):
            ids = [note["_id"] for note in notes if note["whole"] == whole]
            # One that has become whole meanwhile is left for the next time.
            self._settle({"_id": {"$in": ids}, "whole": whole}, rebuild)
        return len(notes)

    def unfolded(self):
        """How many batches have touched what isn't folded yet."""
        return self.notes.count_documents(self._not_kept())

    def noted(self):
        """The subjects of all notes."""
        return _subjects_of(self._find(self.notes))

    def cells(self, period):
        """The week's cells as they stand now: what isn't folded yet is folded in memory."""
        while True:
            try:
                return self._cells(period)
            except OperationFailure as error:
                if error.code != REPLACED:
                    raise

    def _cells(self, period):
        cells, folded = Cells(), self.folded_now()
        for document in self.documents(period, folded):
            merge_document(cells, document)
        stored = self.kept_rows(period, period, folded)
        for item in map(level, chain(stored, folded.rows())):
            if item.counts_in(period):
                cells.add(item)
        return cells

    def folded_now(self):
        """What was touched and isn't folded yet, folded in memory."""
        noted = self.noted()
        folding = Folding(self.facts.cells_of_subjects(noted), noted)
        for events in self.facts.remembered(self.facts.subjects_in(folding.cells)):
            folding.add(events)
        return folding

    def documents(self, period, folded):
        """The week's cells, those in `folded` as they are there."""
        week = str(period)
        for document in self._find(self.figures, {"period": week}):
            if (week, document["orgunit"]) not in folded.cells:
                yield document
        for document in folded.documents().values():
            if document["period"] == week:
                yield document

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

    @staticmethod
    def _note(notes, note, subjects, whole):
        noted = {"subjects": {"$literal": list(subjects)}, "whole": whole, "at": "$$NOW"}
        notes.update_one({"_id": note}, [{"$set": noted}], upsert=True)

    def _settle(self, query, rebuild):
        """These notes are folded: not needed any more, but by a rebuild that is at work."""
        if rebuild:
            self.notes.update_many(query, {"$set": {"kept": rebuild}})
        else:
            self.notes.delete_many(query)

    def _not_kept(self):
        """A query for notes that aren't kept for the present rebuild alone."""
        rebuild = self._rebuild_at_work()
        return {"kept": {"$ne": rebuild}} if rebuild else {}

    def _rebuild_at_work(self):
        return self.rebuilds.at_work() if self.rebuilds else None

    def _fold_noted(self, notes):
        subjects = _subjects_of(notes)
        # By unit: a subject often has facts in several weeks, seldom in several units.
        cells = sorted(self.facts.cells_of_subjects(subjects), key=itemgetter(1, 0))
        parts = [set(cells[start : start + CELLS]) for start in range(0, len(cells), CELLS)]
        # While one waits for the database another one is folded.
        side_by_side(LANES, lambda part: self._fold_cells(part, subjects), parts)

    def _fold_cells(self, cells, subjects):
        folding = Folding(cells, subjects)
        for events in self.facts.remembered(self.facts.subjects_in(cells)):
            folding.add(events)
            if len(folding.kept) >= NOTES:
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


class Everywhere:
    """All cells there are, or all subjects."""

    def __contains__(self, one):
        return True

    def intersection(self, some):
        return set(some)


class Folding:
    """What some cells amount to, and what is kept of some subjects: feed it each of these subjects
    and every subject that has a fact in one of the cells."""

    def __init__(self, cells, subjects):
        self.cells = cells
        self.subjects = subjects
        # Subject → what is kept of it.
        self.kept = {}
        self._values = defaultdict(list)
        self._seen = Counter()
        self._feeding = set()

    def add(self, events):
        """All events of a subject that are remembered."""
        places = [(week_name(event["time"]), event["orgunit"]) for event in events]
        for cell in self.cells.intersection(places):
            self._seen[cell] += len(events)
        for cell, event in zip(places, events, strict=True):
            if event["type"] in FED_BY and cell in self.cells:
                self._feeding.add(cell)
        for indicator, decider, value in deciding(events):
            cell = (week_name(decider["time"]), decider["orgunit"])
            if cell in self.cells:
                self._values[cell, indicator.code].append(value)
        if events[0]["subject"] in self.subjects:
            self._keep(events)

    def _keep(self, events):
        if not (has_levels(events) or may_be_told(events)):
            return
        self.kept[f"{events[0]['source']}|{events[0]['subject']}"] = {
            "seen": len(events),
            "rows": [_row(item) for item in levels(events)] if has_levels(events) else [],
            "told": [{"first": first, "until": until} for first, until in told_weeks(events)],
            "always": concerns_every_week(events),
        }

    def rows(self):
        return chain.from_iterable(kept["rows"] for kept in self.kept.values())

    def taken(self):
        kept, self.kept = self.kept, {}
        return kept

    def documents(self):
        """Id → document of each cell that has facts."""
        partials = defaultdict(list)
        for (cell, code), values in sorted(self._values.items()):
            partials[cell].append({"indicator": code, **total(code, values).to_json()})
        return {
            f"{period}|{orgunit}": {
                "period": period,
                "orgunit": orgunit,
                "seen": seen,
                "feeds": (period, orgunit) in self._feeding,
                "partials": partials[period, orgunit],
            }
            for (period, orgunit), seen in self._seen.items()
        }


def is_kept(kept):
    """Does the subject stand, or is it told of, in any week?"""
    return bool(kept["rows"] or kept["told"] or kept["always"])


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


def _subjects_of(notes):
    return {subject for note in notes for subject in note["subjects"]}


_READY = {
    "$or": [
        {"whole": True},
        {"$expr": {"$lt": ["$at", {"$subtract": ["$$NOW", STALE_MS]}]}},
    ]
}


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


def merge_document(cells, document):
    for row in document["partials"]:
        cells.merge(row["indicator"], document["orgunit"], part_of(row))


def part_of(row):
    """The partial that a row of a cell's document holds."""
    return (Median if INDICATORS[row["indicator"]].fold == "median" else Sum).from_json(row)


def _row(item):
    kept = ("id", "type", "time", "timeprecision", "orgunit", "subjectsequence")
    return {
        "indicator": item.indicator,
        "orgunit": item.orgunit,
        "first": str(item.first),
        "until": str(item.until) if item.until else None,
        "value": item.value.to_json(),
        # Recorded one by one in a stock that may also be declared.
        "single": INDICATORS[item.indicator].fold == "stock" and not is_declared(item),
        "event": {name: item.event[name] for name in kept},
    }


def level(row):
    return Contribution(
        row["indicator"],
        row["orgunit"],
        Period.parse(row["first"]),
        Period.parse(row["until"]) if row["until"] else None,
        Quantity.from_json(row["value"]),
        row["event"],
    )
