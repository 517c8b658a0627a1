"""What differs between the live figures and those that a rebuild made beside them."""

import json
from itertools import islice

from services.supervision.facts import BATCH

# So many differences are named; all are counted.
NAMED = 200


def differences(figures, fresh, tell):
    """How many cells and how many subjects with levels differ, and the first of them by name.

    What was touched since the rebuild began isn't compared. `tell()` is called now and then.
    """
    comparing = Comparing(figures)
    kinds = {
        "cells": (figures.figures, fresh.figures, comparing.cell_touched, named_cell),
        "levels": (figures.levels, fresh.levels, comparing.subject_touched, named_levels),
    }
    found = dict.fromkeys(kinds, 0)
    named = []
    for kind, (live, new, touched, name) in kinds.items():
        for ids in batches(live, new):
            tell()
            for identity, ours, theirs in comparing.differing(ids, live, new, touched):
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


class Comparing:
    def __init__(self, figures):
        self.figures = figures

    def differing(self, ids, live, fresh, touched):
        """(id, live document, fresh document) of each that differs, None for one that isn't there.

        Looked at twice: a folder that was at work when the rebuild began may have written what it
        had noted, and taken the note away, between the first look at the document and at the notes.
        """
        theirs = by_id(fresh, ids)
        for _ in range(2):
            ours = by_id(live, ids)
            ids = [it for it in ids if _plain(ours.get(it)) != _plain(theirs.get(it))]
            # What comes meanwhile is noted before it is folded: so the notes are read last.
            noted = self.figures.noted() if ids else set()
            ids = [it for it in ids if not touched(it, noted)]
        return [(it, ours.get(it), theirs.get(it)) for it in ids]

    def cell_touched(self, identity, noted):
        return tuple(str(identity).split("|")) in noted

    def subject_touched(self, identity, noted):
        subject = str(identity).rpartition("|")[2]
        return not noted.isdisjoint(self.figures.facts.cells_of_subjects([subject]))


def _plain(document):
    """Of levels: rows have no order, and none at all are as good as no document."""
    rows = (document or {}).get("rows")
    if rows == []:
        return None
    return document | {"rows": sorted(map(_text, rows))} if rows else document


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
        parts = {"live": _seen(live), "rebuilt": _seen(fresh)}
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


def _seen(document):
    return document and {"seen": document.get("seen")}
