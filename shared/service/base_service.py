"""The base of the services: RPC methods for log, seals, nil reports and health."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from shared.aggregates.aggregate import Command
from shared.aggregates.orgunit_store import reporting_problem
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.contracts.rpc import common
from shared.domain.errors import ValidationFailed
from shared.domain.periods import SHANGHAI, Period
from shared.domain.types import Json
from shared.platform.database import Indexes
from shared.platform.settings import Settings
from shared.service.aggregate_commands import AggregateCommands
from shared.service.dead_letter_rpc import DeadLetterRpc
from shared.service.health import health
from shared.service.health_socket import probe
from shared.service.orgunit_sync import Registry
from shared.service.relay import RepositoryProvider
from shared.service.rpc_server import rpc_methods
from shared.service.service_context import ServiceContext, ServiceContextProvider
from shared.service.week_sealing import nil, seal

# The clocks of two machines may differ by this; a later time is in the future.
CLOCK_TOLERANCE = timedelta(hours=1)


rpc = rpc_methods(common.METHODS)


class Service(DeadLetterRpc, AggregateCommands):
    """The RPC methods that all services have."""

    name: str
    # The indexes of the service's own collections, besides those of every service.
    indexes: Indexes = {}
    repository: Repository = RepositoryProvider()
    context: ServiceContext = ServiceContextProvider()
    registry = Registry()

    @staticmethod
    def keys(settings: Settings) -> dict[str, Any]:
        """The secrets of the service, by name; read at start. Raises BadSettings."""
        return {}

    def moment(self, time: datetime, timeprecision: str) -> Moment:
        """The moment of a fact. Raises ValidationFailed if it is in the future."""
        if time > self.context.clock.now() + CLOCK_TOLERANCE:
            raise ValidationFailed({"time": ["Must not be in the future."]})
        return Moment(time.astimezone(SHANGHAI), timeprecision)

    def place(self, orgunit: str, time: datetime, timeprecision: str) -> tuple[str, Moment]:
        """Unit and moment of a fact. Raises ValidationFailed if the unit wasn't valid then."""
        moment = self.moment(time, timeprecision)
        # If only the week is known, the unit must be valid on one of its days.
        problem = self.context.orgunits.problem(orgunit, moment.time.date(), moment.last_day)
        if problem:
            raise ValidationFailed({"orgunit": [problem]})
        return orgunit, moment

    @rpc
    def events(self, after: int, limit: int) -> Json:
        """The events of the service's log above number `after`, and the log's last number."""
        return {
            "events": self.context.event_log.read(after, limit),
            "last": self.context.event_log.last(),
        }

    @rpc
    def republish(self, after: int, limit: int) -> Json:
        """Publish up to `limit` events of the log above number `after` again: `last` is the number
        of the last one, `of` the log's last number. After the broker has lost messages, subscribers
        get the missing events; events that they have already have no second effect."""
        return {
            "last": self.context.outbox.republish(after, limit),
            "of": self.context.event_log.last(),
        }

    @rpc
    def tally(self, period: Period) -> Json:
        """The number of events of each type in the service's log that happened in the week."""
        return {"period": str(period), "events": self.context.event_log.tally(period)}

    @rpc
    def seal_period(self, command: Command, period: Period) -> Json:
        """Seal a week: number all pending events, and publish counts and digest of the events of
        the week. Without new events the present seal stands.

        Raises Conflict before the registry is loaded.
        """
        return seal(self.context, self.repository, self.name, command, period)

    @rpc
    def report_nil(self, command: Command, orgunit: str, period: Period) -> Json:
        """A unit reports that it has nothing to report for the week, which is not silence. Raises
        Conflict where it has reported something."""
        return self._nil("report", command, orgunit, period)

    @rpc
    def withdraw_nil(self, command: Command, orgunit: str, period: Period) -> Json:
        """A unit withdraws its nil report."""
        return self._nil("withdraw", command, orgunit, period)

    def _nil(self, action: str, command: Command, orgunit: str, period: Period) -> Json:
        problem = reporting_problem(orgunit)
        if problem:
            raise ValidationFailed({"orgunit": [problem]})
        _, moment = self.place(orgunit, period.start, "week")
        return nil(self.context, self.repository, self.name, action, command, orgunit, moment)

    @rpc
    @probe
    def health(self) -> Json:
        """The service's health: whether it works, is behind or is stalled, its dead letters, its
        use of storage, its version."""
        return health(self.context, **self.health_details())

    def health_details(self) -> dict[str, Callable[[], Any]]:
        """Further parts of the health: name → function that reads the part from the database."""
        return {}
