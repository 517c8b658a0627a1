"""What a seal says of a week's events: how many of each type, and their digest."""

from collections import Counter
from collections.abc import Iterable

from shared.domain.canonical import event_digest
from shared.domain.types import Event, Json

SEALED = ".period.sealed"


def summary(events: Iterable[Event]) -> Json:
    """Number, counts by type and digest of a week's events in the order of their numbers, without
    seals. A service seals it, and supervision compares it with its facts."""
    counted = [event for event in events if not event["type"].endswith(SEALED)]
    counted.sort(key=lambda event: event["sourcesequence"])
    counts = Counter(event["type"] for event in counted)
    return {
        "events": len(counted),
        "counts": [{"type": name, "count": count} for name, count in sorted(counts.items())],
        "digest": event_digest([event_digest(event) for event in counted]),
    }
