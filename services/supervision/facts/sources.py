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

    `last` is None where the source did not answer. `behind`: its log lacks events that
    are here, or so it says.
    """

    source: str
    mark: int
    last: int | None
    behind: bool = False

    @property
    def problem(self) -> str | None:
        """Why it is incomplete, a key of completeness.PROBLEMS; None when it is complete."""
        # What it has lost was sealed, perhaps.
        if self.behind:
            return "log_behind"
        if self.last is None:
            return "no_answer"
        return "missing" if self.mark < self.last else None


class SourceMarks:
    def __init__(self, collection: Collection[Document], facts: FactStore) -> None:
        self.collection = collection
        self.facts = facts
        # Source → the number up to which its log was read here: what is still missing below it is
        # a dead letter.
        self._passed: dict[str, int] = {}

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

    def next_gap(self, source: str, last: int) -> int:
        """The number after which the next event is missing that wasn't fetched yet, or `last`."""
        start = max(self.advance(source), self._passed.get(source, 0))
        return self._complete(source, start, last) if start < last else last

    def passed(self, source: str, number: int) -> None:
        """All events of the log up to `number` were fetched where they were missing."""
        self._passed[source] = max(number, self._passed.get(source, 0))

    def has_gap(self, source: str) -> bool:
        """Has an event arrived whose number lies beyond a missing one?"""
        return self.facts.last(source) > self.mark(source)


def catch_up(
    source: str,
    sources: SourceMarks,
    ask: Callable[..., Json],
    take: Callable[[str, list[Event]], None],
    pause: Callable[[], None] = lambda: None,
) -> SourceState:
    """Fetch from the source's log the events that are missing here, a page at a time.

    `ask(after, limit)` is the source's `events` method; `take(source, events)` handles them like
    arrivals. `pause()` is called before each page. A source that doesn't answer has no `last`.
    """
    mark = sources.advance(source)
    try:
        # Events that it logs from here on are left for the next time: a busy source never ends.
        last: int = ask(after=mark, limit=1)["last"]
        behind = last < mark
        while (after := sources.next_gap(source, last)) < last:
            pause()
            page = ask(after=after, limit=PAGE)["events"]
            if not page:
                break
            take(source, page)
            sources.passed(source, page[-1]["sourcesequence"])
        return SourceState(source, sources.advance(source), last, behind)
    except (WarmError, RemoteError) as error:
        log.warning("source does not answer", source=source, error=type(error).__name__)
        return SourceState(source, sources.advance(source), None)
