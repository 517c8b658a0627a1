"""Which of some facts belong to an issue, without reading all evidence: only the chunks that have
their numbers are read, each once."""

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple, TypeVar

from services.supervision.facts.evidence import Evidence, chunk_of
from services.supervision.facts.fact_store import name_of
from services.supervision.proof.merkle import Leaf
from services.supervision.proof.whole_chunks import WholeChunk, WholeChunks
from services.supervision.proof.whole_facts import WholeFacts
from shared.domain.types import Document

Part = TypeVar("Part")


class SealedNumbers:
    """As the evidence is at this moment."""

    def __init__(self, evidence: Evidence, chunks: WholeChunks | WholeFacts) -> None:
        self.evidence = evidence
        self.chunks = chunks
        self._starts: dict[str, list[int]] = defaultdict(list)
        for chunk in evidence.collection.find({}, {"_id": 1}):
            source, _, start = name_of(chunk).partition("|")
            with suppress(ValueError):
                self._starts[source].append(int(start))
        for starts in self._starts.values():
            starts.sort()
        self._records: dict[str, WholeChunk | None] = {}
        self._chunks: dict[str, _Ids | None] = {}

    def trusted(self, facts: Iterable[Document]) -> Iterator[Document]:
        """The facts without those that claim the number of another one, which was sealed.

        Raises ValueError at a fact that isn't as it was sealed.
        """
        return (fact for fact in facts if self._is_trusted(fact))

    def _is_trusted(self, fact: Document) -> bool:
        source, number = fact["source"], fact["seq"]
        before = bisect_left(self._starts[source], number)
        if not before:
            return True
        chunk_id = f"{source}|{self._starts[source][before - 1]}"
        digest = hashlib.sha256(fact["event"].encode()).hexdigest()
        leaf = Leaf(source, number, fact["_id"], digest)
        known = _read_once(self._records, chunk_id, self.chunks.record)
        if known and leaf.hash() == known.leaf(number):
            return True
        return _is_sealed(leaf, _read_once(self._chunks, chunk_id, self._ids))

    def _ids(self, chunk_id: str) -> "_Ids | None":
        """None where the chunk isn't as it was sealed: then it is evidence of nothing."""
        found = self.evidence.collection.find_one({"_id": chunk_id})
        chunk = chunk_of(found) if found else None
        ids = chunk and {identity: digest for _, identity, digest in chunk.entries}
        return _Ids(chunk.until, ids) if chunk and ids else None


class _Ids(NamedTuple):
    """The facts of a chunk: the last number, and id → digest."""

    until: int
    digests: dict[str, str]


def _is_sealed(leaf: Leaf, chunk: _Ids | None) -> bool:
    """Is it one of the facts of the chunk, or beyond them?"""
    if chunk is None or leaf.number > chunk.until:
        return True
    digest = chunk.digests.get(leaf.id)
    if digest and digest != leaf.digest:
        raise ValueError(f"{leaf.id} isn't as it was sealed")
    return digest is not None


def _read_once(read: dict[str, Part], name: str, get: Callable[[str], Part]) -> Part:
    if name not in read:
        read[name] = get(name)
    return read[name]
