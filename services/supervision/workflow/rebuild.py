"""Rebuilding the figures: all facts folded afresh beside the live figures, compared, swapped.

Events go on coming meanwhile. Each batch notes what it touches, and as long as a rebuild is at work
these notes are kept (notes.py): what they name isn't compared, and is folded again from the facts
once the rebuild is over, into whatever collections are the live ones then.
"""

import time

from pymongo.errors import BulkWriteError
from pymongo.write_concern import WriteConcern

from services.supervision.figures import figure_cache as live
from services.supervision.figures.fold_storage import AllSubjects, Folding, is_kept
from services.supervision.workflow.comparison import differences
from services.supervision.workflow.rebuild_jobs import DONE, collections
from services.supervision.workflow.stream import facts_of_stream
from shared.platform.database import duplicates

# How many facts are folded at once.
SLICE = 20_000
BEAT_SECONDS = 1

# What is lost with the process is built anew; the swap waits for the majority.
QUICKLY = WriteConcern(w=1, j=False)


class Rebuild:
    """One job at its work, of a Projection."""

    def __init__(self, identity, projection):
        self.identity = identity
        self.projection = projection
        self.rebuilds = projection.rebuilds
        self.database = self.rebuilds.database
        self._beaten = time.monotonic()
        self._news = {"folded": 0, "read": 0}

    def run(self, source):
        """Fold, compare, and replace the live figures where they differ. Those that were folded
        from the stream replace them only if it holds the facts that are stored."""
        own = collections(self.identity)
        facts, agreed = self.projection.facts, True
        if source == "stream":
            self._begin("reading")
            facts = self.projection.facts.beside(self.database, own["facts"], QUICKLY)
            told = facts_of_stream(self.projection, facts, self.beat)
            agreed = told["agreed"]
            self._begin("comparing", stream=told)
        fresh = self._folded(facts, own)
        self._begin("comparing")
        found = differences(self.projection.figures, fresh, self.beat)
        replaced = agreed and found["cells"] + found["levels"] > 0
        if replaced:
            self.rebuilds.swapping(self.identity, doing="swapping")
            fresh.replace(self.projection.figures)
        self.rebuilds.end(self.identity, DONE, differences=found, replaced=replaced)

    def beat(self, **news):
        """A sign of life, not more often than is of use. Raises Buried and Stopped."""
        self._news |= news
        if time.monotonic() >= self._beaten + BEAT_SECONDS:
            self._tell()

    def _begin(self, doing, **news):
        self._news |= {"doing": doing, **news}
        self._tell()

    def _tell(self):
        self.projection.require_running()
        self.rebuilds.beat(self.identity, **self._news)
        self._beaten = time.monotonic()

    def _folded(self, facts, own):
        self._begin("folding", total=facts.number())
        fresh = Fresh(self.database, own["figures"], own["levels"])
        folded = 0
        for cells in slices(facts.by_cell()):
            fresh.add(self._folding(facts, cells))
            folded += sum(map(len, cells.values()))
            self.beat(folded=folded)
        self._begin("folding", folded=folded)
        return fresh

    def _folding(self, facts, cells):
        folding = Folding(set(cells), AllSubjects())
        for events in facts.remembered(set().union(*cells.values())):
            folding.add(events)
            self.beat()
        return folding


class Fresh:
    """Figures beside the live ones, in collections with these names; empty at first."""

    def __init__(self, database, figures, levels):
        for name, kind in ((figures, "figures"), (levels, "levels")):
            database[name].create_indexes(live.INDEXES[kind])
        self.figures = database.get_collection(figures, write_concern=QUICKLY)
        self.levels = database.get_collection(levels, write_concern=QUICKLY)

    def add(self, folding):
        """Some cells as they are, and what is kept of the subjects that have facts in them."""
        kept = {subject: kept for subject, kept in folding.kept.items() if is_kept(kept)}
        _insert(self.figures, folding.documents())
        _insert(self.levels, kept)

    def replace(self, figures):
        """Take the place of the live ones. A reader between the two finds the new cells beside the
        old levels: no indicator is in both."""
        for fresh, old in ((self.figures, figures.figures), (self.levels, figures.levels)):
            old.database[fresh.name].rename(old.name, dropTarget=True)


def _insert(collection, documents):
    if documents:
        try:
            collection.insert_many(
                [{"_id": it, **document} for it, document in documents.items()], ordered=False
            )
        except BulkWriteError as error:
            # Subjects with facts in other slices too: what is kept of them is the same in each.
            duplicates(error)


def slices(cells):
    """Some whole cells at a time, each with the subjects of its facts: no more than SLICE facts,
    but for a cell that has more. What is held in memory doesn't grow with the number of facts."""
    some, count = {}, 0
    for cell, subjects in cells:
        if some and count + len(subjects) > SLICE:
            yield some
            some, count = {}, 0
        some[cell] = subjects
        count += len(subjects)
    if some:
        yield some
