"""The inbox: the queue of a service, consumed in batches, as a nameko entrypoint.

    @inbox
    def receive(self, messages):
        return {position: Rejection(reason, detail)}      # these become dead letters

A batch is one call of the method and one multiple ack; the next batch is fetched meanwhile.
Copies of a message within a batch are one message. An id may come with other contents: rejections
are by the position in `messages`.
Unreadable messages become dead letters without a call. The messages of a batch that fails, or that
is delivered for the third time, are handled one by one, so that only the faulty one becomes a dead
letter. While the database is unreachable, nothing is consumed: that is no fault of a message.
"""

from collections import deque
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint

from shared.contracts.envelope import Unreadable, read
from shared.contracts.messages import Message
from shared.domain.types import Document, Method
from shared.messaging.batches import Copies, copy_key, without_copies
from shared.messaging.consumer import Consumer
from shared.messaging.deliveries import Delivery, Rejection, reason_of
from shared.platform import database, logging_setup, topology
from shared.platform.retry import repeat, retry
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

IDLE_SECONDS = 0.5
# The wait for messages while a batch is in work: then it is checked whether the batch is done.
BUSY_SECONDS = 0.005
RECONNECT_SECONDS = 1
# Batches in work at once: while one waits for the database, another one is read.
CONCURRENCY = 2
# A batch is delivered again if a process ends before its ack. If that happens twice, one of its
# messages may be crashing the process: handling each alone finds out which.
MAX_REDELIVERIES = 1


class Inbox(Entrypoint):
    """Consumes `<service>.inbox`, and moves messages of `<service>.dead` to the dead letters."""

    context = ServiceContext()

    def setup(self) -> None:
        self._settings = self.container.config["settings"]
        self._stopping = False

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="inbox")
        self._retries = self.container.spawn_managed_thread(
            self._retry_dead_letters, identifier="dead-letter retries"
        )

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
        self._wait_for_circuit_breaker()
        self._wait_for_database()
        service = self.container.service_name
        size = self._settings.batch
        with Consumer(self._settings.amqp_uri, size, (CONCURRENCY + 1) * size) as consumer:
            consumer.listen(
                {topology.inbox_queue(service): False, topology.dead_queue(service): True}
            )
            self.context.consuming = True
            self._at_work: deque[BatchInWork] = deque()
            while not self._stopping and not self.context.circuit_breaker.is_open:
                self._turn(consumer)
            while self._at_work:
                self._finish(consumer)

    def _wait_for_circuit_breaker(self) -> None:
        if self.context.circuit_breaker.is_open:
            invalid = dict(self.context.circuit_breaker.reasons)
            log.error("circuit breaker opened", invalid_in_a_row=invalid)
        while self.context.circuit_breaker.is_open and not self._stopping:
            eventlet.sleep(0.1)

    def _wait_for_database(self) -> None:
        retry(
            lambda: self._stopping or self.context.database.command("ping"),
            seconds=RECONNECT_SECONDS,
            failed=lambda error: log.warning(
                "database unreachable", error=database.describe(error)
            ),
            on=database.UNREACHABLE,
        )

    def _turn(self, consumer: Consumer) -> None:
        """Fetch the next batch while earlier ones are in work."""
        consumer.gather(BUSY_SECONDS if self._at_work else IDLE_SECONDS)
        full = consumer.full
        while self._at_work and (self._at_work[0][1].ready() or len(self._at_work) == CONCURRENCY):
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
        if any(delivery.previous_deliveries > MAX_REDELIVERIES for delivery in batch):
            while self._at_work:
                self._finish(consumer)
            self._take_one_by_one(consumer, batch)
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
        if isinstance(error, database.UNREACHABLE):
            raise error
        log.warning("batch failed", size=len(batch), error=type(error).__name__)
        self._take_one_by_one(consumer, batch)

    def _take_one_by_one(self, consumer: Consumer, batch: list[Delivery]) -> None:
        taken: set[Hashable] = set()
        for delivery in batch:
            if self._stopping or self.context.circuit_breaker.is_open:
                # This loop may take long; unacknowledged messages are delivered again.
                return
            try:
                if copy_key(delivery) not in taken:
                    self._take([delivery])
                taken.add(copy_key(delivery))
            except database.UNREACHABLE:
                raise
            except Exception as error:
                self._reject_invalid(delivery, *reason_of(error))
            # At once, so that it isn't delivered again if the next one kills the process.
            consumer.ack(delivery)
            self.context.progress.moved("inbox")

    def _take(self, batch: list[Delivery]) -> None:
        """Read and handle messages, copies once; rejected ones become dead letters. Raises a
        handler's error."""
        readable: list[tuple[Message, Copies]] = []
        unreadable: list[tuple[Copies, Unreadable]] = []
        for copies in without_copies(batch):
            try:
                readable.append((self._read(copies[0]), copies))
            except Unreadable as error:
                unreadable.append((copies, error))
        rejections = self._call([message for message, _ in readable]) if readable else {}
        for position, rejection in rejections.items():
            self._reject(readable[position][1], rejection)
        for copies, problem in unreadable:
            for delivery in copies:
                self._reject_invalid(delivery, problem.reason, problem.detail)
        if len(readable) > len(rejections):
            self.context.circuit_breaker.record_valid()

    def _read(self, delivery: Delivery) -> Message:
        if delivery.dead:
            raise Unreadable("dead_lettered", delivery.message_id)
        return read(delivery.body, delivery.exchange.removesuffix(".events"))

    def _reject_invalid(self, delivery: Delivery, reason: str, detail: str) -> None:
        self._add_dead_letter(delivery, reason, detail)
        self.context.circuit_breaker.record_invalid(reason)

    def _reject(self, copies: Copies, rejection: Rejection) -> None:
        reason, detail, orgunit = rejection.reason, rejection.detail, rejection.orgunit
        self._add_dead_letter(copies[0], reason, detail, orgunit, len(copies))

    def _add_dead_letter(
        self,
        delivery: Delivery,
        reason: str,
        detail: str = "",
        orgunit: str | None = None,
        times: int = 1,
    ) -> None:
        log.warning("message moved to the dead letters", reason=reason, exchange=delivery.exchange)
        self.context.dead_letters.add(delivery, reason, detail, orgunit, times)

    def _call(self, messages: list[Message]) -> dict[int, Rejection]:
        """Run the service's method in a worker of its own, and wait for its result."""
        done = Signal()
        answer = partial(self._answer, done)
        self.container.spawn_worker(self, (messages,), {}, handle_result=answer)
        result, error = done.wait()
        if error:
            raise database.normalized(error)
        return result or {}

    @staticmethod
    def _answer(
        done: Signal, worker_ctx: Any, result: Any = None, exc_info: Any = None
    ) -> tuple[Any, Any]:
        done.send((result, exc_info[1] if exc_info else None))
        return result, exc_info

    def _retry_dead_letters(self) -> None:
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
            rejection = self._call([message]).get(0)
        except database.UNREACHABLE:
            raise
        except Exception as error:
            dead_letters.failed_again(entry, *reason_of(error))
            return
        if rejection:
            dead_letters.failed_again(entry, rejection.reason, rejection.detail, rejection.orgunit)
        else:
            dead_letters.resolved(entry)


# A batch in work, and the signal with its error, or None for success.
BatchInWork = tuple[list[Delivery], Signal]

inbox: Callable[[Method], Method] = Inbox.decorator
