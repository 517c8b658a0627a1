"""The base of the services: RPC methods for log, seals, nil reports and health."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from shared.aggregates.aggregate import CarriedOut, Command
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.contracts.rpc import common
from shared.domain.errors import ValidationFailed
from shared.domain.orgunits import reporting_problem
from shared.domain.periods import SHANGHAI, Period, format_instant
from shared.domain.types import Json
from shared.platform.database import Indexes
from shared.platform.settings import Settings
from shared.service.aggregate_commands import AggregateCommands
from shared.service.bring_forward import BringForward
from shared.service.dead_letter_rpc import DeadLetterRpc
from shared.service.health import health
from shared.service.health_socket import probe
from shared.service.housekeeping import Housekeeping
from shared.service.log_check import LogCheck
from shared.service.orgunit_sync import Registry
from shared.service.relay import RepositoryProvider
from shared.service.rpc_server import rpc_methods
from shared.service.service_context import ServiceContext, ServiceContextProvider
from shared.service.week_sealing import nil, require_begun, seal

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
    log_check = LogCheck()
    housekeeping = Housekeeping()

    @staticmethod
    def keys(settings: Settings) -> dict[str, Any]:
        """The secrets of the service, by name; read at start. Raises BadSettings."""
        return {}

    def moment(self, time: datetime, timeprecision: str) -> Moment:
        """The moment of a fact. Raises ValidationFailed if it is in the future."""
        now = self.context.clock.now()
        if time > now + CLOCK_TOLERANCE:
            wanted = f"a time that is not in the future, such as {format_instant(now)}"
            raise ValidationFailed({"time": [f"Must be {wanted}."]})
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
    def bring_forward(self, dry_run: bool, settled: list[str]) -> Json:
        """Bring the service forward after its database was restored from an older copy: events that
        supervision has come back, and numbers that were used twice are given anew. Call it until
        nothing is left to do."""
        forward = BringForward(self.context, self.name, self.complete_restored)
        if settled:
            return forward.settle(settled)
        return forward.plan() if dry_run else forward.work()

    def complete_restored(self, subjects: Iterable[str]) -> None:
        """Finish what was restored from events and only this service can finish."""

    @rpc
    def command(self, command_id: str, arguments: str | None) -> Json:
        """Whether a command was carried out, and its first result: to be asked after
        DeadlineExceeded, or before the command is repeated."""
        found = self.carried_out(command_id)
        if found is None:
            return {"known": False, **dict.fromkeys((*CarriedOut._fields, "same"))}
        return {
            "known": True,
            **found._asdict(),
            "recorded": format_instant(found.recorded),
            "same": arguments and found.arguments in self.stored_forms(arguments),
        }

    def carried_out(self, command_id: str) -> CarriedOut | None:
        """The command with this id; None where none was carried out."""
        found = self.repository.carried_out(command_id)
        return found or self.context.action_log.carried_out(command_id)

    def stored_forms(self, arguments: str) -> set[str]:
        """The forms in which the service stores the fingerprint of a command."""
        return {arguments}

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
        # `time` is no argument of a nil report, so nobody could correct it.
        require_begun(period, self.context.clock.now())
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
