"""How complete the facts are: the high-water mark of each source, and how its gaps are filled.

A service numbers its events without gaps. Up to the mark every number is here; what is missing
above it is asked for, from the service's own log.
"""

from dataclasses import dataclass

from nameko.exceptions import RemoteError

from shared.domain.errors import WarmError
from shared.platform import logging_setup

log = logging_setup.get(__name__)

PAGE = 500


@dataclass(frozen=True)
class Standing:
    """Where a source stands: complete up to `mark`; its log's `last` number, None if it is down."""

    source: str
    mark: int
    last: int | None

    @property
    def problem(self):
        """Why it is incomplete, a key of completeness.PROBLEMS; None when it is complete."""
        if self.last is None:
            return "no_answer"
        return "missing" if self.mark < self.last else None


class Sources:
    def __init__(self, collection, facts):
        self.collection = collection
        self.facts = facts

    def mark(self, source):
        """The highest number up to which no event of the source is missing."""
        known = self.collection.find_one({"_id": source})
        return known["mark"] if known else 0

    def marks(self):
        """The mark of each source that anything came from."""
        return {known["_id"]: known["mark"] for known in self.collection.find().sort("_id", 1)}

    def advance(self, source):
        """Move the mark over what has arrived. Returns it."""
        start = self.mark(source)
        last = self.facts.last(source)
        if last <= start:
            return start
        mark = self._complete(source, start, last)
        if mark > start:
            self.collection.update_one({"_id": source}, {"$max": {"mark": mark}}, upsert=True)
        return mark

    def _complete(self, source, start, last):
        """The number up to which none is missing: a number is there once, so they can be counted,
        and where they are too few the first gap is found by halving."""
        if self.facts.count(source, start, last) == last - start:
            return last
        while last - start > 1:
            middle = (start + last) // 2
            if self.facts.count(source, start, middle) == middle - start:
                start = middle
            else:
                last = middle
        return start

    def has_gap(self, source):
        """Is something here that lies beyond a missing number?"""
        return self.facts.last(source) > self.mark(source)


def catch_up(source, sources, ask, take):
    """Fetch from the source's log whatever is missing here of what it holds by now.

    `ask(after, limit)` is the source's `events` method; `take(source, events)` handles them like
    arrivals. Returns the Standing; a source that doesn't answer has no `last`.
    """
    mark = sources.advance(source)
    try:
        page = ask(after=mark, limit=PAGE)
        # What it logs from here on is for the next time: nobody runs after a busy source.
        last = page["last"]
        while page["events"]:
            take(source, page["events"])
            before, mark = mark, sources.advance(source)
            if mark == before or mark >= last:
                break
            page = ask(after=mark, limit=PAGE)
        return Standing(source, mark, last)
    except (WarmError, RemoteError) as error:
        log.warning("source doesn't answer", source=source, error=type(error).__name__)
        return Standing(source, mark, None)
