"""Which issues the office has to hear of: a subscriber hasn't taken them in time. No I/O."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from services.supervision.receipts.sent_issues import current_events, name_of
from services.supervision.receipts.standing import (
    IS_REFUSED,
    LEFT,
    WAITING,
    Standing,
    Subscriber,
    last_sent,
    standing,
    waiting,
)
from shared.domain.periods import parse_instant
from shared.domain.types import Document

# What doesn't wait any more is reported no longer than this: nobody can make a subscriber take it.
REPORTED_FOR = timedelta(days=28)
SAID = {
    WAITING: "waits since",
    IS_REFUSED: "is refused since",
    LEFT: "left its queue without a receipt, sent",
}


def overdue(
    name: str, subscriber: Subscriber, issues: Sequence[Document], now: datetime, limit: timedelta
) -> Iterator[str]:
    """Each issue that hasn't been taken within `limit`, in words; of a week the last revision."""
    newest = {it["period"]: it for it in sorted(issues, key=lambda it: int(it["revision"]))}
    waits = {it.event for it in waiting(subscriber)}
    for issue in newest.values():
        events = current_events(issue)
        sent = last_sent(subscriber, events)
        is_old = parse_instant(sent) < now - REPORTED_FOR
        if is_old and waits.isdisjoint(events):
            continue
        found = standing(subscriber, events)
        if is_late(subscriber, found, sent, now, limit):
            yield f"{name}: {name_of(issue)} {SAID[found.state]} {found.since or sent}"


def is_late(
    subscriber: Subscriber, found: Standing, sent: str, now: datetime, limit: timedelta
) -> bool:
    """Hasn't it been taken within `limit` after it was sent? A message that left its queue counts
    as taken, unless the subscriber was sending receipts by then."""
    if now < parse_instant(sent) + limit:
        return False
    first = min((it.at for it in subscriber.receipts.values()), default=None)
    is_missing = found.state == LEFT and first is not None and first <= sent
    return is_missing or found.state in (WAITING, IS_REFUSED)
