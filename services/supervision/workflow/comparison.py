"""Differences between the live figures and those that a rebuild made beside them."""

import json
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Protocol

from pymongo.collection import Collection

from services.supervision.facts.fact_store import BATCH, Cell
from services.supervision.figures.figure_cache import CELLS, FigureCache
from services.supervision.figures.fold_storage import AllSubjects, FoldedDocuments
from shared.domain.types import Document, Json

# How many differences are named; all are counted.
NAMED = 200

# The key of a cell or of a subject. Documents that were changed by hand may have any.
Identity = Any

# (key, live document, rebuilt document); None for a document that doesn't exist.
Difference = tuple[Identity, Document | None, Document | None]


class Rebuilt(Protocol):
    """The collections of rebuilt figures."""

    figures: Collection[Document]
    levels: Collection[Document]


def differences(figures: FigureCache, rebuilt: Rebuilt, heartbeat: Callable[..., None]) -> Json:
    """How many cells and how many subjects with levels differ, and the first of them by name.

    `heartbeat()` is called at least once for each batch.
    """
    cells = CellComparison(figures, figures.figures, rebuilt.figures, heartbeat)
    levels = LevelComparison(figures, figures.levels, rebuilt.levels, heartbeat)
    counts = {"cells": 0, "levels": 0}
    named: list[Json] = []
    for identity, ours, theirs in cells.differing():
        counts["cells"] += 1
        named += islice(named_cell(identity, ours, theirs), NAMED - len(named))
    for identity, ours, theirs in levels.differing():
        counts["levels"] += 1
        named += islice(named_levels(identity, ours, theirs), NAMED - len(named))
    return {**counts, "named": named}


def batches(
    live: Collection[Document], other: Collection[Document], query: Document | None = None
) -> Iterator[list[Identity]]:
    """Lists of ids: all ids in `live`, then those that are only in `other`; each id once."""
    yield from _ids(live, query)
    for ids in _ids(other, query):
        known = {it["_id"] for it in live.find({"_id": {"$in": ids}}, {"_id": 1})}
        yield [identity for identity in ids if identity not in known]


def by_id(collection: Collection[Document], ids: list[Identity]) -> dict[Identity, Document]:
    """id → document, for those of `ids` that exist."""
    return {document["_id"]: document for document in collection.find({"_id": {"$in": ids}})}


def _ids(collection: Collection[Document], query: Document | None) -> Iterator[list[Identity]]:
    found = (document["_id"] for document in collection.find(query or {}, {"_id": 1}))
    while some := list(islice(found, BATCH)):
        yield some


class _Comparison:
    """Compares live documents with rebuilt ones.

    Documents of pending subjects may differ, with one exception: a live document that has seen as
    many events as there are now, and is different, is wrong.
    """

    def __init__(
        self,
        figures: FigureCache,
        live: Collection[Document],
        rebuilt: Collection[Document],
        heartbeat: Callable[..., None],
    ) -> None:
        self.figures = figures
        self.live = live
        self.rebuilt = rebuilt
        self.heartbeat = heartbeat

    def differing(self) -> Iterator[Difference]:
        for ids in batches(self.live, self.rebuilt):
            self.heartbeat()
            yield from self._of_batch(ids)

    def pending(self, ids: list[Identity], subjects: set[str]) -> set[Identity]:
        """Those of `ids` that facts of these pending `subjects` change."""
        raise NotImplementedError

    def folded(self, ids: list[Identity]) -> dict[Identity, Document]:
        """id → document, folded from the facts that there are now."""
        raise NotImplementedError

    def _of_batch(self, ids: list[Identity]) -> Iterator[Difference]:
        theirs, busy = by_id(self.rebuilt, ids), set()
        # Twice: a folder that was at work when the rebuild began may have written its documents and
        # removed its entries between our reading of the documents and of the entries.
        for _ in range(2):
            ours = by_id(self.live, ids)
            ids = [it for it in ids if plain(ours.get(it)) != plain(theirs.get(it))]
            # Subjects are announced before they are folded: so the entries are read last.
            pending = self.pending(ids, self.figures.pending.subjects()) if ids else set()
            busy |= pending
            ids = [it for it in ids if it not in pending]
        yield from ((it, ours.get(it), theirs.get(it)) for it in ids)
        yield from self._of_busy(sorted(busy))

    def _of_busy(self, ids: list[Identity]) -> Iterator[Difference]:
        for start in range(0, len(ids), CELLS):
            self.heartbeat()
            some = ids[start : start + CELLS]
            ours = by_id(self.live, some)
            # Folded after reading: facts are only added, so this has seen at least as many.
            theirs = self.folded(some)
            for identity, document in ours.items():
                now = theirs.get(identity)
                if _seen(document) >= _seen(now) and plain(document) != plain(now):
                    yield identity, document, now


class CellComparison(_Comparison):
    def pending(self, ids: list[Identity], subjects: set[str]) -> set[Identity]:
        cells = self.figures.facts.cells_of_subjects(subjects)
        return {it for it in ids if _cell(it) in cells}

    def folded(self, ids: list[Identity]) -> dict[Identity, Document]:
        folded = FoldedDocuments({_cell(it) for it in ids}, set())
        facts = self.figures.facts
        for events in facts.tracked(facts.subjects_in(folded.cells)):
            folded.add(events)
        return {it: {"_id": it, **document} for it, document in folded.cell_documents().items()}


class LevelComparison(_Comparison):
    def pending(self, ids: list[Identity], subjects: set[str]) -> set[Identity]:
        return {it for it in ids if _subject(it) in subjects}

    def folded(self, ids: list[Identity]) -> dict[Identity, Document]:
        folded = FoldedDocuments(set(), AllSubjects())
        for events in self.figures.facts.tracked({_subject(it) for it in ids}):
            folded.add(events)
        return {it: {"_id": it, **document} for it, document in folded.levels.items()}


def _cell(identity: Identity) -> Cell:
    period, _, orgunit = str(identity).partition("|")
    return period, orgunit


def _subject(identity: Identity) -> str:
    return str(identity).rpartition("|")[2]


def _seen(document: Document | None) -> float:
    """How many events the document has seen. A document changed by hand may hold anything."""
    seen = document.get("seen") if document else 0
    return seen if isinstance(seen, int) else math.inf


def plain(document: Document | None) -> Document | None:
    """A document in a form that can be compared.

    Of levels, the rows are sorted, and None stands for a document without content: it need not be
    stored.
    """
    if document is None or "rows" not in document:
        return document
    if document["rows"] == [] and not (document.get("told") or document.get("always")):
        return None
    rows = document["rows"] or ()
    return document | {"rows": sorted(map(_text, rows))}


def _text(row: object) -> str:
    return json.dumps(row, sort_keys=True, default=str)


def named_cell(
    identity: Identity, live: Document | None, rebuilt: Document | None
) -> Iterator[Json]:
    """Each indicator of a cell that differs; None for the cell as a whole."""
    period, orgunit = _cell(identity)
    place = {"period": period, "orgunit": orgunit}
    old, new = (_by(document, "partials", "indicator") for document in (live, rebuilt))
    yield from _named(place, old, new, live, rebuilt)


def named_levels(
    identity: Identity, live: Document | None, rebuilt: Document | None
) -> Iterator[Json]:
    """Each row of a subject's levels that differs; None for the subject as a whole."""
    names = ("indicator", "orgunit", "first")
    old, new = (_by(document, "rows", *names) for document in (live, rebuilt))
    yield from _named({"subject": _subject(identity)}, old, new, live, rebuilt)


# The key of a row, and the rest of it.
_Rows = dict[tuple[str, ...], Document]


def _named(
    place: Json, old: _Rows, new: _Rows, live: Document | None, rebuilt: Document | None
) -> Iterator[Json]:
    keys = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    for key in keys:
        yield place | _where(key) | {"live": old.get(key), "rebuilt": new.get(key)}
    if not keys:
        parts = {"live": _summary(live), "rebuilt": _summary(rebuilt)}
        yield place | {"indicator": None} | parts


def _by(document: Document | None, rows: str, *names: str) -> _Rows:
    """The rows of a document by their key, which consists of the fields `names`."""
    found = {}
    for row in (document or {}).get(rows) or ():
        key = tuple(str(row.get(name)) for name in names)
        found[key] = {name: value for name, value in row.items() if name not in names}
    return found


def _where(key: Iterable[str]) -> Json:
    indicator, *place = key
    return {"indicator": indicator} | dict(zip(("orgunit", "period"), place, strict=False))


def _summary(document: Document | None) -> Document | None:
    return {"seen": document.get("seen")} if document else None
