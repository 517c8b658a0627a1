"""What every service keeps besides its own documents, opened once for each container."""

import time
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider, SharedExtension
from pymongo.database import Database

from shared.aggregates.orgunit_store import OrgUnits
from shared.aggregates.repository import Books
from shared.contracts.events import EVENT_TYPES
from shared.contracts.messages import Message
from shared.domain.clock import Clock
from shared.domain.types import Document
from shared.messaging.backpressure import Crowd
from shared.messaging.circuit_breaker import Line
from shared.messaging.dead_letter_actions import Triage
from shared.messaging.dead_letter_store import Parking
from shared.messaging.event_log import Log
from shared.messaging.outbox import BATCH, Outbox
from shared.messaging.progress import Progress
from shared.messaging.publisher import Publisher
from shared.platform import logging_setup, topology
from shared.platform.settings import Settings

log = logging_setup.get(__name__)

RETRY_SECONDS = 1
PAUSE_SECONDS = 0.05
REGISTRY_EVENTS = frozenset(name for name in EVENT_TYPES if name.startswith("supervision.orgunit."))


class Stores(SharedExtension):
    """The service's database and the plumbing on it: log, parking, org units, outbox.

    Opened when first used, because nameko sets extensions up in no particular order.
    """

    # Is the inbox connected and taking messages, and are RPC requests? They say so themselves.
    consuming = False
    answering = False

    @property
    def settings(self) -> Settings:
        settings: Settings = self.container.config["settings"]
        return settings

    @property
    def database(self) -> Database[Document]:
        database: Database[Document] = self.container.config["database"]
        return database

    @cached_property
    def clock(self) -> Clock:
        return self.settings.clock

    @cached_property
    def log(self) -> Log:
        return Log(self.database["log"])

    @cached_property
    def parking(self) -> Parking:
        return Parking(self.database["parked"], self.clock)

    @cached_property
    def progress(self) -> Progress:
        return Progress(self.settings.stall_seconds, self.clock)

    @cached_property
    def crowd(self) -> Crowd:
        """Of the inbox, which says when it begins and ends."""
        return Crowd()

    @cached_property
    def line(self) -> Line:
        return Line(self.settings.invalid_in_a_row)

    @cached_property
    def triage(self) -> Triage:
        return Triage(self.database["parked"], self.database["parked_acts"], self.clock)

    @cached_property
    def orgunits(self) -> OrgUnits:
        return OrgUnits(self.database["orgunits"])

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(
            self.database["aggregates"],
            self.log,
            Publisher(self.settings.amqp_uri),
            topology.events_exchange(self.container.service_name),
        )

    def books(self, written: Callable[[list[Document]], None] = lambda waiting: None) -> Books:
        return Books(self.database["aggregates"], self.clock, written)

    def keep_registry(self, messages: Iterable[Message]) -> None:
        """Take in what events say of org units; messages that waited for a unit are due again."""
        news = [message.event for message in messages if message.head.type in REGISTRY_EVENTS]
        self.orgunits.apply(news)
        for event in news:
            self.parking.unit_registered(event["data"]["code"])


class Relay(SharedExtension):
    """Takes events out as soon as their command is written, and sweeps for those left."""

    stores = Stores()

    def setup(self) -> None:
        self._stopping = False
        self._fresh: list[Document] = []
        self._nudge = eventlet.semaphore.Semaphore(0)

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        self._stopping = True
        self._wake()
        self._thread.wait()
        self.stores.outbox.publisher.close()

    def take(self, waiting: list[Document]) -> None:
        """These were just written, and are pending in their aggregate."""
        self._fresh += waiting
        self._wake()

    def _wake(self) -> None:
        if self._nudge.balance <= 0:
            self._nudge.release()

    def _run(self) -> None:
        sweep_at = 0.0
        while not self._stopping:
            if time.monotonic() >= sweep_at:
                self._try(self.stores.outbox.sweep)
                sweep_at = time.monotonic() + self.stores.settings.sweep_seconds
            self._nudge.acquire(timeout=max(sweep_at - time.monotonic(), 0))
            began = time.monotonic()
            fresh, self._fresh = self._fresh, []
            for start in range(0, len(fresh), BATCH):
                self._try(partial(self.stores.outbox.send, fresh[start : start + BATCH]))
            # One event goes at once; in a stream of them some go together.
            eventlet.sleep(max(began + PAUSE_SECONDS - time.monotonic(), 0))
        self._try(self.stores.outbox.sweep)

    def _try(self, work: Callable[[], int]) -> None:
        try:
            self.stores.progress.did("outbox", work())
        except Exception as error:
            # Still pending, so nothing is lost: the sweeper comes again.
            log.warning("relay interrupted", error=type(error).__name__)
            if not self._stopping:
                eventlet.sleep(RETRY_SECONDS)


class BooksProvider(DependencyProvider):
    """`self.books`: the aggregates of the service."""

    stores = Stores()
    relay = Relay()

    def get_dependency(self, worker_ctx: Any) -> Books:
        return self.stores.books(self.relay.take)


class StoresProvider(DependencyProvider):
    """`self.stores`: log, parking, org units, clock and settings."""

    stores = Stores()

    def get_dependency(self, worker_ctx: Any) -> Stores:
        return self.stores
