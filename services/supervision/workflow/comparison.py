"""What differs between the live figures and those that a rebuild made beside them."""

import json
import math
from itertools import islice

from services.supervision.facts.fact_store import BATCH
from services.supervision.figures.figure_cache import CELLS
from services.supervision.figures.fold_storage import AllSubjects, Folding

# So many differences are named; all are counted.
NAMED = 200


def differences(figures, fresh, tell):
    """How many cells and how many subjects with levels differ, and the first of them by name.

    `tell()` is called now and then.
    """
    kinds = {
        "cells": (CellsBeside(figures, figures.figures, fresh.figures, tell), named_cell),
        "levels": (LevelsBeside(figures, figures.levels, fresh.levels, tell), named_levels),
    }
    found = dict.fromkeys(kinds, 0)
    named = []
    for kind, (beside, name) in kinds.items():
        for identity, ours, theirs in beside.differing():
            found[kind] += 1
            named += islice(name(identity, ours, theirs), NAMED - len(named))
    return found | {"named": named}


def batches(live, other, query=None):
    """Lists of ids: all of `live`, then those that only `other` has; each id once."""
    yield from _ids(live, query)
    for ids in _ids(other, query):
        known = {it["_id"] for it in live.find({"_id": {"$in": ids}}, {"_id": 1})}
        yield [identity for identity in ids if identity not in known]


def by_id(collection, ids):
    """id → document of those of `ids` that are there."""
    return {document["_id"]: document for document in collection.find({"_id": {"$in": ids}})}


def _ids(collection, query):
    found = (document["_id"] for document in collection.find(query or {}, {"_id": 1}))
    while some := list(islice(found, BATCH)):
        yield some


class _Beside:
    """Live documents and those that were made beside them.

    What was touched since differs rightly: unless the live document claims to have seen no less
    than there is, and still is another one.
    """

    def __init__(self, figures, live, fresh, tell):
        self.figures = figures
        self.live = live
        self.fresh = fresh
        self.tell = tell

    def differing(self):
        """(id, live document, fresh document) of each that differs, None for one that isn't
        there."""
        for ids in batches(self.live, self.fresh):
            self.tell()
            yield from self._of_batch(ids)

    def _of_batch(self, ids):
        theirs, busy = by_id(self.fresh, ids), set()
        # Twice: a folder that was at work when the rebuild began may have written what it had
        # noted, and taken the note away, between a look at the documents and one at the notes.
        for _ in range(2):
            ours = by_id(self.live, ids)
            ids = [it for it in ids if plain(ours.get(it)) != plain(theirs.get(it))]
            # What comes meanwhile is noted before it is folded: so the notes are read last.
            touched = self.touched(ids, self.figures.notes.subjects()) if ids else set()
            busy |= touched
            ids = [it for it in ids if it not in touched]
        yield from ((it, ours.get(it), theirs.get(it)) for it in ids)
        yield from self._of_busy(sorted(busy))

    def _of_busy(self, ids):
        for start in range(0, len(ids), CELLS):
            self.tell()
            some = ids[start : start + CELLS]
            ours = by_id(self.live, some)
            # Folded after that: facts only grow, so it has seen as much at least.
            theirs = self.folded(some)
            for identity, document in ours.items():
                now = theirs.get(identity)
                if _seen(document) >= _seen(now) and plain(document) != plain(now):
                    yield identity, document, now


class CellsBeside(_Beside):
    def touched(self, ids, noted):
        """Those of these cells in which a noted subject has a fact."""
        cells = self.figures.facts.cells_of_subjects(noted)
        return {it for it in ids if _cell(it) in cells}

    def folded(self, ids):
        """id → document as the facts give it now."""
        folding = Folding({_cell(it) for it in ids}, set())
        facts = self.figures.facts
        for events in facts.remembered(facts.subjects_in(folding.cells)):
            folding.add(events)
        return {it: {"_id": it, **document} for it, document in folding.documents().items()}


class LevelsBeside(_Beside):
    def touched(self, ids, noted):
        """Those of these subjects that are noted."""
        return {it for it in ids if _subject(it) in noted}

    def folded(self, ids):
        """id → document as the facts give it now."""
        folding = Folding(set(), AllSubjects())
        for events in self.figures.facts.remembered({_subject(it) for it in ids}):
            folding.add(events)
        return {it: {"_id": it, **kept} for it, kept in folding.kept.items()}


def _cell(identity):
    return tuple(str(identity).split("|"))


def _subject(identity):
    return str(identity).rpartition("|")[2]


def _seen(document):
    """How many events went into it; what was put there by hand may say anything."""
    seen = document.get("seen") if document else 0
    return seen if isinstance(seen, int) else math.inf


def plain(document):
    """Of levels: rows have no order, and of a subject of which nothing is kept there is as well no
    document."""
    if document is None or "rows" not in document:
        return document
    if document["rows"] == [] and not (document.get("told") or document.get("always")):
        return None
    rows = document["rows"] or ()
    return document | {"rows": sorted(map(_text, rows))}


def _text(row):
    return json.dumps(row, sort_keys=True, default=str)


def named_cell(identity, live, fresh):
    """Each indicator of a cell that differs; None for the cell as a whole."""
    period, _, orgunit = str(identity).partition("|")
    place = {"period": period, "orgunit": orgunit}
    old, new = (_by(doc, "partials", "indicator") for doc in (live, fresh))
    yield from _named(place, old, new, live, fresh)


def named_levels(identity, live, fresh):
    """Each row of a subject's levels that differs; None for the subject as a whole."""
    old, new = (_by(doc, "rows", "indicator", "orgunit", "first") for doc in (live, fresh))
    yield from _named({"subject": str(identity).rpartition("|")[2]}, old, new, live, fresh)


def _named(place, old, new, live, fresh):
    keys = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    for key in keys:
        yield place | _where(key) | {"live": old.get(key), "rebuilt": new.get(key)}
    if not keys:
        parts = {"live": _whole(live), "rebuilt": _whole(fresh)}
        yield place | {"indicator": None} | parts


def _by(document, rows, *names):
    """Key of each row (what `names` name) → the rest of the row."""
    found = {}
    for row in (document or {}).get(rows) or ():
        key = tuple(str(row.get(name)) for name in names)
        found[key] = {name: value for name, value in row.items() if name not in names}
    return found


def _where(key):
    indicator, *place = key
    return {"indicator": indicator} | dict(zip(("orgunit", "period"), place, strict=False))


def _whole(document):
    return document and {"seen": document.get("seen")}
