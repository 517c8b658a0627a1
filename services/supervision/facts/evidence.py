"""Evidence of the facts that each issue was made from, kept apart from the facts themselves.

Each published issue seals the facts that no issue before it has sealed: the number, id and digest
of every one. Later, every changed or removed fact can be named, and a fact that was inserted under
a sealed number is untrusted: it belongs to no issue.
"""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from pymongo import ASCENDING
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from services.supervision.facts.fact_store import is_intact
from shared.domain.types import Document
from shared.platform.topology import SERVICES

CHUNK = 5000

# Number, id and digest of a fact.
Entry = list[Any]


class Evidence:
    def __init__(
        self,
        collection: Collection[Document],
        facts: Collection[Document],
    ) -> None:
        self.collection = collection
        self.facts = facts

    def seal(self, sources: Mapping[str, int]) -> None:
        """Keep number, id and digest of each fact up to `sources` (source → last number).

        Chunks are only ever added, each beginning where the one before ends. Of two writers that
        seal at the same time, one finds the chunk already there and continues after it.
        """
        for source, last in sources.items():
            while (start := self._until(source)) < last:
                until = min(last, start + CHUNK)
                chunk = {"_id": f"{source}|{start}", "source": source, "until": until}
                facts = self._ordered(_claiming(source, start, until))
                entries = [_entry(fact) for fact in facts]
                with suppress(DuplicateKeyError):
                    self.collection.insert_one(chunk | {"entries": entries})

    def untrusted(self) -> set[str]:
        """Ids of facts with a sealed number that were not there when it was sealed. They belong to
        no issue."""
        found: set[str] = set()
        for query, entries in self._sealed():
            claiming = {fact["_id"] for fact in self.facts.find(query, {"_id": 1})}
            found |= claiming - {identity for _, identity, _ in entries}
        return found

    def chain(self, sources: Mapping[str, int], untrusted: Container[str]) -> dict[str, str]:
        """source → SHA-256 over the digests of its facts, in order."""
        chains = {}
        for source, last in sorted(sources.items()):
            total = hashlib.sha256()
            for fact in self._ordered({"source": source, "seq": {"$lte": last}}):
                if fact["_id"] not in untrusted:
                    total.update(fact["digest"].encode())
            chains[source] = total.hexdigest()
        return chains

    def damage(self, sources: Mapping[str, int]) -> dict[str, str]:
        """Fact id → problem: of every stored fact that was changed, and of every fact that was
        sealed up to `sources` and is missing."""
        # Read first: facts sealed meanwhile are then checked twice rather than never.
        rest = {"$nor": [_claiming(source, 0, self._until(source)) for source in SERVICES]}
        found: dict[str, str] = {}
        for query, entries in self._sealed():
            last = sources[query["source"]]
            sealed = {identity: digest for seq, identity, digest in entries if seq <= last}
            found |= self._damaged(query, sealed)
        return self._damaged(rest, {}) | found

    def _damaged(self, query: Document, sealed: Mapping[str, str]) -> dict[str, str]:
        """Of the facts that match `query`, and of the sealed ones (id → digest)."""
        found: dict[str, str | None] = {}
        missing = set(sealed)
        for fact in self.facts.find(query):
            missing.discard(fact["_id"])
            found[fact["_id"]] = _problem(fact, sealed.get(fact["_id"]))
        found |= dict.fromkeys(missing, "missing, though the issue was made from it")
        # A fact whose number was changed doesn't match the query any more.
        for fact in self.facts.find({"_id": {"$in": sorted(missing)}}):
            found[fact["_id"]] = _problem(fact, sealed[fact["_id"]])
        return {identity: problem for identity, problem in found.items() if problem}

    def _sealed(self) -> Iterator[tuple[Document, list[Entry]]]:
        """Of each chunk: a query for the facts that claim its numbers now, and its entries.

        One chunk is in memory at a time: the memory in use doesn't grow with the facts.
        """
        for chunk in self.collection.find():
            start = int(chunk["_id"].rsplit("|", 1)[1])
            yield _claiming(chunk["source"], start, chunk["until"]), chunk["entries"]

    def _ordered(self, query: Document) -> Iterable[Document]:
        fields = {"seq": 1, "digest": 1}
        return self.facts.find(query, fields).sort("seq", ASCENDING)

    def _until(self, source: str) -> int:
        newest = self.collection.find_one({"source": source}, {"until": 1}, sort=[("until", -1)])
        return newest["until"] if newest else 0


def _claiming(source: str, after: int, until: int) -> Document:
    """A query for the facts that claim one of these numbers."""
    return {"source": source, "seq": {"$gt": after, "$lte": until}}


def _entry(fact: Document) -> Entry:
    return [fact["seq"], fact["_id"], fact["digest"]]


def _problem(fact: Document, sealed: str | None) -> str | None:
    if sealed and sealed != fact.get("digest"):
        return "its digest isn't the one that was sealed"
    try:
        intact = is_intact(fact)
    except (KeyError, TypeError, ValueError, AttributeError):
        intact = False
    return None if intact else "its content doesn't fit its digest"
