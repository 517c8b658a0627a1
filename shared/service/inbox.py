"""The inbox: one queue a service, taken in batches, as a nameko entrypoint.

    @inbox
    def receive(self, messages):
        return {event_id: Rejection(reason, detail)}      # these are parked

A batch is one call of the method and one multiple ack; the next batch is fetched meanwhile. What
can't be read is parked before the method sees it. A batch that fails, or that comes for the third
time, is taken apart, so that only the guilty message is parked. When the database is away consuming
stops: that is no failure of any message.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint

from shared.contracts.envelope import Unreadable, read
from shared.contracts.messages import Message
from shared.domain.types import Document, Method
from shared.messaging.consumer import Consumer
from shared.messaging.deliveries import Delivery, Rejection, cause
from shared.platform import database, logging_setup, topology
from shared.platform.retry import repeat, retry
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

IDLE_SECONDS = 0.5
# While a batch is being handled: how often to look whether it is done.
BUSY_SECONDS = 0.005
RECONNECT_SECONDS = 1
# Batches at work at once: while one waits for the database, another is read.
LANES = 2
# A batch comes again whenever a process ends before its ack, and may be large. What came yet again
# may be what the process dies of: that is found by taking each alone.
ONCE_MORE = 1


class Inbox(Entrypoint):
    """Consumes `<service>.inbox` and drains `<service>.dead` into the parked messages."""

    context = ServiceContext()

    def setup(self) -> None:
        self._settings = self.container.config["settings"]
        self._stopping = False

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="inbox")
        self._retries = self.container.spawn_managed_thread(self._retry, identifier="retries")

    def stop(self) -> None:
        self._stopping = True
        self._thread.wait()
        self._retries.wait()

    def _run(self) -> None:
        # Unacked messages return to the queue with the connection that held them.
        retry(
            self._consume_until_stopped,
            seconds=RECONNECT_SECONDS,
            failed=lambda error: log.warning("inbox interrupted", error=type(error).__name__),
        )

    def _consume_until_stopped(self) -> None:
        while not self._stopping:
            try:
                self._consume()
            finally:
                self.context.consuming = False
                self.context.backpressure.stop()

    def _consume(self) -> None:
        self._wait_for_line()
        self._wait_for_database()
        service = self.container.service_name
        size = self._settings.batch
        with Consumer(self._settings.amqp_uri, size, (LANES + 1) * size) as consumer:
            consumer.listen(
                {topology.inbox_queue(service): False, topology.dead_queue(service): True}
            )
            self.context.consuming = True
            self._at_work: deque[Work] = deque()
            while not self._stopping and not self.context.circuit_breaker.is_open:
                self._turn(consumer)
            while self._at_work:
                self._finish(consumer)

    def _wait_for_line(self) -> None:
        if self.context.circuit_breaker.is_open:
            invalid = dict(self.context.circuit_breaker.reasons)
            log.error("circuit breaker opened", invalid_in_a_row=invalid)
        while self.context.circuit_breaker.is_open and not self._stopping:
            eventlet.sleep(0.1)

    def _wait_for_database(self) -> None:
        retry(
            lambda: self._stopping or self.context.database.command("ping"),
            seconds=RECONNECT_SECONDS,
            failed=lambda error: log.warning("database unreachable", error=database.why(error)),
            on=database.AWAY,
        )

    def _turn(self, consumer: Consumer) -> None:
        """Fetch the next batch while those before are being handled."""
        consumer.gather(BUSY_SECONDS if self._at_work else IDLE_SECONDS)
        full = consumer.waiting >= consumer.size
        while self._at_work and (self._at_work[0][1].ready() or len(self._at_work) == LANES):
            self._finish(consumer)
        if full:
            self.context.backpressure.start()
        elif not self._at_work:
            self.context.backpressure.stop()
        if consumer.waiting:
            self.context.progress.waits("inbox")
            self._begin(consumer, consumer.taken())
        elif not self._at_work:
            self.context.progress.idle("inbox")

    def _begin(self, consumer: Consumer, batch: list[Delivery]) -> None:
        if any(delivery.before > ONCE_MORE for delivery in batch):
            while self._at_work:
                self._finish(consumer)
            self._one_by_one(consumer, batch)
            return
        done = Signal()
        self._at_work.append((batch, done))
        self.container.spawn_managed_thread(
            partial(self._handle, batch, done), identifier="batch of the inbox"
        )

    def _handle(self, batch: list[Delivery], done: Signal) -> None:
        try:
            self._take(batch)
        except Exception as error:
            done.send(error)
        else:
            done.send(None)

    def _finish(self, consumer: Consumer) -> None:
        batch, done = self._at_work.popleft()
        error = done.wait()
        if error is None:
            consumer.ack_all(batch)
            self.context.progress.moved("inbox")
            return
        if isinstance(error, database.AWAY):
            raise error
        log.warning("batch failed", size=len(batch), error=type(error).__name__)
        self._one_by_one(consumer, batch)

    def _one_by_one(self, consumer: Consumer, batch: list[Delivery]) -> None:
        for delivery in batch:
            if self._stopping or self.context.circuit_breaker.is_open:
                # It may take long; what isn't acknowledged comes again.
                return
            try:
                self._take([delivery])
            except database.AWAY:
                raise
            except Exception as error:
                self._spoilt(delivery, *cause(error))
            # At once: if the next one kills the process, this one has nothing to do with it.
            consumer.ack(delivery)
            self.context.progress.moved("inbox")

    def _take(self, batch: list[Delivery]) -> None:
        """Read and handle; park what is refused. Raises what the handler raised."""
        come, again, spoilt = {}, [], []
        for delivery in batch:
            try:
                message = self._read(delivery)
            except Unreadable as error:
                spoilt.append((delivery, error))
                continue
            if message.head.id in come:
                again.append(delivery)
            else:
                come[message.head.id] = message, delivery
        rejections = self._call([message for message, _ in come.values()]) if come else {}
        for identity, rejection in rejections.items():
            self._reject(come[identity][1], rejection)
        for delivery, why in spoilt:
            self._spoilt(delivery, why.reason, why.detail)
        if len(come) > len(rejections):
            self.context.circuit_breaker.record_valid()
        if again:
            # One id may come with two contents, and a verdict is about an id.
            self._take(again)

    def _read(self, delivery: Delivery) -> Message:
        if delivery.dead:
            raise Unreadable("dead_lettered", delivery.message_id)
        return read(delivery.body, delivery.exchange.removesuffix(".events"))

    def _spoilt(self, delivery: Delivery, reason: str, detail: str) -> None:
        self._park(delivery, reason, detail)
        self.context.circuit_breaker.record_invalid(reason)

    def _reject(self, delivery: Delivery, rejection: Rejection) -> None:
        self._park(delivery, rejection.reason, rejection.detail, rejection.orgunit)

    def _park(
        self, delivery: Delivery, reason: str, detail: str = "", orgunit: str | None = None
    ) -> None:
        log.warning("message moved to the dead letters", reason=reason, exchange=delivery.exchange)
        self.context.dead_letters.park(delivery, reason, detail, orgunit)

    def _call(self, messages: list[Message]) -> dict[str, Rejection]:
        """Run the service's method in a worker of its own, and wait for its answer."""
        done = Signal()
        answer = partial(self._answer, done)
        self.container.spawn_worker(self, (messages,), {}, handle_result=answer)
        result, error = done.wait()
        if error:
            raise database.seen(error)
        return result or {}

    @staticmethod
    def _answer(
        done: Signal, worker_ctx: Any, result: Any = None, exc_info: Any = None
    ) -> tuple[Any, Any]:
        done.send((result, exc_info[1] if exc_info else None))
        return result, exc_info

    def _retry(self) -> None:
        repeat(
            self._retry_due,
            seconds=RECONNECT_SECONDS,
            failed=lambda error: log.warning(
                "dead-letter retries interrupted", error=type(error).__name__
            ),
            stopping=lambda: self._stopping,
        )

    def _retry_due(self) -> int:
        """Try some of the dead letters that are due. Returns how many these are."""
        entries = self.context.dead_letters.due()
        for entry in entries:
            if self._stopping:
                break
            self._retry_one(entry)
        return len(entries)

    def _retry_one(self, entry: Document) -> None:
        dead_letters = self.context.dead_letters
        try:
            message = read(dead_letters.body(entry), entry["exchange"].removesuffix(".events"))
            rejection = self._call([message]).get(message.head.id)
        except database.AWAY:
            raise
        except Exception as error:
            dead_letters.failed_again(entry, *cause(error))
            return
        if rejection:
            dead_letters.failed_again(entry, rejection.reason, rejection.detail, rejection.orgunit)
        else:
            dead_letters.resolved(entry)


# A batch that is being handled, and the signal that brings its error, None for success.
Work = tuple[list[Delivery], Signal]

inbox: Callable[[Method], Method] = Inbox.decorator
