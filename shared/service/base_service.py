"""What every service answers: its log, its tally, its health, its parked messages."""

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
from shared.service.week_sealing import Nil, seal

# Clocks of different machines differ; what lies further ahead hasn't happened.
CLOCK_TOLERANCE = timedelta(hours=1)


rpc = rpc_methods(common.METHODS)


class Service(DeadLetterRpc, AggregateCommands):
    """Base of the services: the methods that all of them have."""

    name: str
    # Of the service's own collections, besides those that every service has.
    indexes: Indexes = {}
    repository: Repository = RepositoryProvider()
    context: ServiceContext = ServiceContextProvider()
    registry = Registry()

    @staticmethod
    def keys(settings: Settings) -> dict[str, Any]:
        """The secrets that the service works with, by name. Raises BadSettings at start."""
        return {}

    def moment(self, time: datetime, timeprecision: str) -> Moment:
        """The moment of something that happened. Raises ValidationFailed for the future."""
        if time > self.context.clock.now() + CLOCK_TOLERANCE:
            raise ValidationFailed({"time": ["Is in the future."]})
        return Moment(time.astimezone(SHANGHAI), timeprecision)

    def place(self, orgunit: str, time: datetime, timeprecision: str) -> tuple[str, Moment]:
        """Unit and moment. Raises ValidationFailed when the unit wasn't valid then."""
        moment = self.moment(time, timeprecision)
        # Of what is known to the week only, the unit may have been there for a part of the week.
        days = [moment.time.date(), moment.last_day]
        problem = self.context.orgunits.problem(orgunit, *dict.fromkeys(days))
        if problem:
            raise ValidationFailed({"orgunit": [problem]})
        return orgunit, moment

    @rpc
    def events(self, after: int, limit: int) -> Json:
        """The service's own log above number `after`, and the log's last number."""
        return {
            "events": self.context.event_log.read(after, limit),
            "last": self.context.event_log.last(),
        }

    @rpc
    def republish(self, after: int, limit: int) -> Json:
        """Publish what the log has above number `after` once more: `last` is the number that this
        came to, `of` the log's last. After a loss of the broker, it and every listener get what
        they lack; what they have already has no second effect."""
        return {
            "last": self.context.outbox.republish(after, limit),
            "of": self.context.event_log.last(),
        }

    @rpc
    def tally(self, period: Period) -> Json:
        """What the books say of a week: how many events of each type happened in it."""
        return {"period": str(period), "events": self.context.event_log.tally(period)}

    @rpc
    def seal_period(self, command: Command, period: Period) -> Json:
        """Say what was told of a week, everything pending included; nothing new, no new seal.

        Raises Conflict before the registry is loaded.
        """
        return seal(self.context, self.repository, self.name, command, period)

    @rpc
    def report_nil(self, command: Command, orgunit: str, period: Period) -> Json:
        """A unit has nothing to report for the week: that is not silence."""
        return self._nil("report", command, orgunit, period)

    @rpc
    def withdraw_nil(self, command: Command, orgunit: str, period: Period) -> Json:
        """A unit takes its nil report back."""
        return self._nil("withdraw", command, orgunit, period)

    def _nil(self, action: str, command: Command, orgunit: str, period: Period) -> Json:
        problem = reporting_problem(orgunit)
        if problem:
            raise ValidationFailed({"orgunit": [problem]})
        _, moment = self.place(orgunit, period.start, "week")
        return self.repository.put(
            Nil,
            f"nil:{orgunit}:{period}",
            command,
            lambda nil: nil.move(action, self.name, moment),
            orgunit=orgunit,
            period=str(period),
        )

    @rpc
    @probe
    def health(self) -> Json:
        """Does it work, is it behind, does its work move, is anything parked, how full is its
        database, which version."""
        return health(self.context, **self.health_details())

    def health_details(self) -> dict[str, Callable[[], Any]]:
        """What the service tells of its health besides: name → how it is read from the
        database."""
        return {}
