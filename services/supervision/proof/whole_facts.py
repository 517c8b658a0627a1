"""All whole chunks at once: their facts are read in the order in which they are stored.

To read facts by their numbers takes the database twice as long. So one note has the SHA-256 of all
facts up to some place in that order, and of the chunks that were found whole at the same instant.
Where both are the same again, these chunks are whole, as long as no fact behind that place claims
one of their numbers. Otherwise each chunk is looked at by itself (whole_chunks.py).
"""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import chain, repeat, tee
from typing import NamedTuple

import bson
from bson.timestamp import Timestamp
from pymongo import ASCENDING
from pymongo.collection import Collection

from services.supervision.facts.evidence import Place
from services.supervision.facts.stored_bytes import (
    ahead,
    batches,
    decoded,
    in_storage_order,
    instant,
)
from services.supervision.proof.own_notes import OwnNotes, sha256
from services.supervision.proof.whole_chunks import WholeChunk, WholeChunks
from shared.domain.types import Document

NAME = "all"
FACTS_AT_ONCE = 5000
# A chunk of evidence is longer than half a megabyte.
CHUNKS_AT_ONCE = 20

EMPTY = bson.encode({})

# Place → the code of its record.
Whole = dict[Place, str]


class Seen(NamedTuple):
    """All facts in the order in which they are stored: how many the database was asked for at once,
    its last answer, and the SHA-256 of all answers. `same`: is it what the note speaks of?"""

    sizes: list[int]
    last: memoryview
    digest: str
    same: bool


class WholeFacts:
    """As WholeChunks, with a note over all of them. `key` is supervision's own."""

    def __init__(self, notes: Collection[Document], chunks: WholeChunks, key: bytes) -> None:
        self.chunks = chunks
        self._notes = OwnNotes(notes, key)
        self._facts = chunks.evidence.facts
        self._evidence = chunks.evidence.collection

    def found(self) -> Whole:
        """As that of WholeChunks."""
        self.chunks.added(self.chunks.ids() - self.chunks.recorded())
        at, note = instant(self._facts), self._notes.read(NAME)
        known = _chunks_in(note) if note else {}
        seen = self._seen(at, note, known)
        if not (note and seen.same and self._evidence_of(known, at) == note["evidence"]):
            known = {}
        ids = self.chunks.ids() - {place.id for place in known}
        whole = known | self.chunks.same(ids, at)
        if whole != known:
            self._keep(seen, whole, at)
        others = ids - {place.id for place in whole}
        return whole | self.chunks.added(others)

    def record(self, chunk_id: str, code: str | None = None) -> WholeChunk | None:
        """As that of WholeChunks."""
        return self.chunks.record(chunk_id, code)

    def _seen(self, at: Timestamp | None, note: Document | None, known: Whole) -> Seen:
        before: list[int] = note["sizes"] if note else []
        ends = {place.source: place.until for place in sorted(known)}
        total, same, sizes, last = hashlib.sha256(), False, [], memoryview(EMPTY)
        asked, asking = tee(chain(before, repeat(FACTS_AT_ONCE)))
        for answer in ahead(in_storage_order(self._facts, asking, at)):
            if answer == EMPTY:
                break
            total.update(answer)
            sizes.append(next(asked))
            last = answer
            if len(sizes) == len(before):
                same = note is not None and total.hexdigest() == note["facts"]
            elif same and _claims(decoded(answer), ends):
                same = False
        return Seen(sizes, last, total.hexdigest(), same)

    def _evidence_of(self, chunks: Iterable[Place], at: Timestamp | None) -> str:
        query = {"_id": {"$in": sorted(place.id for place in chunks)}}
        by_id = {"_id": ASCENDING}
        return sha256(batches(self._evidence, query, by_id, CHUNKS_AT_ONCE, at=at))

    def _keep(self, seen: Seen, whole: Whole, at: Timestamp | None) -> None:
        # Later the last answer has to end where it ends now.
        sizes = [*seen.sizes[:-1], len(decoded(seen.last))] if seen.sizes else []
        said = {
            "sizes": sizes,
            "facts": seen.digest,
            "evidence": self._evidence_of(whole, at),
            "chunks": [[*place, code] for place, code in sorted(whole.items())],
        }
        self._notes.keep(NAME, said)


def _chunks_in(note: Document) -> Whole:
    return {Place(*place): code for *place, code in note["chunks"]}


def _claims(facts: Iterable[Document], ends: Mapping[str, int]) -> bool:
    """May one of these facts claim a number up to the ends of its source? Where source or number
    is of another kind, nobody knows what a query for numbers finds."""
    for fact in facts:
        source, number = fact.get("source"), fact.get("seq")
        if not isinstance(source, str) or not isinstance(number, int):
            return True
        if number <= ends.get(source, 0):
            return True
    return False
