"""Live figures: a cache of folded facts that can always be made again from them.

One document for each week and unit, a *cell*, holds the partials of what happened in exactly that
unit; the units above are rolled up when read. Levels are kept for each subject as rows that hold
from one week until before another.

A batch notes which cells it touches before it inserts its facts, and again once they are there. The
first note outlives a crash in between; only the second lets a folder take the note away.

While a rebuild is at work (rebuild.py) what was folded is noted on: it is folded again afterwards.
"""

import uuid
from collections import Counter, defaultdict
from itertools import chain

from eventlet import GreenPool
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError, OperationFailure

from services.supervision.fold import Cells, Contribution, flows, has_levels, levels, total
from services.supervision.indicators import INDICATORS
from shared.database import duplicates
from shared.envelope import week_of
from shared.medians import Median
from shared.periods import Period
from shared.quantities import Quantity, Sum

INDEXES = {
    "figures": [IndexModel([("period", ASCENDING)])],
    "levels": [IndexModel([("rows.until", ASCENDING), ("rows.first", ASCENDING)])],
}

# How many notes, and then how many cells, are folded at once.
NOTES = 200
CELLS = 100
LANES = 3

# After so long a batch that noted what it would touch isn't at work any more.
STALE_MS = 60_000

# The database's word to whoever reads a collection while a rebuilt one takes its place.
REPLACED = 175


class Figures:
    def __init__(self, database, facts, rebuilds):
        self.figures = database["figures"]
        self.levels = database["levels"]
        self.notes = database["touched"]
        self.facts = facts
        self.rebuilds = rebuilds

    def touch(self, cells):
        """Note that facts are about to come that touch these (period, orgunit) pairs."""
        note = str(uuid.uuid4())
        self._note(note, cells, whole=False)
        return note

    def touched(self, note, cells):
        """The facts of the note are there; these are all the cells that they touch."""
        self._note(note, cells, whole=True)

    def fold(self):
        """Fold what some batches have touched. Returns the number of these batches."""
        notes = list(self.notes.find(_READY | self._not_kept()).limit(NOTES))
        # Asked once they are read: a rebuild that begins later finds all their facts.
        rebuild = self.rebuilds.at_work()
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
        """The (period, orgunit) pairs of all notes."""
        return {tuple(cell) for note in self.notes.find() for cell in note["cells"]}

    def cells(self, period):
        """The week's cells as they stand now: what isn't folded yet is folded in memory."""
        while True:
            try:
                return self._cells(period)
            except OperationFailure as error:
                if error.code != REPLACED:
                    raise

    def _cells(self, period):
        week, cells = str(period), Cells()
        folded = self._folded_now()
        for document in self.figures.find({"period": week}):
            if (week, document["orgunit"]) not in folded.cells:
                _merge(cells, document)
        for document in folded.documents().values():
            if document["period"] == week:
                _merge(cells, document)
        for item in self._levels(period, folded.rows):
            cells.add(item)
        return cells

    def _folded_now(self):
        noted = self.noted()
        folding = Folding(noted)
        if noted:
            for events in self.facts.of_subjects(self.facts.subjects_in(noted)):
                folding.add(events)
        return folding

    def _note(self, note, cells, whole):
        pairs = [list(cell) for cell in cells]
        noted = {"cells": {"$literal": pairs}, "whole": whole, "at": "$$NOW"}
        change = [{"$set": noted}, {"$unset": "kept"}]
        self.notes.update_one({"_id": note}, change, upsert=True)

    def _settle(self, query, rebuild):
        """These notes are folded: not needed any more, but by a rebuild that is at work."""
        if rebuild:
            self.notes.update_many(query, {"$set": {"kept": rebuild}})
        else:
            self.notes.delete_many(query)

    def _not_kept(self):
        """A query for notes that aren't kept for the present rebuild alone."""
        rebuild = self.rebuilds.at_work()
        return {"kept": {"$ne": rebuild}} if rebuild else {}

    def _fold_noted(self, notes):
        touched = sorted({tuple(cell) for note in notes for cell in note["cells"]})
        parts = [set(touched[start : start + CELLS]) for start in range(0, len(touched), CELLS)]
        # While one waits for the database another one is folded.
        list(GreenPool(LANES).imap(self._fold_cells, parts))

    def _fold_cells(self, cells):
        folding = Folding(cells)
        for events in self.facts.of_subjects(self.facts.subjects_in(cells)):
            folding.add(events)
            if len(folding.rows) >= NOTES:
                self._keep_levels(folding.taken_rows())
        self._keep_levels(folding.taken_rows())
        _write(self.figures, folding.documents())

    def _keep_levels(self, found):
        """`found` maps each subject to (number of its events, its rows)."""
        stored = self.levels.find({"_id": {"$in": list(found)}}, {"_id": 1})
        known = {entry["_id"] for entry in stored}
        changed = {
            subject: {"seen": seen, "rows": rows}
            for subject, (seen, rows) in found.items()
            if rows or subject in known
        }
        _write(self.levels, changed)

    def _levels(self, period, newer):
        """What stands at the week's end; `newer` rows of subjects replace those that are stored."""
        week = str(period)
        open_rows = {"first": {"$lte": week}, "until": None}
        closed_rows = {"first": {"$lte": week}, "until": {"$gt": week}}
        query = {"$or": [{"rows": {"$elemMatch": rows}} for rows in (open_rows, closed_rows)]}
        stored = (it["rows"] for it in self.levels.find(query) if it["_id"] not in newer)
        for row in chain.from_iterable(chain(stored, (rows for _, rows in newer.values()))):
            item = _level(row)
            if item.counts_in(period):
                yield item


class Everywhere:
    """All cells there are."""

    def __contains__(self, cell):
        return True

    def intersection(self, cells):
        return set(cells)


class Folding:
    """What some cells amount to: feed it every subject that has a fact in one of them."""

    def __init__(self, cells):
        self.cells = cells
        # Subject → (number of its events, its rows), of those that levels are kept of.
        self.rows = {}
        self._values = defaultdict(list)
        self._seen = Counter()

    def add(self, events):
        """All events of a subject that feed any figure."""
        for cell in self.cells.intersection((str(week_of(it)), it["orgunit"]) for it in events):
            self._seen[cell] += len(events)
        for item in flows(events):
            cell = (str(item.first), item.orgunit)
            if cell in self.cells:
                self._values[cell, item.indicator].append(item.value)
        if has_levels(events):
            subject = f"{events[0]['source']}|{events[0]['subject']}"
            self.rows[subject] = len(events), [_row(item) for item in levels(events)]

    def taken_rows(self):
        rows, self.rows = self.rows, {}
        return rows

    def documents(self):
        """Id → document of each cell that facts feed."""
        partials = defaultdict(list)
        for (cell, code), values in sorted(self._values.items()):
            partials[cell].append({"indicator": code, **total(code, values).to_json()})
        return {
            f"{period}|{orgunit}": {
                "period": period,
                "orgunit": orgunit,
                "seen": seen,
                "partials": partials[period, orgunit],
            }
            for (period, orgunit), seen in self._seen.items()
        }


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


def _merge(cells, document):
    for row in document["partials"]:
        cells.merge(row["indicator"], document["orgunit"], part_of(row))


def part_of(row):
    """The partial that a row of a cell's document holds."""
    return (Median if INDICATORS[row["indicator"]].fold == "median" else Sum).from_json(row)


def _row(item):
    kept = ("id", "type", "time", "subjectsequence")
    return {
        "indicator": item.indicator,
        "orgunit": item.orgunit,
        "first": str(item.first),
        "until": str(item.until) if item.until else None,
        "value": item.value.to_json(),
        "event": {name: item.event[name] for name in kept},
    }


def _level(row):
    return Contribution(
        row["indicator"],
        row["orgunit"],
        Period.parse(row["first"]),
        Period.parse(row["until"]) if row["until"] else None,
        Quantity.from_json(row["value"]),
        row["event"],
    )
