"""The facts of an issue as they are stored, in the order of the Merkle tree.

`sources` are those of the issue's freeze (source → last number). Facts with an id in `untrusted`
(see evidence.py) belong to no issue.
"""

from collections.abc import Container, Iterator

from pymongo import ASCENDING
from pymongo.collection import Collection

from services.supervision.facts.evidence import claiming
from services.supervision.facts.fact_store import name_of
from services.supervision.proof.merkle import Leaf
from shared.domain.types import Document

Facts = Collection[Document]
PRINTED = 16


def printed(facts_root: str) -> str:
    """As much of the root as a masthead prints."""
    return facts_root[:PRINTED]


def leaves(
    facts: Facts, source: str, after: int, until: int, untrusted: Container[str]
) -> Iterator[Leaf]:
    """The facts of a source with the numbers above `after`, up to `until`, as they are stored. No
    text is read."""
    fields = {"seq": 1, "digest": 1}
    for fact in facts.find(claiming(source, after, until), fields).sort("seq", ASCENDING):
        if name_of(fact) not in untrusted:
            yield Leaf(source, fact["seq"], fact["_id"], fact["digest"])


def page(
    facts: Facts, source: str, after: int, until: int, untrusted: Container[str]
) -> list[tuple[int, str]]:
    """(number, text) of the facts of a source with the numbers above `after`, up to `until`."""
    found = facts.find(claiming(source, after, until), {"seq": 1, "event": 1}).sort(
        "seq", ASCENDING
    )
    return [(fact["seq"], fact["event"]) for fact in found if name_of(fact) not in untrusted]
