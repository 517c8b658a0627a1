"""The service's own event log: numbers without gaps, each event once."""

from collections.abc import Callable, Iterable, Iterator

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from shared.contracts.event_times import period_of, week_name
from shared.contracts.limits import page
from shared.contracts.messages import Message, event_of, numbered
from shared.domain.periods import Period
from shared.domain.types import Document, Event
from shared.platform.database import duplicates

# How many events the database returns at once where all of a period are read.
BATCH = 1000


class EventLog:
    """The log of one service; `_id` is the event's `sourcesequence`.

    Several relays may append at once. `require_open` raises Unavailable while no number may be
    given.
    """

    def __init__(
        self,
        collection: Collection[Document],
        require_open: Callable[[], None] = lambda: None,
    ) -> None:
        self.collection = collection
        self._require_open = require_open
        # A write that the majority lacks may be undone, and its number given to another event.
        self._majority = collection.with_options(read_concern=ReadConcern("majority"))
        # The last number known to this process; another process may have appended since.
        self._last_known: int | None = None

    def last(self) -> int:
        """The highest number, 0 for an empty log."""
        newest = self.collection.find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
        return newest["_id"] if newest else 0

    def id_at(self, number: int) -> str | None:
        """The id of the event with this number; None where there is none."""
        found = self.collection.find_one({"_id": number}, {"id": 1})
        return found["id"] if found else None

    def with_id(self, identity: str) -> Event | None:
        """The event with this id; None where there is none."""
        found = self._majority.find_one({"id": identity}, {"event": 1})
        return event_of(found) if found else None

    def message(self, identity: str) -> Message | None:
        """The event with this id as it was published; None where there is none."""
        found = self._majority.find_one({"id": identity}, {"event": 1})
        return Message.from_text(found["event"]) if found else None

    def forget_last(self) -> None:
        """The log was changed otherwise than by `append`: read its last number again."""
        self._last_known = None

    def append(self, pending: list[Document]) -> list[Message]:
        """Number those of the pending events (messages.py) that aren't in the log yet. Returns the
        messages of all of them. Raises Unavailable while the log is closed.

        An insert succeeds only at the next free number, so the numbers have no gaps. It fails if
        another relay was faster, or if an event is in the log already; then the log is read again.
        """
        self._require_open()
        in_log: dict[str, Message] = {}
        while missing := [event for event in pending if event["id"] not in in_log]:
            inserted = self._insert(missing)
            if inserted is None:
                in_log = self._numbered([event["id"] for event in pending])
            else:
                in_log |= {message.head.id: message for message in inserted}
        return [in_log[event["id"]] for event in pending]

    def _insert(self, pending: list[Document]) -> list[Message] | None:
        """The messages with the next numbers; None if not all of them could have these."""
        last = self.last() if self._last_known is None else self._last_known
        # Unknown until the insert has succeeded.
        self._last_known = None
        messages = [
            Message.from_text(numbered(event["event"], number))
            for number, event in enumerate(pending, last + 1)
        ]
        try:
            self.collection.insert_many(map(entry, messages), ordered=True)
        except BulkWriteError as error:
            duplicates(error)
            return None
        self._last_known = last + len(messages)
        return messages

    def _numbered(self, ids: list[str]) -> dict[str, Message]:
        """The messages of the events that are in the log of the majority, by id."""
        found = self._majority.find({"id": {"$in": ids}}, {"id": 1, "event": 1})
        return {entry["id"]: Message.from_text(entry["event"]) for entry in found}

    def read(self, after: int, limit: int) -> list[Event]:
        """Up to `limit` events with numbers above `after`, in order; fewer, but at least one, where
        these are larger than PAGE_BYTES."""
        return list(map(event_of, self._above(after, limit)))

    def messages(self, after: int, limit: int) -> list[Message]:
        """As `read`, but the messages as they were published."""
        return [Message.from_text(entry["event"]) for entry in self._above(after, limit)]

    def _above(self, after: int, limit: int) -> Iterable[Document]:
        found = self._majority.find({"_id": {"$gt": after}}, sort=[("_id", ASCENDING)])
        return page(found.limit(limit), lambda entry: len(entry["event"].encode()))

    def of_period(self, period: Period, last: int) -> Iterator[Event]:
        """The events up to number `last` that happened in the period, as a stream, in no particular
        order."""
        weeks = [str(week) for week in period.weeks_touched()]
        within = {"period": {"$in": weeks}, "_id": {"$lte": last}}
        found = self._majority.find(within, {"_id": 0, "event": 1}, batch_size=BATCH)
        kind = type(period)
        return (event for event in map(event_of, found) if period_of(event, kind) == period)

    def tally(self, period: Period) -> dict[str, int]:
        """The number of events of each type that happened in the week."""
        found = self._majority.aggregate(
            [
                {"$match": {"period": str(period)}},
                {"$group": {"_id": "$type", "count": {"$sum": 1}}},
                {"$sort": {"_id": 1}},
            ]
        )
        return {group["_id"]: group["count"] for group in found}


def entry(message: Message) -> Document:
    """The event as an entry of its source's log."""
    head = message.head
    return {
        "_id": head.sourcesequence,
        "id": head.id,
        "type": head.type,
        "period": week_name(head.time),
        "event": message.text,
    }
