"""Rebuilding the figures: all facts folded afresh beside the live figures, compared, swapped.

Events go on coming meanwhile. Each batch notes what it touches, and as long as a rebuild is at work
these notes are kept (notes.py): what they name isn't compared, and is folded again from the facts
once the rebuild is over, into whatever collections are the live ones then.
"""

import time

from pymongo import InsertOne, ReplaceOne
from pymongo.write_concern import WriteConcern

from services.supervision import figures as live
from services.supervision.comparison import differences
from services.supervision.folding import Everywhere, Folding, is_kept, part_of
from services.supervision.rebuilds import DONE, collections
from services.supervision.stream import facts_of_stream

# How many facts are folded before what they amount to is merged into the collection.
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
        self._begin("folding", total=facts.to_fold())
        fresh = Fresh(self.database, own["figures"], own["levels"])
        fresh.fold(self._counted(facts.in_order()))
        return fresh

    def _counted(self, aggregates):
        folded = 0
        for events in aggregates:
            folded += len(events)
            self.beat(folded=folded)
            yield events
        self._begin("folding", folded=folded)


class Fresh:
    """Figures beside the live ones, in collections with these names; empty at first."""

    def __init__(self, database, figures, levels):
        for name, kind in ((figures, "figures"), (levels, "levels")):
            database[name].create_indexes(live.INDEXES[kind])
        self.figures = database.get_collection(figures, write_concern=QUICKLY)
        self.levels = database.get_collection(levels, write_concern=QUICKLY)

    def fold(self, aggregates):
        """Fold all events of these aggregates. What is held in memory doesn't grow with their
        number."""
        aggregates = iter(aggregates)
        while some := _slice(aggregates):
            self._add_levels(some.taken())
            self._merge(some.documents())

    def replace(self, figures):
        """Take the place of the live ones. A reader between the two finds the new cells beside the
        old levels: no indicator is in both."""
        for fresh, old in ((self.figures, figures.figures), (self.levels, figures.levels)):
            old.database[fresh.name].rename(old.name, dropTarget=True)

    def _add_levels(self, found):
        documents = [
            InsertOne({"_id": subject, **kept}) for subject, kept in found.items() if is_kept(kept)
        ]
        if documents:
            self.levels.bulk_write(documents, ordered=False)

    def _merge(self, documents):
        for known in self.figures.find({"_id": {"$in": list(documents)}}):
            documents[known["_id"]] = merged(known, documents[known["_id"]])
        writes = [ReplaceOne({"_id": it}, document, True) for it, document in documents.items()]
        if writes:
            self.figures.bulk_write(writes, ordered=False)


def _slice(aggregates):
    """The next SLICE events, folded; None when none are left."""
    folding, left = Folding(Everywhere(), Everywhere()), SLICE
    while left > 0 and (events := next(aggregates, None)):
        folding.add(events)
        left -= len(events)
    return folding if left < SLICE else None


def merged(one, other):
    """The document of a cell of which both hold a part."""
    rows = {row["indicator"]: row for row in one["partials"]}
    for row in other["partials"]:
        code = row["indicator"]
        if code in rows:
            row = {"indicator": code, **(part_of(rows[code]) + part_of(row)).to_json()}
        rows[code] = row
    partials = [rows[code] for code in sorted(rows)]
    feeds, seen = one["feeds"] or other["feeds"], one["seen"] + other["seen"]
    return one | {"seen": seen, "feeds": feeds, "partials": partials}
