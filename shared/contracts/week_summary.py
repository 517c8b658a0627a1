"""What a seal says of a week's events: how many of each type, and their digest."""

from collections import Counter
from collections.abc import Iterable

from shared.domain.canonical import event_digest
from shared.domain.types import Event, Json

SEALED = ".period.sealed"


class WeekSummary:
    """Number, counts by type and digest of a week's events in the order of their numbers, without
    seals. A service seals it, and supervision compares it with its facts.

    Events are added one by one, in any order, and aren't kept: a week of a whole city has many.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._counts: Counter[str] = Counter()
        self._digests: list[tuple[int, str]] = []
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        if not event["type"].endswith(SEALED):
            self._counts[event["type"]] += 1
            self._digests.append((event["sourcesequence"], event_digest(event)))

    @property
    def events(self) -> int:
        return len(self._digests)

    @property
    def last(self) -> int:
        """The highest number, 0 where there is no event."""
        return max((number for number, _ in self._digests), default=0)

    def content(self) -> Json:
        in_order = [digest for _, digest in sorted(self._digests)]
        return {
            "events": self.events,
            "counts": [{"type": it, "count": count} for it, count in sorted(self._counts.items())],
            "digest": event_digest(in_order),
        }
