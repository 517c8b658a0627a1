"""Chunks of evidence that were found whole once, and are the same bytes now.

To find a chunk whole, each of its facts is decoded and compared with its text and with what was
sealed. This is done once. A record then keeps the SHA-256 of the chunk and of its facts, as the
database stores them. Later both are read again to the last byte, and nothing has to be decoded:
the same bytes are still whole.

A record only ever says yes. Without one, or where a byte differs, the chunk is checked fact by fact
(sealed_facts.py). Nobody who writes to the database can write a record (own_notes.py). If all
records are lost, nothing is lost but time.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bson.timestamp import Timestamp
from pymongo import ASCENDING
from pymongo.collection import Collection

from services.supervision.facts.evidence import (
    CHUNK,
    Chunk,
    Evidence,
    Place,
    chunk_of,
    claiming,
    problem_of,
)
from services.supervision.facts.fact_store import name_of
from services.supervision.facts.stored_bytes import batches, decoded
from services.supervision.proof.merkle import SIZE, Leaf
from services.supervision.proof.own_notes import OwnNotes, sha256
from shared.domain.types import Document
from shared.platform.concurrency import run_concurrently

# While facts of one chunk are hashed, the database finds those of another one.
CONCURRENCY = 2


class WholeChunk(NamedTuple):
    """What was found of the facts with the numbers above `start`, up to `until`. For each of them,
    in order, `digests` has the SHA-256 of its text and `leaves` that of its leaf in the tree."""

    source: str
    start: int
    until: int
    digests: bytes
    leaves: bytes

    @property
    def place(self) -> Place:
        return Place(self.source, self.start, self.until)

    def leaf(self, number: int) -> bytes:
        at = SIZE * (number - self.start - 1)
        return self.leaves[at : at + SIZE]


class WholeChunks:
    """The records, and what they speak of. `key` is supervision's own."""

    def __init__(self, records: Collection[Document], evidence: Evidence, key: bytes) -> None:
        self.records = OwnNotes(records, key)
        self.evidence = evidence

    def found(self) -> dict[Place, str]:
        """The place of each chunk that is whole, with the code of its record. Every byte of them
        and of their facts is read."""
        whole = self.same(self.recorded())
        return whole | self.added(self.ids() - {place.id for place in whole})

    def ids(self) -> set[str]:
        """Of all chunks."""
        return {name_of(it) for it in self.evidence.collection.find({}, {"_id": 1})}

    def recorded(self) -> set[str]:
        """The ids of chunks of which there is a record, perhaps somebody else's."""
        return {name_of(it) for it in self.records.collection.find({}, {"_id": 1})}

    def same(self, chunk_ids: Iterable[str], at: Timestamp | None = None) -> dict[Place, str]:
        """As `found`, of those of these chunks that with their facts are the bytes of which their
        records speak; `at` an instant, or now."""
        found = run_concurrently(CONCURRENCY, lambda it: self._if_same(it, at), sorted(chunk_ids))
        return dict(it for it in found if it)

    def added(self, chunk_ids: Iterable[str]) -> dict[Place, str]:
        """As `found`, of those of these chunks that are whole, fact by fact: there is a record of
        them from now on."""
        return dict(filter(None, map(self._add, sorted(chunk_ids))))

    def record(self, chunk_id: str, code: str | None = None) -> WholeChunk | None:
        """What was once found of a chunk; None where that isn't known, or where its record has
        another `code`. Whether the chunk is still the same isn't looked at."""
        stored = self.records.read(chunk_id)
        return _whole(stored) if stored and code in (None, stored["code"]) else None

    def _if_same(self, chunk_id: str, at: Timestamp | None) -> tuple[Place, str] | None:
        stored = self.records.read(chunk_id)
        if not stored or chunk_id != _whole(stored).place.id:
            return None
        place = _whole(stored).place
        same = (
            sha256(self._chunk(place.id, at)) == stored["chunk"]
            and sha256(self._facts(place, at)) == stored["facts"]
        )
        return (place, stored["code"]) if same else None

    def _add(self, chunk_id: str) -> tuple[Place, str] | None:
        stored = list(self._chunk(chunk_id))
        found = [chunk_of(it) for it in _documents(stored)]
        if not found or found[0] is None:
            return None
        chunk = found[0]
        facts = list(self._facts(Place(chunk.source, chunk.start, chunk.until)))
        whole = _checked(chunk, _documents(facts))
        if whole is None:
            return None
        said = whole._asdict() | {"chunk": sha256(stored), "facts": sha256(facts)}
        return whole.place, self.records.keep(chunk_id, said)

    def _chunk(self, chunk_id: str, at: Timestamp | None = None) -> Iterator[memoryview]:
        return batches(self.evidence.collection, {"_id": chunk_id}, {}, 1, at=at)

    def _facts(self, place: Place, at: Timestamp | None = None) -> Iterator[memoryview]:
        """The stored bytes of the facts that claim these numbers, in their order."""
        return batches(self.evidence.facts, claiming(*place), {"seq": ASCENDING}, CHUNK, at=at)


def _whole(stored: Document) -> WholeChunk:
    return WholeChunk(*(stored[name] for name in WholeChunk._fields))


def _checked(chunk: Chunk, facts: list[Document]) -> WholeChunk | None:
    """The chunk with its facts, if each of them is as it was sealed and follows from its text."""
    if [[it.get(name) for name in ("seq", "_id", "digest")] for it in facts] != chunk.entries:
        return None
    if any(problem_of(fact, fact["digest"]) for fact in facts):
        return None
    leaves = (Leaf(chunk.source, *entry).hash() for entry in chunk.entries)
    digests = (bytes.fromhex(digest) for _, _, digest in chunk.entries)
    return WholeChunk(chunk.source, chunk.start, chunk.until, b"".join(digests), b"".join(leaves))


def _documents(stored: Iterable[memoryview]) -> list[Document]:
    return [it for batch in stored for it in decoded(batch)]
