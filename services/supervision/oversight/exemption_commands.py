"""RPC methods for exemptions from reporting."""

from datetime import datetime

from services.supervision.oversight.exemptions import Exemption
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment
from shared.contracts.rpc import oversight
from shared.domain.errors import ValidationFailed
from shared.domain.orgunits import reporting_problem
from shared.domain.periods import Period, Week
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods
from shared.service.service_context import ServiceContext

rpc = rpc_methods(oversight.METHODS)


class ExemptionCommands(AggregateCommands):
    context: ServiceContext

    @rpc
    def exempt_reporter(
        self,
        command: Command,
        orgunit: str,
        services: list[str],
        first: Period,
        last: Period | None,
        reason: str,
    ) -> Json:
        """A unit need not report for some weeks, which may lie ahead."""
        days = (first.first_day, first.last_day)
        problem = reporting_problem(orgunit) or self.context.orgunits.problem(orgunit, *days)
        if problem:
            raise ValidationFailed({"orgunit": [problem]})
        return self.repository.create(
            Exemption,
            command,
            lambda exemption: exemption.exempt(Moment(first.start, "week")),
            orgunit=orgunit,
            services=list(dict.fromkeys(services)),
            first=str(first),
            last=str(last) if last else None,
            reason=reason,
        )

    @rpc
    def readmit_reporter(
        self, command: Command, id: str, time: datetime, timeprecision: str
    ) -> Json:
        """The unit has to report again from the week of `time` on, which may lie ahead."""
        return self.repository.change(
            Exemption, id, command, lambda exemption: exemption.readmit(Week.of(time))
        )
