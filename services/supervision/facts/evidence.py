"""Evidence of the facts that each issue was made from, kept apart from the facts themselves.

Each published issue seals the facts that no issue before it has sealed: the number, id and digest
of every one. Later, every changed or removed fact can be named, and a fact that was inserted under
a sealed number is untrusted: it belongs to no issue.

Evidence may be changed or removed itself. A chunk that isn't as it was sealed is evidence of
nothing, and is named; of the facts that it sealed, the digest in the issue is left.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from pymongo import ASCENDING
from pymongo.collection import Collection as Documents
from pymongo.errors import DuplicateKeyError

from services.supervision.facts.fact_store import UNREADABLE, is_intact, name_of
from shared.domain.types import Document
from shared.platform.topology import SERVICES

CHUNK = 5000

# Number, id and digest of a fact.
Entry = list[Any]
# The numbers above the first, up to the second.
Span = tuple[int, int]

OTHER_DIGEST = "its digest isn't the one that was sealed"
OTHER_CONTENT = "its content doesn't fit its digest"
MISSING = "missing, though the issue was made from it"

# What can be wrong with evidence: code → in Chinese and English.
NOT_AS_SEALED = "not_as_sealed"
NOT_THERE = "not_there"
TWICE = "twice"


class Place(NamedTuple):
    """The numbers of a source above `start`, up to `until`, of which one chunk is evidence."""

    source: str
    start: int
    until: int

    @property
    def id(self) -> str:
        return f"{self.source}|{self.start}"


@dataclass(frozen=True)
class Chunk:
    """The sealed facts of a source with the numbers above `start`, up to `until`, in order."""

    id: str
    source: str
    start: int
    until: int
    entries: list[Entry]

    @property
    def query(self) -> Document:
        """A query for the facts that claim its numbers now."""
        return claiming(self.source, self.start, self.until)


class Damage(NamedTuple):
    """What was found: fact id → problem, and evidence → one of the codes above. Evidence is named
    by the id of its chunk, or by its source and numbers."""

    facts: dict[str, str]
    evidence: dict[str, str]


class Evidence:
    def __init__(
        self,
        collection: Documents[Document],
        facts: Documents[Document],
    ) -> None:
        self.collection = collection
        self.facts = facts

    def seal(self, sources: Mapping[str, int]) -> None:
        """Keep number, id and digest of each fact up to `sources` (source → last number).

        Chunks are only ever added, each beginning where the one before ends. Of two writers that
        seal at the same time, one finds the chunk already there and continues after it.
        """
        for source, last in sources.items():
            start, before = self.until(source), -1
            # A chunk that was damaged may be in the way: then the rest is left without evidence.
            while before < start < last:
                until = min(last, start + CHUNK)
                chunk = {"_id": f"{source}|{start}", "source": source, "until": until}
                facts = self._ordered(claiming(source, start, until))
                entries = [_entry(fact) for fact in facts]
                with suppress(DuplicateKeyError):
                    self.collection.insert_one(chunk | {"entries": entries})
                before, start = start, self.until(source)

    def untrusted(self, whole: Collection[Place] = ()) -> set[str]:
        """Ids of facts with a sealed number that were not there when it was sealed. They belong to
        no issue. Chunks that are known to be `whole` have none."""
        return self._untrusted(_others(whole))

    def untrusted_among(self, source: str, after: int, until: int) -> set[str]:
        """At least those of `untrusted` with a number of the source above `after`, up to `until`:
        few chunks are read."""
        reached = {"$gt": after, "$lte": until + CHUNK}
        return self._untrusted({"source": source, "until": reached})

    def _untrusted(self, query: Document) -> set[str]:
        found: set[str] = set()
        for chunk in self._chunks(query):
            if isinstance(chunk, Chunk):
                claiming = {name_of(fact) for fact in self.facts.find(chunk.query, {"_id": 1})}
                found |= claiming - {identity for _, identity, _ in chunk.entries}
        return found

    def damage(self, sources: Mapping[str, int], whole: Collection[Place] = ()) -> Damage:
        """The damage to stored facts and to those up to `sources` that are missing, and to the
        evidence up to `sources`. Chunks that are known to be `whole` aren't read."""
        # Read first: facts sealed meanwhile are then checked twice rather than never.
        ends = {source: self.until(source) for source in SERVICES}
        found: dict[str, str] = {}
        evidence: dict[str, str] = {}
        spans: dict[str, list[Span]] = defaultdict(list)
        for place in whole:
            spans[place.source].append((place.start, place.until))
        for chunk in self._chunks(_others(whole)):
            if not isinstance(chunk, Chunk):
                evidence[chunk] = NOT_AS_SEALED
                continue
            spans[chunk.source].append((chunk.start, chunk.until))
            last = sources.get(chunk.source, 0)
            sealed = {identity: digest for seq, identity, digest in chunk.entries if seq <= last}
            found |= self._damaged(chunk.query, sealed)
        for source in SERVICES:
            bare, twice = _gaps(spans[source], self.until(source))
            for start, until in bare:
                found |= self._damaged(claiming(source, start, until), {})
            missing, _ = _gaps(spans[source], sources.get(source, 0))
            evidence |= {_numbers(source, span): NOT_THERE for span in missing}
            evidence |= {_numbers(source, span): TWICE for span in twice}
        for query in _beyond(ends):
            # What was found of a fact among the sealed ones stays.
            found = self._damaged(query, {}) | found
        return Damage(found, evidence)

    def _damaged(self, query: Document, sealed: Mapping[str, str]) -> dict[str, str]:
        """Of the facts that match `query`, and of the sealed ones (id → digest)."""
        found: dict[str, str | None] = {}
        missing = set(sealed)
        for fact in self.facts.find(query):
            name = name_of(fact)
            missing.discard(name)
            found[name] = problem_of(fact, sealed.get(name))
        found |= dict.fromkeys(missing, MISSING)
        # A fact whose number was changed doesn't match the query any more.
        for fact in self.facts.find({"_id": {"$in": sorted(missing)}}):
            found[fact["_id"]] = problem_of(fact, sealed[fact["_id"]])
        return {identity: problem for identity, problem in found.items() if problem}

    def _chunks(self, query: Document | None = None) -> Iterator[Chunk | str]:
        """The chunks, perhaps only some; of one that isn't as it was sealed, only its name.

        One chunk is in memory at a time: the memory in use doesn't grow with the facts.
        """
        for document in self.collection.find(query or {}):
            yield chunk_of(document) or name_of(document)

    def _ordered(self, query: Document) -> Iterable[Document]:
        fields = {"seq": 1, "digest": 1}
        return self.facts.find(query, fields).sort("seq", ASCENDING)

    def until(self, source: str) -> int:
        """The last number of a source of which there is evidence, 0 where there is none."""
        whole = {"source": source, "until": {"$type": ["int", "long"]}}
        newest = self.collection.find_one(whole, {"until": 1}, sort=[("until", -1)])
        return newest["until"] if newest else 0


def _others(whole: Collection[Place]) -> Document:
    """A query for the chunks that aren't known to be whole."""
    return {"_id": {"$nin": sorted(place.id for place in whole)}}


def _beyond(ends: Mapping[str, int]) -> Iterator[Document]:
    """Queries for the facts with no number up to the end of their source's evidence; an index finds
    them."""
    for source, end in ends.items():
        yield {"source": source, "seq": {"$not": {"$gt": 0}}}
        yield {"source": source, "seq": {"$not": {"$lte": end}}}
    yield {"source": {"$nin": sorted(ends)}}


def claiming(source: str, after: int, until: int) -> Document:
    """A query for the facts that claim one of these numbers."""
    return {"source": source, "seq": {"$gt": after, "$lte": until}}


def _entry(fact: Document) -> Entry:
    return [fact["seq"], fact["_id"], fact["digest"]]


def problem_of(fact: Document, sealed: str | None) -> str | None:
    if sealed is not None and sealed != fact.get("digest"):
        return OTHER_DIGEST
    try:
        intact = is_intact(fact)
    except UNREADABLE:
        intact = False
    return None if intact else OTHER_CONTENT


def chunk_of(document: Document) -> Chunk | None:
    """The chunk of a stored document; None where the document isn't as it was sealed."""
    try:
        source, start = document["_id"].split("|")
        chunk = Chunk(document["_id"], source, int(start), document["until"], document["entries"])
        whole = (
            document.keys() == {"_id", "source", "until", "entries"}
            and document["_id"] == f"{document['source']}|{chunk.start}"
            and source in SERVICES
            and type(chunk.until) is int
            and 0 < chunk.until - chunk.start == len(chunk.entries)
            and all(
                type(seq) is int and seq == number and isinstance(name, str) and isinstance(it, str)
                for number, (seq, name, it) in enumerate(chunk.entries, chunk.start + 1)
            )
        )
    except UNREADABLE:
        return None
    return chunk if whole else None


def _gaps(spans: list[Span], last: int) -> tuple[list[Span], list[Span]]:
    """The numbers up to `last` that none of the spans has, and those that two have."""
    missing, twice, reached = [], [], 0
    for start, until in sorted(spans):
        if reached < min(start, last):
            missing.append((reached, min(start, last)))
        if start < reached:
            twice.append((start, min(until, reached)))
        reached = max(reached, until)
    if reached < last:
        missing.append((reached, last))
    return missing, twice


def _numbers(source: str, span: Span) -> str:
    """Names numbers of a source, such as "relief 1–5000"."""
    return f"{source} {span[0] + 1}–{span[1]}"
