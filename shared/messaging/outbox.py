"""The relay and the sweeper: pending events leave their aggregates through the log.

Number in the log, publish with confirms, then pull from the aggregate. Whatever dies in between,
the event is still pending, so the sweeper does it again: same number, same id, published twice at
worst.
"""

from collections.abc import Iterator

from eventlet.semaphore import Semaphore
from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from shared.domain.types import Document
from shared.messaging.event_log import EventLog
from shared.messaging.publisher import Publisher
from shared.platform.concurrency import run_concurrently

BATCH = 500
# Batches under way at once: one is numbered while another waits for its confirms.
LANES = 3

PENDING = {"pending.id": {"$exists": True}}


class Outbox:
    """The pending events of one service."""

    def __init__(
        self, aggregates: Collection[Document], log: EventLog, publisher: Publisher, exchange: str
    ) -> None:
        self.aggregates = aggregates
        self.log = log
        self.publisher = publisher
        self.exchange = exchange
        # Forgotten in a failure, a pull only makes an event go out once more.
        self._forgetful = aggregates.with_options(write_concern=WriteConcern(w=1))
        self._numbering = Semaphore()

    def pending(self) -> int:
        """How many aggregates hold events that haven't left yet."""
        return self.aggregates.count_documents(PENDING)

    def send(self, waiting: list[Document]) -> int:
        """Take pending events all the way. Returns how many these are."""
        with self._numbering:
            messages = self.log.append(waiting)
        self.publisher.publish(self.exchange, messages)
        subjects = {message.head.subject for message in messages}
        ids = [message.head.id for message in messages]
        self._forgetful.update_many(
            {"_id": {"$in": list(subjects)}}, {"$pull": {"pending": {"id": {"$in": ids}}}}
        )
        return len(messages)

    def sweep(self) -> int:
        """Take everything that is pending all the way. Returns how many events that were."""
        return sum(run_concurrently(LANES, self.send, self._batches()))

    def number(self) -> None:
        """Give every pending event its number in the log, without publishing it."""
        for waiting in self._batches():
            with self._numbering:
                self.log.append(waiting)

    def republish(self, after: int, limit: int) -> int:
        """Publish up to `limit` events of the log above number `after` again. Returns the number
        of the last one, `after` itself when there is none."""
        again = self.log.messages(after, limit)
        self.publisher.publish(self.exchange, again)
        return again[-1].head.sourcesequence if again else after

    def _batches(self) -> Iterator[list[Document]]:
        batch: list[Document] = []
        for document in self.aggregates.find(PENDING, {"pending": 1}, batch_size=BATCH):
            batch += document["pending"]
            if len(batch) >= BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
