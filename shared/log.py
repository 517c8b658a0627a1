"""The service's own event log: gapless numbers, each event once."""

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from shared.database import duplicates
from shared.periods import Period, format_instant
from shared.types import Document, Event, Json


class Log:
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

    def append(self, events: list[Event]) -> list[Event]:
        """Number what isn't in the log yet, and give back all of `events` with their numbers.

        An insert succeeds only at the next free number, so the numbers have no gaps; where it
        fails, because another relay was faster or an event is in the log already, both are read.
        """
        known: dict[str, Event] = {}
        while todo := [event for event in events if event["id"] not in known]:
            inserted = self._insert(todo)
            if inserted is None:
                known = self._numbered(events)
            else:
                known |= {event["id"]: event for event in inserted}
        return [known[event["id"]] for event in events]

    def _insert(self, events: list[Event]) -> list[Event] | None:
        """The events with the next numbers; None when not all of them could have these."""
        last = self.last() if self._seen is None else self._seen
        # Known again only once it has succeeded.
        self._seen = None
        numbered = [
            {**event, "sourcesequence": number} for number, event in enumerate(events, last + 1)
        ]
        entries = [{"_id": event["sourcesequence"], "event": event} for event in numbered]
        try:
            self.collection.insert_many(entries, ordered=True)
        except BulkWriteError as error:
            duplicates(error)
            return None
        self._seen = last + len(events)
        return numbered

    def _numbered(self, events: list[Event]) -> dict[str, Event]:
        """Those of the events that are in the log for good."""
        ids = [event["id"] for event in events]
        found = self._settled.find({"event.id": {"$in": ids}}, {"event": 1})
        return {entry["event"]["id"]: entry["event"] for entry in found}

    def read(self, after: int, limit: int) -> list[Event]:
        """Up to `limit` events with numbers above `after`, in order."""
        found = self._settled.find({"_id": {"$gt": after}}, sort=[("_id", ASCENDING)])
        return [entry["event"] for entry in found.limit(limit)]

    def of_week(self, period: Period, last: int) -> list[Event]:
        """The events up to number `last` that happened in the week."""
        found = self._settled.find({**_in(period), "_id": {"$lte": last}}, {"event": 1})
        return [entry["event"] for entry in found]

    def tally(self, period: Period) -> dict[str, int]:
        """How many events of each type happened in the week."""
        found = self._settled.aggregate(
            [
                {"$match": _in(period)},
                {"$group": {"_id": "$event.type", "count": {"$sum": 1}}},
                {"$sort": {"_id": 1}},
            ]
        )
        return {entry["_id"]: entry["count"] for entry in found}


def _in(period: Period) -> Json:
    return {"event.time": {"$gte": format_instant(period.start), "$lt": format_instant(period.end)}}
