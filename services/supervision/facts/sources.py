"""How complete the facts are: the high-water mark of each source, and how gaps are filled.

A service numbers its events without gaps. Every number up to the mark is here; numbers that are
missing above it are fetched from the service's own log.
"""

from collections.abc import Callable
from dataclasses import dataclass

from nameko.exceptions import RemoteError
from pymongo.collection import Collection

from services.supervision.facts.fact_store import FactStore
from shared.domain.errors import WarmError
from shared.domain.types import Document, Event, Json
from shared.platform import logging_setup

log = logging_setup.get(__name__)

PAGE = 500


@dataclass(frozen=True)
class SourceState:
    """How far a source is read: complete up to `mark`, while its log ends at number `last`.

    `last` is None where the source did not answer.
    """

    source: str
    mark: int
    last: int | None

    @property
    def problem(self) -> str | None:
        """Why it is incomplete, a key of completeness.PROBLEMS; None when it is complete."""
        if self.last is None:
            return "no_answer"
        return "missing" if self.mark < self.last else None


class SourceMarks:
    def __init__(self, collection: Collection[Document], facts: FactStore) -> None:
        self.collection = collection
        self.facts = facts

    def mark(self, source: str) -> int:
        """The highest number up to which no event of the source is missing."""
        known = self.collection.find_one({"_id": source})
        return known["mark"] if known else 0

    def all(self) -> dict[str, int]:
        """The mark of each source from which anything has arrived."""
        return {known["_id"]: known["mark"] for known in self.collection.find().sort("_id", 1)}

    def advance(self, source: str) -> int:
        """Move the mark over the events that have arrived. Returns it."""
        start = self.mark(source)
        last = self.facts.last(source)
        if last <= start:
            return start
        mark = self._complete(source, start, last)
        if mark > start:
            self.collection.update_one({"_id": source}, {"$max": {"mark": mark}}, upsert=True)
        return mark

    def _complete(self, source: str, start: int, last: int) -> int:
        """The number up to which none is missing.

        Each number is stored once, so counting shows if any is missing; the first gap is then found
        by halving.
        """
        if self.facts.count(source, start, last) == last - start:
            return last
        while last - start > 1:
            middle = (start + last) // 2
            if self.facts.count(source, start, middle) == middle - start:
                start = middle
            else:
                last = middle
        return start

    def has_gap(self, source: str) -> bool:
        """Has an event arrived whose number lies beyond a missing one?"""
        return self.facts.last(source) > self.mark(source)


def catch_up(
    source: str,
    sources: SourceMarks,
    ask: Callable[..., Json],
    take: Callable[[str, list[Event]], None],
) -> SourceState:
    """Fetch from the source's log the events that are missing here.

    `ask(after, limit)` is the source's `events` method; `take(source, events)` handles them like
    arrivals. A source that doesn't answer has no `last`.
    """
    mark = sources.advance(source)
    try:
        page = ask(after=mark, limit=PAGE)
        # Events that it logs from here on are left for the next time: a busy source never ends.
        last = page["last"]
        while page["events"]:
            take(source, page["events"])
            before, mark = mark, sources.advance(source)
            if mark == before or mark >= last:
                break
            page = ask(after=mark, limit=PAGE)
        return SourceState(source, mark, last)
    except (WarmError, RemoteError) as error:
        log.warning("source does not answer", source=source, error=type(error).__name__)
        return SourceState(source, mark, None)
