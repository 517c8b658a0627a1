"""The facts that this process stored last, in memory, so that folding doesn't read them again.

Only the database says which facts there are. Those of a subject are taken from memory if as many
are stored as were in memory before the database was asked: only what is stored comes into memory,
and no fact is ever removed, so these are all. Any other subject is read from the database.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain

from services.supervision.facts.fact_store import Cell, FactStore, by_aggregate, event_to_fold
from services.supervision.indicators.reporting import TRACKED_TYPES
from shared.domain.types import Document, Event
from shared.messaging.deliveries import Rejection

# Of texts. With their ids they take half as much again.
MOST_BYTES = 24_000_000

# Fact id → its text; None where figures don't need it.
Texts = dict[str, bytes | None]


class FoundFacts:
    """The facts of some subjects: those in `whole` are in memory. `cells` are those in which all of
    them lie."""

    def __init__(self, facts: FactStore, whole: Mapping[str, Texts], cells: set[Cell]) -> None:
        self.cells = cells
        self._facts = facts
        self._whole = whole

    def tracked_in(self, cells: Iterable[Cell]) -> Iterator[list[Event]]:
        """All tracked events of the subjects that have facts in these cells, as `tracked` of a
        FactStore gives them."""
        others = []
        for subject in self._facts.subjects_in(cells):
            if subject in self._whole:
                texts = self._whole[subject].values()
                yield from by_aggregate(event_to_fold(text) for text in texts if text)
            else:
                others.append(subject)
        yield from self._facts.tracked(others)


class RecentFacts:
    """Stores facts, and finds them."""

    def __init__(self, facts: FactStore, most_bytes: int = MOST_BYTES) -> None:
        self._facts = facts
        self._most_bytes = most_bytes
        # Never changed in place. The subjects that got a fact last are at the end.
        self._by_subject: dict[str, Texts] = {}
        self._bytes = 0

    def insert(self, facts: list[Document]) -> dict[int, Rejection]:
        """As `insert` of a FactStore."""
        rejections = self._facts.insert(facts)
        for position, fact in enumerate(facts):
            if position not in rejections:
                self._keep(fact)
        self._forget_oldest()
        return rejections

    def of(self, subjects: Set[str]) -> FoundFacts:
        """The facts of these subjects that are stored by now."""
        # First: of what is stored while the database answers, some may be in memory and some not.
        known = {it: self._by_subject[it] for it in subjects if it in self._by_subject}
        cells = self._facts.cells_by_subject(subjects)
        whole = {it: texts for it, texts in known.items() if len(texts) == len(cells.get(it, ()))}
        return FoundFacts(self._facts, whole, set(chain.from_iterable(cells.values())))

    def _keep(self, fact: Document) -> None:
        text = fact["event"].encode() if fact["type"] in TRACKED_TYPES else None
        before = self._by_subject.pop(fact["subject"], None) or {}
        self._by_subject[fact["subject"]] = {**before, fact["_id"]: text}
        self._bytes += _size(text) - _size(before.get(fact["_id"]))

    def _forget_oldest(self) -> None:
        while self._bytes > self._most_bytes:
            texts = self._by_subject.pop(next(iter(self._by_subject)))
            self._bytes -= sum(map(_size, texts.values()))


def _size(text: bytes | None) -> int:
    return len(text) if text else 0
