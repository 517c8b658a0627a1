"""The service's own event log: gapless numbers, each event once."""

from collections.abc import Iterable

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from shared.contracts.envelope import week_name
from shared.contracts.messages import Message, event_of, numbered
from shared.domain.periods import Period
from shared.domain.types import Document, Event
from shared.platform.database import duplicates


class EventLog:
    """`_id` is the event's `sourcesequence`. Any number of relays may append at once."""

    def __init__(self, collection: Collection[Document]) -> None:
        self.collection = collection
        # What the majority doesn't have yet may be undone, and its number given to another event.
        self._settled = collection.with_options(read_concern=ReadConcern("majority"))
        # The last number as this process knows it; another one may have gone on since.
        self._seen: int | None = None

    def last(self) -> int:
        """The highest number, 0 for an empty log."""
        newest = self.collection.find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
        return newest["_id"] if newest else 0

    def append(self, waiting: list[Document]) -> list[Message]:
        """Number what isn't in the log yet of unsent events (messages.py), and give back the
        messages of all of them.

        An insert succeeds only at the next free number, so the numbers have no gaps; where it
        fails, because another relay was faster or an event is in the log already, both are read.
        """
        known: dict[str, Message] = {}
        while todo := [one for one in waiting if one["id"] not in known]:
            inserted = self._insert(todo)
            if inserted is None:
                known = self._numbered([one["id"] for one in waiting])
            else:
                known |= {message.head.id: message for message in inserted}
        return [known[one["id"]] for one in waiting]

    def _insert(self, waiting: list[Document]) -> list[Message] | None:
        """The messages with the next numbers; None when not all of them could have these."""
        last = self.last() if self._seen is None else self._seen
        # Known again only once it has succeeded.
        self._seen = None
        messages = [
            Message.from_text(numbered(one["event"], number))
            for number, one in enumerate(waiting, last + 1)
        ]
        try:
            self.collection.insert_many(map(entry, messages), ordered=True)
        except BulkWriteError as error:
            duplicates(error)
            return None
        self._seen = last + len(messages)
        return messages

    def _numbered(self, ids: list[str]) -> dict[str, Message]:
        """Those of the events that are in the log for good."""
        found = self._settled.find({"id": {"$in": ids}}, {"id": 1, "event": 1})
        return {kept["id"]: Message.from_text(kept["event"]) for kept in found}

    def read(self, after: int, limit: int) -> list[Event]:
        """Up to `limit` events with numbers above `after`, in order."""
        return list(map(event_of, self._above(after, limit)))

    def messages(self, after: int, limit: int) -> list[Message]:
        """As `read`, as they were published."""
        return [Message.from_text(kept["event"]) for kept in self._above(after, limit)]

    def _above(self, after: int, limit: int) -> Iterable[Document]:
        found = self._settled.find({"_id": {"$gt": after}}, sort=[("_id", ASCENDING)])
        return found.limit(limit)

    def of_week(self, period: Period, last: int) -> list[Event]:
        """The events up to number `last` that happened in the week."""
        found = self._settled.find({"period": str(period), "_id": {"$lte": last}}, {"event": 1})
        return list(map(event_of, found))

    def tally(self, period: Period) -> dict[str, int]:
        """How many events of each type happened in the week."""
        found = self._settled.aggregate(
            [
                {"$match": {"period": str(period)}},
                {"$group": {"_id": "$type", "count": {"$sum": 1}}},
                {"$sort": {"_id": 1}},
            ]
        )
        return {group["_id"]: group["count"] for group in found}


def entry(message: Message) -> Document:
    """The event in its source's log."""
    head = message.head
    return {
        "_id": head.sourcesequence,
        "id": head.id,
        "type": head.type,
        "period": week_name(head.time),
        "event": message.text,
    }
