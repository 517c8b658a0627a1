"""The inbox: one queue a service, taken in batches, as a nameko entrypoint.

    @inbox
    def receive(self, events):
        return {event_id: Rejection(reason, detail)}      # these are parked

A batch is one call of the method and one multiple ack. What can't be read is parked before the
method sees it. A batch that fails, or that was delivered before, is taken apart, so that only the
guilty message is parked. When the database is away consuming stops: that is no failure of any
message.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from kombu import Connection
from nameko.extensions import Entrypoint

from shared import database, logs, topology
from shared.deliveries import Delivery, Rejection, cause
from shared.envelope import Unreadable, read
from shared.stores import Stores
from shared.types import Document, Event, Method

log = logs.get(__name__)

# How long a batch waits for more once the queue seems empty.
GATHER_SECONDS = 0.003
IDLE_SECONDS = 0.5
RECONNECT_SECONDS = 1
HEARTBEAT_SECONDS = 30


class Inbox(Entrypoint):
    """Consumes `<service>.inbox` and drains `<service>.dead` into the parked messages."""

    stores = Stores()

    def setup(self) -> None:
        self._settings = self.container.config["settings"]
        self._stopping = False
        self._buffer: list[Delivery] = []

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="inbox")
        self._retries = self.container.spawn_managed_thread(self._retry, identifier="retries")

    def stop(self) -> None:
        self._stopping = True
        self._thread.wait()
        self._retries.wait()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._consume()
            except Exception as error:
                # Unacked messages return to the queue with the connection that held them.
                log.warning("inbox interrupted", error=type(error).__name__)
                eventlet.sleep(RECONNECT_SECONDS)
            finally:
                self.stores.consuming = False

    def _consume(self) -> None:
        self._wait_for_database()
        with Connection(self._settings.amqp_uri, heartbeat=HEARTBEAT_SECONDS) as connection:
            channel = connection.channel()
            # What a stranger calls the encoding mustn't change the bytes that are kept.
            channel.auto_decode = False
            channel.basic_qos(0, self._settings.prefetch, False)
            self._buffer = []
            service = self.container.service_name
            self._listen(channel, topology.inbox_queue(service), dead=False)
            self._listen(channel, topology.dead_queue(service), dead=True)
            self.stores.consuming = True
            while not self._stopping:
                batch = self._gather(connection)
                if batch:
                    self._handle(channel, batch)
            channel.close()

    def _listen(self, channel: Any, queue: str, dead: bool) -> None:
        channel.basic_consume(
            queue, callback=lambda message: self._buffer.append(Delivery.of(message, dead))
        )

    def _wait_for_database(self) -> None:
        while not self._stopping:
            try:
                self.stores.database.command("ping")
                return
            except database.AWAY:
                log.warning("database away")
                eventlet.sleep(RECONNECT_SECONDS)

    def _gather(self, connection: Any) -> list[Delivery]:
        wait = IDLE_SECONDS
        while len(self._buffer) < self._settings.prefetch:
            try:
                connection.drain_events(timeout=wait)
            except TimeoutError:
                break
            wait = GATHER_SECONDS
        connection.heartbeat_check()
        batch, self._buffer = self._buffer, []
        return batch

    def _handle(self, channel: Any, batch: list[Delivery]) -> None:
        if any(delivery.redelivered for delivery in batch):
            self._one_by_one(channel, batch)
            return
        try:
            self._take(batch)
        except database.AWAY:
            raise
        except Exception as error:
            log.warning("batch failed", size=len(batch), error=type(error).__name__)
            self._one_by_one(channel, batch)
        else:
            channel.basic_ack(batch[-1].tag, multiple=True)

    def _one_by_one(self, channel: Any, batch: list[Delivery]) -> None:
        for delivery in batch:
            if self._stopping:
                # It may take long; what isn't acknowledged comes again.
                return
            try:
                self._take([delivery])
            except database.AWAY:
                raise
            except Exception as error:
                self._park(delivery, *cause(error))
            channel.basic_ack(delivery.tag)

    def _take(self, batch: list[Delivery]) -> None:
        """Read and handle; park what is refused. Raises what the handler raised."""
        events, again = {}, []
        for delivery in batch:
            try:
                event = self._read(delivery)
            except Unreadable as error:
                self._park(delivery, error.reason, error.detail)
                continue
            if event["id"] in events:
                again.append(delivery)
            else:
                events[event["id"]] = event, delivery
        if events:
            rejections = self._call([event for event, _ in events.values()])
            for identity, rejection in rejections.items():
                self._reject(events[identity][1], rejection)
        if again:
            # One id may come with two contents, and a verdict is about an id.
            self._take(again)

    def _read(self, delivery: Delivery) -> Event:
        if delivery.dead:
            raise Unreadable("dead_lettered", delivery.properties.get("message_id", ""))
        return read(delivery.body, delivery.exchange.removesuffix(".events"))

    def _reject(self, delivery: Delivery, rejection: Rejection) -> None:
        self._park(delivery, rejection.reason, rejection.detail, rejection.orgunit)

    def _park(
        self, delivery: Delivery, reason: str, detail: str = "", orgunit: str | None = None
    ) -> None:
        log.warning("message parked", reason=reason, exchange=delivery.exchange)
        self.stores.parking.park(delivery, reason, detail, orgunit)

    def _call(self, events: list[Event]) -> dict[str, Rejection]:
        """Run the service's method in a worker of its own, and wait for its answer."""
        done = Signal()
        self.container.spawn_worker(self, (events,), {}, handle_result=partial(self._answer, done))
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
        while not self._stopping:
            try:
                for entry in self.stores.parking.due():
                    self._retry_one(entry)
            except Exception as error:
                log.warning("retries interrupted", error=type(error).__name__)
            wait_until = time.monotonic() + RECONNECT_SECONDS
            while time.monotonic() < wait_until and not self._stopping:
                eventlet.sleep(0.1)

    def _retry_one(self, entry: Document) -> None:
        parking = self.stores.parking
        try:
            event = read(bytes(entry["body"]), entry["exchange"].removesuffix(".events"))
            rejection = self._call([event]).get(event["id"])
        except database.AWAY:
            raise
        except Exception as error:
            parking.failed_again(entry, *cause(error))
            return
        if rejection:
            parking.failed_again(entry, rejection.reason, rejection.detail, rejection.orgunit)
        else:
            parking.resolved(entry)


inbox: Callable[[Method], Method] = Inbox.decorator
