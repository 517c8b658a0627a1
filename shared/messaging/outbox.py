"""The outbox: pending events are numbered in the log, published, and pulled from their aggregates.

Events are published with confirms. If a step fails, the event is still pending, and the sweeper
repeats all steps: with the same number and the same id, so the event may be published twice.
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
# Batches in work at once: one is numbered while another waits for its confirms.
CONCURRENCY = 3

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
        # If this write is lost, the event is published twice, which is safe.
        self._unconfirmed = aggregates.with_options(write_concern=WriteConcern(w=1))
        self._numbering = Semaphore()

    def pending(self) -> int:
        """The number of aggregates with pending events."""
        return self.aggregates.count_documents(PENDING)

    def send(self, pending: list[Document]) -> int:
        """Number, publish and pull pending events. Returns their number."""
        with self._numbering:
            messages = self.log.append(pending)
        self.publisher.publish(self.exchange, messages)
        subjects = {message.head.subject for message in messages}
        ids = [message.head.id for message in messages]
        self._unconfirmed.update_many(
            {"_id": {"$in": list(subjects)}}, {"$pull": {"pending": {"id": {"$in": ids}}}}
        )
        return len(messages)

    def sweep(self) -> int:
        """Send all pending events. Returns their number."""
        return sum(run_concurrently(CONCURRENCY, self.send, self._batches()))

    def number(self) -> None:
        """Give every pending event its number in the log, without publishing it."""
        for pending in self._batches():
            with self._numbering:
                self.log.append(pending)

    def republish(self, after: int, limit: int) -> int:
        """Publish up to `limit` events of the log above number `after` again. Returns the number
        of the last one, or `after` if there are none."""
        logged = self.log.messages(after, limit)
        self.publisher.publish(self.exchange, logged)
        return logged[-1].head.sourcesequence if logged else after

    def _batches(self) -> Iterator[list[Document]]:
        batch: list[Document] = []
        for document in self.aggregates.find(PENDING, {"pending": 1}, batch_size=BATCH):
            batch += document["pending"]
            if len(batch) >= BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
