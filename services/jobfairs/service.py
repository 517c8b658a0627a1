"""Job fairs (招聘会): from the plan to the books, and the hires that came of them."""

from services.jobfairs.documents import Fair, Hire
from shared.contracts.rpc import jobfairs
from shared.service.base_service import Service
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(jobfairs.METHODS)


class JobFairsService(Service):
    name = "jobfairs"

    @rpc
    def plan_fair(self, command, orgunit, time, timeprecision, planned_for, **fair):
        """A fair is announced for a day."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        day = planned_for.isoformat()
        return self._open(
            Fair, command, where, Fair.plan, planned_for=day, first_planned_for=day, **fair
        )

    @rpc
    def open_registration(self, command, id, **when):
        """Employers and job seekers may sign up."""
        return self._move(Fair, command, id, when, lambda fair, at: fair.open(at))

    @rpc
    def add_employer(self, command, id, name, registration_number, postings, **when):
        """An employer signs up with its postings, once for each registration number."""
        offered = [_plain(posting) for posting in postings]
        return self._move(
            Fair,
            command,
            id,
            when,
            lambda fair, at: fair.join(name, registration_number, offered, at),
        )

    @rpc
    def ready_fair(self, command, id, **when):
        """Everything is prepared."""
        return self._move(Fair, command, id, when, lambda fair, at: fair.ready(at))

    @rpc
    def hold_fair(self, command, id, time, timeprecision, **details):
        """The fair took place at `time`."""
        when, known = _when(time, timeprecision), _details(details)
        return self._move(Fair, command, id, when, lambda fair, at: fair.hold(known, at))

    @rpc
    def reconcile_fair(self, command, id, time, timeprecision, **details):
        """The agreed figures of a fair that was held at `time`."""
        when, known = _when(time, timeprecision), _details(details)
        return self._move(Fair, command, id, when, lambda fair, at: fair.reconcile(known, at))

    @rpc
    def correct_fair(self, command, id, time, timeprecision, reason, **details):
        """Put right what was reported: figures left out stay; `time` is when it was held."""
        when, known = _when(time, timeprecision), _details(details)
        return self._move(Fair, command, id, when, lambda fair, at: fair.correct(known, reason, at))

    @rpc
    def close_fair(self, command, id, **when):
        """Nothing more is expected of a reconciled fair; `time` is when it was held."""
        return self._move(Fair, command, id, when, lambda fair, at: fair.close(at))

    @rpc
    def postpone_fair(self, command, id, planned_for, reason, **when):
        """Another day; the first one stays on record."""
        day = planned_for.isoformat()
        return self._move(Fair, command, id, when, lambda fair, at: fair.postpone(day, reason, at))

    @rpc
    def cancel_fair(self, command, id, reason, **when):
        """It won't take place."""
        return self._move(Fair, command, id, when, lambda fair, at: fair.cancel(reason, at))

    @rpc
    def fair(self, id):
        """A fair as its events tell it."""
        fair = self.repository.get(Fair, id)
        return {"id": id, "orgunit": fair.orgunit, "version": fair.version, **fair.state()}

    @rpc
    def record_hires(self, command, hires, fair, employer, **where):
        """People were hired, at a fair or later. Raises NotFound for an unknown fair, Conflict for
        one that wasn't held."""
        done = self.repository.done(command)
        if fair and not done:
            self.place(**where)
            self.repository.get(Fair, fair).require("hire")
        return done or self._open(
            Hire,
            command,
            where,
            Hire.record_hires,
            needs=[(Fair, fair)],
            hires=hires.to_json(),
            fair=fair,
            employer=employer,
        )

    @rpc
    def correct_hires(self, command, id, hires, withdrawn, reason, **when):
        """Put right how many were hired, or take the record back."""
        number = hires and hires.to_json()
        return self._move(
            Hire, command, id, when, lambda hire, at: hire.correct(number, withdrawn, reason, at)
        )

    @inbox
    def receive(self, messages):
        """Keeps the registry of org units up to date."""
        self.context.keep_registry(messages)


def _when(time, timeprecision):
    return {"time": time, "timeprecision": timeprecision}


def _plain(posting):
    return posting | {"openings": posting["openings"].to_json()}


def _details(details):
    if "postings" in details:
        return details | {"postings": [_plain(posting) for posting in details["postings"]]}
    return details
