"""RPC for good practices, commitments, and exemptions from reporting."""

from services.supervision.oversight.commitments import Commitment, Exemption, Practice
from shared.aggregates.orgunit_store import reporting_problem
from shared.contracts.envelope import Moment
from shared.contracts.rpc import oversight
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Period
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(oversight.METHODS)


class CommitmentCommands(AggregateCommands):
    @rpc
    def recognise_practice(self, command, orgunit, time, timeprecision, what):
        """A good practice that others should know of."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(Practice, command, where, Practice.recognise, what=what)

    @rpc
    def withdraw_practice(self, command, id, **when):
        """It wasn't one after all."""
        return self._move(Practice, command, id, when, Practice.withdraw)

    @rpc
    def make_commitment(self, command, orgunit, time, timeprecision, due, **commitment):
        """A unit announces what it will do."""
        return self._open(
            Commitment,
            command,
            {"orgunit": orgunit, "time": time, "timeprecision": timeprecision},
            lambda made, at: made.make(due, at),
            **commitment,
        )

    @rpc
    def keep_commitment(self, command, id, **when):
        """What was announced was done."""
        return self._move(Commitment, command, id, when, Commitment.keep)

    @rpc
    def drop_commitment(self, command, id, reason, **when):
        """It won't be done."""
        return self._move(Commitment, command, id, when, lambda made, at: made.drop(reason, at))

    @rpc
    def exempt_reporter(self, command, orgunit, services, first, last, reason):
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
    def readmit_reporter(self, command, id, time, timeprecision):
        """From the week of `time` on, which may lie ahead, the unit has to report again."""
        return self.repository.change(
            Exemption, id, command, lambda exemption: exemption.readmit(Period.of(time))
        )
