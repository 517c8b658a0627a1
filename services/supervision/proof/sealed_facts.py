"""All facts of an issue, checked: every byte of every fact and of the evidence is read.

A chunk of evidence that is known to be whole is read as bytes (whole_chunks.py). Any other one, and
every fact without evidence, is decoded and compared.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.supervision.facts.evidence import Evidence, Place
from services.supervision.proof import stored_facts
from services.supervision.proof.merkle import SIZE, Blocks, place_after
from services.supervision.proof.own_notes import OwnNotes
from services.supervision.proof.whole_chunks import WholeChunks
from services.supervision.proof.whole_facts import WholeFacts
from shared.domain import canonical


class Checked(NamedTuple):
    """`damaged` maps facts to their problems, and `evidence` chunks or numbers to codes, as
    Evidence names them. `untrusted` facts belong to no issue. `whole` chunks, each with the code
    of its record, have no damage."""

    damaged: dict[str, str]
    evidence: dict[str, str]
    untrusted: set[str]
    whole: Mapping[Place, str]


class Digests(NamedTuple):
    """Source → SHA-256 over the digests of its facts, in order; and the root of the Merkle tree."""

    chains: dict[str, str]
    root: str


class SealedFacts:
    """With `notes`, digests that were made once of the same whole chunks are taken from there."""

    def __init__(
        self, evidence: Evidence, chunks: WholeChunks | WholeFacts, notes: OwnNotes | None = None
    ) -> None:
        self.evidence = evidence
        self.chunks = chunks
        self.notes = notes

    def check(self, sources: Mapping[str, int]) -> Checked:
        """Check all stored facts, and the evidence up to `sources` (source → last number)."""
        whole = self.chunks.found()
        untrusted = self.evidence.untrusted(whole)
        return Checked(*self.evidence.damage(sources, whole), untrusted, whole)

    def digests(self, sources: Mapping[str, int], checked: Checked) -> Digests:
        """Over the facts up to `sources` as they are stored. Raises one of UNREADABLE where there
        are none, because somebody changed them."""
        about = self.notes and _about(sources, checked.whole)
        if not self.notes or not about:
            return self._made(sources, checked)
        kept = self.notes.read(about)
        if kept:
            return Digests(kept["chains"], kept["root"])
        found = self._made(sources, checked)
        self.notes.keep(about, found._asdict())
        return found

    def _made(self, sources: Mapping[str, int], checked: Checked) -> Digests:
        chains, tree = {}, Blocks()
        for source, last in sorted(sources.items()):
            total = hashlib.sha256()
            for digests, leaves in self._of_source(source, last, checked):
                total.update(digests)
                tree.add(leaves)
            chains[source] = total.hexdigest()
        return Digests(chains, tree.root().hex())

    def _of_source(self, source: str, last: int, checked: Checked) -> Iterator[tuple[bytes, bytes]]:
        """The digests, as text, and the hashes of leaves of some facts at a time, in order."""
        reached = 0
        for place in sorted(it for it in checked.whole if it.source == source):
            if not reached <= place.start < last:
                continue
            if chunk := self.chunks.record(place.id, checked.whole[place]):
                yield self._as_stored(source, reached, place.start, checked)
                reached = min(last, place.until)
                size = SIZE * (reached - place.start)
                yield chunk.digests[:size].hex().encode(), chunk.leaves[:size]
        yield self._as_stored(source, reached, last, checked)

    def _as_stored(
        self, source: str, after: int, until: int, checked: Checked
    ) -> tuple[bytes, bytes]:
        """The same of facts in no whole chunk."""
        digests, leaves, place = bytearray(), bytearray(), (source, after)
        facts, untrusted = self.evidence.facts, checked.untrusted
        for leaf in stored_facts.leaves(facts, source, after, until, untrusted):
            place = place_after(place, leaf)
            digests += leaf.digest.encode()
            leaves += leaf.hash()
        return bytes(digests), bytes(leaves)


def _about(sources: Mapping[str, int], whole: Mapping[Place, str]) -> str | None:
    """A name for the digests of the facts up to `sources`, which has the codes of their chunks'
    records; None where some of the facts are in no whole chunk."""
    codes = []
    for source, last in sorted(sources.items()):
        reached = 0
        for place in sorted(it for it in whole if it.source == source):
            if reached == place.start < last:
                codes.append(whole[place])
                reached = place.until
        if reached < last:
            return None
    return canonical.sha256([dict(sources), codes])
