"""The resources that every service shares, created once for each container."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from nameko.extensions import DependencyProvider, SharedExtension
from pymongo.database import Database

from shared.aggregates.calendar_store import CalendarNotices
from shared.aggregates.orgunit_store import OrgUnits
from shared.aggregates.repository import Repository
from shared.contracts.events import EVENT_TYPES, calendar
from shared.contracts.messages import Message
from shared.domain.clock import Clock
from shared.domain.types import Document
from shared.messaging.action_log import ActionLog
from shared.messaging.backpressure import Backpressure
from shared.messaging.circuit_breaker import CircuitBreaker
from shared.messaging.dead_letter_actions import DeadLetterActions
from shared.messaging.dead_letter_store import DeadLetterStore
from shared.messaging.earlier_commands import EarlierCommands
from shared.messaging.event_log import EventLog
from shared.messaging.log_guard import LogGuard
from shared.messaging.log_repair import Seen
from shared.messaging.outbox import Outbox
from shared.messaging.progress import Progress
from shared.messaging.publisher import Publisher
from shared.messaging.undelivered import Undelivered
from shared.platform import declarations, logging_setup
from shared.platform.broker_alarm import AlarmWatch
from shared.platform.settings import Settings
from shared.service.comparison import Found
from shared.service.deadlines import LateRequests
from shared.service.log_history import FIRST, history_id
from shared.service.seen import RemoteSeen

log = logging_setup.get(__name__)

REGISTRY_EVENTS = frozenset(name for name in EVENT_TYPES if name.startswith("supervision.orgunit."))
CALENDAR_EVENTS = frozenset(event_type.name for event_type in calendar.EVENTS)


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
    def problems(self) -> dict[str, str]:
        """Problems that parts of the service report, and take away when they are over: code (see
        shared/contracts/problems.py) → detail. `health` adds the checks that failed."""
        return {}

    @cached_property
    def log_guard(self) -> LogGuard:
        checks = self.settings.log_check_seconds
        return LogGuard(self.database["log_state"], self.settings.rpc_seconds if checks else 0)

    @cached_property
    def following(self) -> dict[str, Found]:
        """What the comparisons with the sources of projections have found, by source."""
        return {}

    @cached_property
    def alarm_watch(self) -> AlarmWatch:
        return AlarmWatch(self.settings.amqp_uri)

    @cached_property
    def late_requests(self) -> LateRequests:
        return LateRequests()

    @cached_property
    def event_log(self) -> EventLog:
        return EventLog(self.database["log"], self.log_guard.require_open)

    @cached_property
    def earlier(self) -> EarlierCommands:
        left = self.database["left_over"]
        return EarlierCommands(self.container.service_name, self.event_log, left, self.log_guard)

    @cached_property
    def seen(self) -> Seen:
        """What supervision has of this service's log; supervision itself replaces it."""
        return RemoteSeen(self.settings, self.container.service_name)

    def incarnation(self) -> int:
        """How often the log was brought forward, plus 1."""
        known = {"_id": history_id(self.container.service_name)}
        found = self.database["aggregates"].find_one(known, {"incarnation": 1})
        return int(found["incarnation"]) if found else FIRST

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
        return DeadLetterActions(self.database["parked"], self.action_log, self.clock)

    @cached_property
    def undelivered(self) -> Undelivered:
        service = self.container.service_name
        return Undelivered(self.settings.amqp_uri, service, self.action_log)

    @cached_property
    def action_log(self) -> ActionLog:
        return ActionLog(self.database["parked_acts"])

    @cached_property
    def orgunits(self) -> OrgUnits:
        return OrgUnits(self.database["orgunits"])

    @cached_property
    def calendar(self) -> CalendarNotices:
        return CalendarNotices(self.database["calendar"])

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(
            self.database["aggregates"],
            self.event_log,
            Publisher(self.settings.amqp_uri),
            declarations.events_exchange(self.container.service_name),
        )

    def repository(
        self, on_written: Callable[[list[Document]], None] = lambda pending: None
    ) -> Repository:
        """A repository; `on_written` gets the pending events of each write."""
        return Repository(
            self.database["aggregates"],
            self.clock,
            self.container.service_name,
            on_written,
            self.settings.beginning,
            require_open=self.log_guard.require_open,
            earlier=self.earlier,
        )

    def update_registry(self, messages: Iterable[Message]) -> None:
        """Store the org units and the calendar notices of these events, and make dead letters that
        wait for a unit due."""
        messages = list(messages)
        self.calendar.apply(
            message.event for message in messages if message.head.type in CALENDAR_EVENTS
        )
        events = [message.event for message in messages if message.head.type in REGISTRY_EVENTS]
        if events:
            self.orgunits.apply(events)
            self.dead_letters.units_registered(event["data"]["code"] for event in events)


class ServiceContextProvider(DependencyProvider):
    """The dependency `self.context`: log, dead letters, org units, clock and settings."""

    context = ServiceContext()

    def get_dependency(self, worker_ctx: Any) -> ServiceContext:
        return self.context
