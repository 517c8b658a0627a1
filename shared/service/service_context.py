"""The resources that every service shares, created once for each container."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from nameko.extensions import DependencyProvider, SharedExtension
from pymongo.database import Database

from shared.aggregates.orgunit_store import OrgUnits
from shared.aggregates.repository import Repository
from shared.contracts.events import EVENT_TYPES
from shared.contracts.messages import Message
from shared.domain.clock import Clock
from shared.domain.types import Document
from shared.messaging.backpressure import Backpressure
from shared.messaging.circuit_breaker import CircuitBreaker
from shared.messaging.dead_letter_actions import DeadLetterActions
from shared.messaging.dead_letter_store import DeadLetterStore
from shared.messaging.event_log import EventLog
from shared.messaging.outbox import Outbox
from shared.messaging.progress import Progress
from shared.messaging.publisher import Publisher
from shared.platform import logging_setup, topology
from shared.platform.settings import Settings

log = logging_setup.get(__name__)

REGISTRY_EVENTS = frozenset(name for name in EVENT_TYPES if name.startswith("supervision.orgunit."))


class ServiceContext(SharedExtension):
    """The service's database, and its log, dead letters, org units and outbox.

    Created at their first use, because nameko sets extensions up in no particular order.
    """

    # Whether the inbox takes messages, and the RPC server requests. Both set it themselves.
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
    def event_log(self) -> EventLog:
        return EventLog(self.database["log"])

    @cached_property
    def dead_letters(self) -> DeadLetterStore:
        return DeadLetterStore(self.database["parked"], self.clock)

    @cached_property
    def progress(self) -> Progress:
        return Progress(self.settings.stall_seconds, self.clock)

    @cached_property
    def backpressure(self) -> Backpressure:
        """The back-pressure of the inbox, which starts and stops it."""
        return Backpressure()

    @cached_property
    def circuit_breaker(self) -> CircuitBreaker:
        return CircuitBreaker(self.settings.invalid_in_a_row)

    @cached_property
    def dead_letter_actions(self) -> DeadLetterActions:
        return DeadLetterActions(self.database["parked"], self.database["parked_acts"], self.clock)

    @cached_property
    def orgunits(self) -> OrgUnits:
        return OrgUnits(self.database["orgunits"])

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(
            self.database["aggregates"],
            self.event_log,
            Publisher(self.settings.amqp_uri),
            topology.events_exchange(self.container.service_name),
        )

    def repository(
        self, on_written: Callable[[list[Document]], None] = lambda pending: None
    ) -> Repository:
        """A repository; `on_written` gets the pending events of each write."""
        first_week = self.settings.beginning
        return Repository(self.database["aggregates"], self.clock, on_written, first_week)

    def update_registry(self, messages: Iterable[Message]) -> None:
        """Store the org units of these events, and make dead letters that wait for a unit due."""
        events = [message.event for message in messages if message.head.type in REGISTRY_EVENTS]
        self.orgunits.apply(events)
        for event in events:
            self.dead_letters.unit_registered(event["data"]["code"])


class ServiceContextProvider(DependencyProvider):
    """The dependency `self.context`: log, dead letters, org units, clock and settings."""

    context = ServiceContext()

    def get_dependency(self, worker_ctx: Any) -> ServiceContext:
        return self.context
