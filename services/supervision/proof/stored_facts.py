"""The facts of an issue as they are stored, in the order of the Merkle tree.

`sources` are those of the issue's freeze (source → last number). Facts with an id in `untrusted`
(see evidence.py) belong to no issue.
"""

from collections.abc import Container, Iterator, Mapping

from pymongo import ASCENDING
from pymongo.collection import Collection

from services.supervision.facts.fact_store import name_of
from services.supervision.proof.merkle import Leaf, facts_root
from shared.domain.types import Document

Facts = Collection[Document]
PRINTED = 16


def root(facts: Facts, sources: Mapping[str, int], untrusted: Container[str]) -> str:
    """The root over the facts of an issue. No text is read."""
    return facts_root(_leaves(facts, sources, untrusted))


def printed(facts_root: str) -> str:
    """As much of the root as a masthead prints."""
    return facts_root[:PRINTED]


def _leaves(facts: Facts, sources: Mapping[str, int], untrusted: Container[str]) -> Iterator[Leaf]:
    fields = {"seq": 1, "digest": 1}
    for source, last in sorted(sources.items()):
        query = {"source": source, "seq": {"$lte": last}}
        for fact in facts.find(query, fields).sort("seq", ASCENDING):
            if name_of(fact) not in untrusted:
                yield Leaf(source, fact["seq"], fact["_id"], fact["digest"])


def page(
    facts: Facts, source: str, after: int, until: int, untrusted: Container[str]
) -> list[tuple[int, str]]:
    """(number, text) of the facts of a source with the numbers above `after`, up to `until`."""
    query = {"source": source, "seq": {"$gt": after, "$lte": until}}
    found = facts.find(query, {"seq": 1, "event": 1}).sort("seq", ASCENDING)
    return [(fact["seq"], fact["event"]) for fact in found if name_of(fact) not in untrusted]
