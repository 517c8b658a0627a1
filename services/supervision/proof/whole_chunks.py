"""Chunks of evidence that were found whole once, and are the same bytes now.

To find a chunk whole, each of its facts is decoded and compared with its text and with what was
sealed. This is done once. A record then keeps the SHA-256 of the chunk and of its facts, as the
database stores them. Later both are read again to the last byte, and nothing has to be decoded:
the same bytes are still whole.

A record only ever says yes. Without one, or where a byte differs, the chunk is checked fact by fact
(sealed_facts.py). Nobody who writes to the database can write a record: it carries a code that
takes supervision's own key. If all records are lost, nothing is lost but time.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from typing import NamedTuple

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
from services.supervision.facts.fact_store import UNREADABLE, name_of
from services.supervision.facts.stored_bytes import batches, decoded
from services.supervision.proof.merkle import SIZE, Leaf
from shared.domain import canonical
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
        self.records = records
        self.evidence = evidence
        self.key = key

    def found(self) -> set[Place]:
        """The places of all chunks that are whole. Every byte of them and of their facts is
        read."""
        names = [name_of(record) for record in self.records.find({}, {"_id": 1})]
        same = run_concurrently(CONCURRENCY, self._if_same, names)
        whole = {place.id: place for place in same if place}
        ids = (name_of(it) for it in self.evidence.collection.find({}, {"_id": 1}))
        added = [self._add(it) for it in ids if it not in whole]
        return {*whole.values(), *filter(None, added)}

    def record(self, chunk_id: str) -> WholeChunk | None:
        """What was once found of a chunk; None where that isn't known. Whether the chunk is still
        the same isn't looked at."""
        stored = self.records.find_one({"_id": chunk_id})
        return _whole(stored) if stored and self._is_ours(stored) else None

    def _if_same(self, chunk_id: str) -> Place | None:
        """The place of a chunk, if it and its facts are the bytes that the record speaks of."""
        stored = self.records.find_one({"_id": chunk_id})
        if not stored or not self._is_ours(stored):
            return None
        place = _whole(stored).place
        same = (
            _sha256(self._chunk(place.id)) == stored["chunk"]
            and _sha256(self._facts(place)) == stored["facts"]
        )
        return place if same else None

    def _add(self, chunk_id: str) -> Place | None:
        """The place of a chunk, if it is whole, fact by fact: there is a record of it from now
        on."""
        stored = list(self._chunk(chunk_id))
        found = [chunk_of(it) for it in _documents(stored)]
        if not found or found[0] is None:
            return None
        chunk = found[0]
        facts = list(self._facts(Place(chunk.source, chunk.start, chunk.until)))
        whole = _checked(chunk, _documents(facts))
        if whole is None:
            return None
        record = whole._asdict() | {"chunk": _sha256(stored), "facts": _sha256(facts)}
        self.records.replace_one(
            {"_id": chunk_id}, record | {"code": self._code(record)}, upsert=True
        )
        return whole.place

    def _is_ours(self, stored: Document) -> bool:
        try:
            own = {name: value for name, value in stored.items() if name not in ("_id", "code")}
            same = stored["_id"] == f"{own['source']}|{own['start']}"
            return same and hmac.compare_digest(self._code(own), stored["code"])
        except UNREADABLE:
            return False

    def _code(self, record: Document) -> str:
        """Over everything that a record says."""
        said = {
            name: _sha256([value]) if isinstance(value, bytes) else value
            for name, value in record.items()
        }
        return hmac.new(self.key, canonical.dumps(said), hashlib.sha256).hexdigest()

    def _chunk(self, chunk_id: str) -> Iterator[memoryview]:
        return batches(self.evidence.collection, {"_id": chunk_id}, {}, 1)

    def _facts(self, place: Place) -> Iterator[memoryview]:
        """The stored bytes of the facts that claim these numbers, in their order."""
        return batches(self.evidence.facts, claiming(*place), {"seq": ASCENDING}, CHUNK)


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


def _sha256(parts: Iterable[bytes | memoryview]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()
