"""How one issue stands with one subscriber, from what is known of it. No I/O.

A queue gives its messages in the order in which it got them. So if the broker counts N messages
that nobody has taken, these are the last N that were sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.contracts.receipts import ACCEPTED
from shared.contracts.rpc.receipts import RECEIPT_STATES

ACKNOWLEDGED, IS_REFUSED, WAITING, LEFT, UNKNOWN = RECEIPT_STATES
CAME_BACK = "came back too often"
BEFORE = "published before its queue was watched"
NOT_SEEN = "the broker didn't answer, or the issue is on its way"


class Sending(NamedTuple):
    """A message with an issue that went into a subscriber's queue. Instants are text."""

    at: str
    event: str


class Word(NamedTuple):
    """What a receipt says."""

    outcome: str
    at: str
    reason: str | None


@dataclass(frozen=True)
class Subscriber:
    """What is known of a subscriber.

    `sendings` are in the order of its queue; `waiting` of them nobody has taken, None where that
    isn't known. `kept` maps events to when they were found among its undelivered messages.
    """

    watched_since: str
    sendings: Sequence[Sending]
    waiting: int | None = None
    receipts: Mapping[str, Word] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)


class Standing(NamedTuple):
    state: str
    since: str | None
    reason: str | None = None


def waiting(subscriber: Subscriber) -> Sequence[Sending]:
    """The messages that wait in its queue."""
    return subscriber.sendings[-subscriber.waiting :] if subscriber.waiting else ()


def times_sent(subscriber: Subscriber, events: Iterable[str]) -> list[str]:
    """When these events were sent."""
    wanted = set(events)
    return sorted({it.at for it in subscriber.sendings if it.event in wanted})


def last_sent(subscriber: Subscriber, events: Iterable[str]) -> str:
    return times_sent(subscriber, events)[-1]


def standing(subscriber: Subscriber, events: Iterable[str]) -> Standing:
    """How an issue stands that was sent by these `events`. What was said of it before it was sent
    again doesn't count any more."""
    wanted = set(events)
    last = last_sent(subscriber, wanted)
    said = [it for event, it in subscriber.receipts.items() if event in wanted and it.at >= last]
    if said:
        word = max(said, key=lambda it: it.at)
        state = ACKNOWLEDGED if word.outcome == ACCEPTED else IS_REFUSED
        return Standing(state, word.at, word.reason)
    if subscriber.waiting is None:
        return Standing(UNKNOWN, None, NOT_SEEN)
    waits = [it.at for it in waiting(subscriber) if it.event in wanted]
    if waits:
        return Standing(WAITING, min(waits))
    kept = [at for event, at in subscriber.kept.items() if event in wanted and at >= last]
    if kept:
        return Standing(IS_REFUSED, min(kept), CAME_BACK)
    if last < subscriber.watched_since:
        return Standing(UNKNOWN, None, BEFORE)
    return Standing(LEFT, None)
