"""The relay and the sweeper: pending events leave their aggregates through the log.

Number in the log, publish with confirms, then pull from the aggregate. Whatever dies in between,
the event is still pending, so the sweeper does it again: same number, same id, published twice at
worst.
"""

from pymongo import UpdateOne
from pymongo.collection import Collection

from shared.log import Log
from shared.publisher import Publisher
from shared.types import Document

BATCH = 500


class Outbox:
    """The pending events of one service."""

    def __init__(
        self, aggregates: Collection[Document], log: Log, publisher: Publisher, exchange: str
    ) -> None:
        self.aggregates = aggregates
        self.log = log
        self.publisher = publisher
        self.exchange = exchange

    def pending(self) -> int:
        """How many aggregates hold events that haven't left yet."""
        return self.aggregates.count_documents({"pending.id": {"$exists": True}})

    def relay(self) -> int:
        """Take one batch all the way. Returns how many events left."""
        found = list(
            self.aggregates.find({"pending.id": {"$exists": True}}, {"pending": 1}).limit(BATCH)
        )
        events = [event for document in found for event in document["pending"]]
        if events:
            self.publisher.publish(self.exchange, self.log.append(events))
            self.aggregates.bulk_write([_pull(document) for document in found], ordered=False)
        return len(events)

    def number(self) -> None:
        """Give every pending event its number in the log, without publishing it."""
        for document in self.aggregates.find({"pending.id": {"$exists": True}}, {"pending": 1}):
            self.log.append(document["pending"])


def _pull(document: Document) -> UpdateOne:
    ids = [event["id"] for event in document["pending"]]
    return UpdateOne({"_id": document["_id"]}, {"$pull": {"pending": {"id": {"$in": ids}}}})
