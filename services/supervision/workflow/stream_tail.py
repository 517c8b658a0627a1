"""The newest part of the stream `warm.log`: what was published after this database's copy was made.

A mark in the database says up to which message of the stream everything is a fact or a dead letter.
If the database is restored from an older copy, the mark is older too, and what lies behind it is
read at the next start, before anything else is taken.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from pymongo import DESCENDING
from pymongo.collection import Collection

from shared.contracts.messages import event_of
from shared.domain.periods import parse_instant
from shared.domain.types import Document
from shared.messaging.consumer import Consumer, Offset
from shared.messaging.deliveries import Delivery
from shared.platform import topology
from shared.platform.topology import LOG_STREAM

MARK = "warm.log"
BATCH = 1000
# After so long without a message, there is none.
QUIET_SECONDS = 2
# Between two parts of the last chunk.
MORE_SECONDS = 0.1
# The clocks of a service and of the broker may differ, and events may have waited.
MARGIN = timedelta(hours=1)


class Place(NamedTuple):
    """A message of the stream: its offset, and its id, which tells one stream from another."""

    offset: int
    message_id: str


class StreamTail:
    """`take(deliveries)` handles messages like arrivals in the inbox."""

    def __init__(
        self,
        amqp_uri: str,
        marks: Collection[Document],
        facts: Collection[Document],
        take: Callable[[list[Delivery]], None],
    ) -> None:
        self._uri = amqp_uri
        self._marks = marks
        self._facts = facts
        self._take = take
        self._candidate: Place | None = None

    def read(self) -> int:
        """Read what lies behind the mark. Returns the number of messages."""
        mark = self._marks.find_one({"_id": MARK})
        fact = self._facts.find_one({}, {"event": 1}, sort=[("$natural", DESCENDING)])
        newest = self.newest() if mark or fact else None
        if newest is None:
            # Nothing was ever taken, or the broker lost its data: there is nothing to make up for.
            return 0
        count = self._take_from(self._start(mark, fact, newest), newest)
        self._keep(newest)
        return count

    def _start(self, mark: Document | None, fact: Document | None, newest: Place) -> Offset:
        if mark:
            return int(mark["offset"]) if self._is_same(mark, newest) else "first"
        # A release before 0.3 kept no mark.
        return parse_instant(event_of(fact)["recordedtime"]) - MARGIN if fact else "first"

    def follow(self, drained: bool) -> None:
        """Move the mark. `drained`: everything that had arrived a moment ago is handled by now."""
        if drained and self._candidate:
            self._keep(self._candidate)
        self._candidate = self.newest()

    def is_short(self) -> str | None:
        """Does a stream that begins with its first message hold fewer messages than there are
        facts? Then the broker lost its data: both counts, else None."""
        messages = topology.depth(self._uri, LOG_STREAM)
        facts = self._facts.estimated_document_count()
        # An operator may limit the stream: then it begins with a later message.
        begins = self._candidate is None or self._candidate.offset < messages
        return f"{messages} of {facts}" if begins and messages < facts else None

    def newest(self) -> Place | None:
        """The last message of the stream; None where it has none."""
        with Consumer(self._uri, BATCH, 3 * BATCH) as consumer:
            consumer.listen({LOG_STREAM: False}, offset="last")
            found: Place | None = None
            consumer.gather(QUIET_SECONDS)
            while batch := consumer.taken():
                found = _place(batch[-1])
                consumer.ack_all(batch)
                consumer.gather(MORE_SECONDS)
            return found

    def _take_from(self, start: Offset, newest: Place) -> int:
        count = 0
        with Consumer(self._uri, BATCH, 3 * BATCH) as consumer:
            consumer.listen({LOG_STREAM: False}, offset=start)
            consumer.gather(QUIET_SECONDS)
            while batch := consumer.taken():
                self._take(batch)
                consumer.ack_all(batch)
                count += len(batch)
                if _place(batch[-1]).offset >= newest.offset:
                    break
                consumer.gather(QUIET_SECONDS)
        return count

    def _is_same(self, mark: Document, newest: Place) -> bool:
        """Is it the stream that the mark is of, or another one since the broker lost its data?"""
        if mark["offset"] > newest.offset:
            return False
        with Consumer(self._uri, 1, 1) as consumer:
            consumer.listen({LOG_STREAM: False}, offset=mark["offset"])
            consumer.gather(QUIET_SECONDS)
            # An operator may have removed the mark's message: then it begins with a later one.
            first = [_place(delivery) for delivery in consumer.taken()]
            own = Place(mark["offset"], mark["message_id"])
            return bool(first) and (first[0] == own or first[0].offset > own.offset)

    def _keep(self, place: Place) -> None:
        self._marks.update_one({"_id": MARK}, {"$set": place._asdict()}, upsert=True)


def _place(delivery: Delivery) -> Place:
    return Place(delivery.offset, delivery.message_id)
