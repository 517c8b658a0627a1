"""Rebuilding the figures: all facts are folded again beside the live figures, compared, swapped.

Events continue to arrive. While a rebuild is running, the entries of pending_folds.py are kept:
their subjects aren't compared, and are folded again from the facts once the rebuild is over, into
the collections that are live then.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from pymongo.write_concern import WriteConcern

from services.supervision.facts.fact_store import Cell, FactStore
from services.supervision.figures import figure_cache as live
from services.supervision.figures.figure_rules import FigureRules
from services.supervision.figures.fold_storage import AllSubjects, FoldedDocuments, has_content
from services.supervision.figures.totals import Totals
from services.supervision.workflow.comparison import differences
from services.supervision.workflow.rebuild_jobs import DONE, RebuildJobs, collections
from services.supervision.workflow.stream import StreamContext, read_stream
from shared.domain.types import Document
from shared.platform.database import duplicates

# How many facts are folded at once.
SLICE = 20_000
HEARTBEAT_SECONDS = 1

# A rebuild that is lost with its process starts anew. Only the swap waits for the majority.
UNREPLICATED = WriteConcern(w=1, j=False)

# Cell → the subject of each of its facts.
Slice = dict[Cell, list[str]]


class RebuildContext(StreamContext, Protocol):
    """The part of Projection that a rebuild needs."""

    rebuilds: RebuildJobs
    figures: live.FigureCache
    figure_rules: FigureRules

    def require_running(self) -> None: ...


class RebuildRun:
    """The work of one job."""

    def __init__(self, identity: str, projection: RebuildContext) -> None:
        self.identity = identity
        self.projection = projection
        self.rebuilds = projection.rebuilds
        self.database = self.rebuilds.database
        self._last_heartbeat = time.monotonic()
        self._progress: Document = {"folded": 0, "read": 0}

    def run(self, source: str) -> None:
        """Fold, compare, and replace the live figures where they differ.

        Figures that were folded from the stream replace them only if the stream holds the facts
        that are stored.
        """
        own = collections(self.identity)
        facts, agreed = self.projection.facts, True
        if source == "stream":
            self._begin("reading")
            facts = FactStore.create(self.database, own["facts"], UNREPLICATED)
            report = read_stream(self.projection, facts, self.heartbeat)
            agreed = report["agreed"]
            self._begin("comparing", stream=report)
        rebuilt = self._folded(facts, own)
        self._begin("comparing")
        found = differences(self.projection.figures, rebuilt, self.heartbeat)
        replaced = agreed and found["cells"] + found["levels"] > 0
        if replaced:
            self.rebuilds.begin_swap(self.identity, doing="swapping")
            rebuilt.replace(self.projection.figures)
        if agreed:
            Totals(self.database).clear()
            self.projection.figure_rules.note()
        self.rebuilds.end(self.identity, DONE, differences=found, replaced=replaced)

    def heartbeat(self, **progress: Any) -> None:
        """A sign of life, stored at most once a second. Raises JobAbandoned and Stopped."""
        self.projection.require_running()
        self._progress |= progress
        if time.monotonic() >= self._last_heartbeat + HEARTBEAT_SECONDS:
            self._report()

    def _begin(self, doing: str, **progress: Any) -> None:
        self._progress |= {"doing": doing, **progress}
        self._report()

    def _report(self) -> None:
        self.rebuilds.heartbeat(self.identity, **self._progress)
        self._last_heartbeat = time.monotonic()

    def _folded(self, facts: FactStore, own: dict[str, str]) -> "RebuiltFigures":
        self._begin("folding", total=facts.estimated_count())
        rebuilt = RebuiltFigures(self.database, own["figures"], own["levels"])
        folded = 0
        for cells in slices(facts.by_cell()):
            rebuilt.add(self._fold(facts, cells))
            folded += sum(map(len, cells.values()))
            self.heartbeat(folded=folded)
        self._begin("folding", folded=folded)
        return rebuilt

    def _fold(self, facts: FactStore, cells: Slice) -> FoldedDocuments:
        folded = FoldedDocuments(set(cells), AllSubjects())
        subjects: set[str] = set().union(*cells.values())
        for events in facts.tracked(subjects):
            folded.add(events)
            self.heartbeat()
        return folded


class RebuiltFigures:
    """Figures beside the live ones, in collections with these names; empty at first."""

    def __init__(self, database: Database[Document], figures: str, levels: str) -> None:
        for name, kind in ((figures, "figures"), (levels, "levels")):
            database[name].create_indexes(live.INDEXES[kind])
        self.figures = database.get_collection(figures, write_concern=UNREPLICATED)
        self.levels = database.get_collection(levels, write_concern=UNREPLICATED)

    def add(self, folded: FoldedDocuments) -> None:
        """Insert the documents of some cells, and of the subjects that have facts in them."""
        levels = {key: document for key, document in folded.levels.items() if has_content(document)}
        _insert(self.figures, folded.cell_documents())
        _insert(self.levels, levels)

    def replace(self, figures: live.FigureCache) -> None:
        """Take the place of the live figures.

        Between the two renames a reader finds the new cells beside the old levels, which is safe:
        no indicator is in both.
        """
        for rebuilt, old in ((self.figures, figures.figures), (self.levels, figures.levels)):
            old.database[rebuilt.name].rename(old.name, dropTarget=True)


def _insert(collection: Collection[Document], documents: dict[str, Document]) -> None:
    if documents:
        try:
            collection.insert_many(
                [{"_id": it, **document} for it, document in documents.items()], ordered=False
            )
        except BulkWriteError as error:
            # A subject with facts in several slices has the same document in each.
            duplicates(error)


def slices(cells: Iterable[tuple[Cell, list[str]]]) -> Iterator[Slice]:
    """Some whole cells at a time, with at most SLICE facts; a cell with more facts is alone.

    The memory in use doesn't grow with the number of facts.
    """
    some: Slice = {}
    count = 0
    for cell, subjects in cells:
        if some and count + len(subjects) > SLICE:
            yield some
            some, count = {}, 0
        some[cell] = subjects
        count += len(subjects)
    if some:
        yield some
