"""Job fairs (招聘会): from the plan to the reconciled figures, and the hires that follow."""

from dataclasses import replace
from datetime import date, datetime
from typing import Unpack

from services.jobfairs.documents import Fair, Hire
from shared.aggregates.aggregate import Command
from shared.aggregates.occurrence import Details
from shared.contracts.envelope import Moment
from shared.contracts.messages import Message
from shared.contracts.plausibility.jobfairs import HIRES_EXCEED_SEEKERS
from shared.contracts.rpc import jobfairs
from shared.domain.errors import ValidationFailed
from shared.domain.quantities import Quantity
from shared.domain.types import Json
from shared.service.aggregate_commands import When, Where
from shared.service.base_service import Service
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(jobfairs.METHODS)

# A figure, a list of names, or the postings.
Detail = Quantity | list[str] | list[Json]


class JobFairsService(Service):
    name = "jobfairs"

    @rpc
    def plan_fair(
        self,
        command: Command,
        venue: str,
        planned_for: date,
        theme: Json,
        audience: Json,
        capacity: int | None,
        activity_key: str | None,
        **where: Unpack[Where],
    ) -> Json:
        """A fair is announced for a day."""
        return self._open(
            Fair,
            command,
            where,
            Fair.plan,
            venue=venue,
            planned_for=planned_for.isoformat(),
            theme=theme,
            audience=audience,
            capacity=capacity,
            activity_key=activity_key,
        )

    @rpc
    def open_registration(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """Employers and job seekers may sign up."""
        return self._move(Fair, command, id, when, Fair.open)

    @rpc
    def add_employer(
        self,
        command: Command,
        id: str,
        name: str,
        registration_number: str,
        postings: list[Json],
        **when: Unpack[When],
    ) -> Json:
        """An employer signs up with its postings, once for each registration number."""
        offered = _stored(postings)
        return self._move(
            Fair,
            command,
            id,
            when,
            lambda fair, at: fair.join(name, registration_number, offered, at),
        )

    @rpc
    def ready_fair(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """Everything is prepared."""
        return self._move(Fair, command, id, when, Fair.ready)

    @rpc
    def hold_fair(
        self, command: Command, id: str, time: datetime, timeprecision: str, **details: Detail
    ) -> Json:
        """The fair took place at `time`."""
        when, reported = When(time=time, timeprecision=timeprecision), _reported(details)
        return self._move(Fair, command, id, when, lambda fair, at: fair.hold(reported, at))

    @rpc
    def reconcile_fair(
        self, command: Command, id: str, time: datetime, timeprecision: str, **details: Detail
    ) -> Json:
        """The agreed figures of a fair that was held at `time`."""
        when, reported = When(time=time, timeprecision=timeprecision), _reported(details)

        def reconcile(fair: Fair, at: Moment) -> None:
            fair.reconcile(reported, at)
            self._compare_seekers(fair, reported)

        return self._move(Fair, command, id, when, reconcile)

    @rpc
    def correct_fair(
        self,
        command: Command,
        id: str,
        time: datetime,
        timeprecision: str,
        reason: str,
        orgunit: str | None,
        withdrawn: bool,
        **details: Detail,
    ) -> Json:
        """Correct a report: a figure left out stays as it was; `time` is when it was held. Or
        withdraw it: the fair was not held. Raises Conflict while hires rest on it."""
        when, reported = When(time=time, timeprecision=timeprecision), _reported(details)

        def correct(fair: Fair, at: Moment) -> None:
            if withdrawn:
                self._require_no_hires(fair)
            fair.correct(reported, withdrawn, reason, at)
            if not withdrawn:
                self._require_hires_fit(fair, at)
            self._compare_seekers(fair, reported)

        return self._move(Fair, command, id, when, correct, orgunit)

    @rpc
    def close_fair(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """Nothing more is expected of a reconciled fair; `time` is when it was held."""
        return self._move(Fair, command, id, when, Fair.close)

    @rpc
    def postpone_fair(
        self, command: Command, id: str, planned_for: date, reason: str, **when: Unpack[When]
    ) -> Json:
        """Move the fair to another day; the first one stays on record."""
        day = planned_for.isoformat()
        return self._move(Fair, command, id, when, lambda fair, at: fair.postpone(day, reason, at))

    @rpc
    def cancel_fair(self, command: Command, id: str, reason: str, **when: Unpack[When]) -> Json:
        """The fair will not take place."""
        return self._move(Fair, command, id, when, lambda fair, at: fair.cancel(reason, at))

    @rpc
    def fair(self, id: str) -> Json:
        """A fair as its last event reported it."""
        fair = self.repository.get(Fair, id)
        return {"id": id, "orgunit": fair.orgunit, "version": fair.version, **fair.state()}

    @rpc
    def record_hires(
        self,
        command: Command,
        hires: Quantity,
        fair: str | None,
        employer: str | None,
        **where: Unpack[Where],
    ) -> Json:
        """People were hired, at a fair or later. Raises NotFound for an unknown fair, Conflict for
        one that was not held, ValidationFailed for hires before it or in another unit."""

        def record(hire: Hire, at: Moment) -> None:
            self._compare_with_fair(hire, at)
            hire.record_hires(at)

        def open_() -> Json:
            return self._open(
                Hire,
                command,
                where,
                record,
                hires=hires.to_json(),
                fair=fair,
                employer=employer,
            )

        return self.repository.once(command, open_)

    @rpc
    def correct_hires(
        self,
        command: Command,
        id: str,
        hires: Quantity | None,
        withdrawn: bool,
        reason: str,
        orgunit: str | None,
        **when: Unpack[When],
    ) -> Json:
        """Correct how many were hired, where and when, or withdraw the record."""
        number = hires.to_json() if hires else None

        def correct(hire: Hire, at: Moment) -> None:
            hire.correct(number, withdrawn, reason, at)
            if not withdrawn:
                self._compare_with_fair(hire, at)

        return self._move(Hire, command, id, when, correct, orgunit)

    def _compare_with_fair(self, hire: Hire, moment: Moment) -> None:
        if hire.fair is None:
            return
        fair = self.repository.get(Fair, hire.fair)
        fair.require("hire")
        problem = self._why_not(hire, fair, moment)
        if problem:
            raise ValidationFailed(problem)
        others = [other for other in self._hires_of(fair) if other.id != hire.id]
        if fair.has_fewer_seekers_than([hire, *others]):
            hire.doubt(HIRES_EXCEED_SEEKERS)

    def _require_hires_fit(self, fair: Fair, moment: Moment) -> None:
        """Raises Conflict while hires rest on the unit or the day that the fair had before."""
        known = ((hire, hire.moment_of("recorded")) for hire in self._hires_of(fair))
        unfit = [hire.id for hire, at in known if self._why_not(hire, fair, at or moment)]
        reason = "withdraw the hires that were recorded before it or in another unit first"
        fair.refuse_while("correct", reason, hires=unfit)

    def _why_not(self, hire: Hire, fair: Fair, moment: Moment) -> Json | None:
        days = moment.time.date(), moment.last_day
        stands = self.context.orgunits.problem(fair.orgunit, *days) is None
        return hire.why_not_of(fair, moment, stands)

    def _compare_seekers(self, fair: Fair, reported: Details) -> None:
        if "seekers" in reported and fair.has_fewer_seekers_than(self._hires_of(fair)):
            fair.doubt(replace(HIRES_EXCEED_SEEKERS, field="seekers"))

    def _hires_of(self, fair: Fair) -> list[Hire]:
        """The hires that came of the fair and are not withdrawn."""
        found = self.repository.find(Hire, fair=fair.id)
        return [hire for hire in found if hire.status != "withdrawn"]

    def _require_no_hires(self, fair: Fair) -> None:
        standing = [hire.id for hire in self._hires_of(fair)]
        fair.refuse_while("withdraw", "withdraw the hires that came of it first", hires=standing)

    @inbox
    def receive(self, messages: list[Message]) -> None:
        """Keeps the registry of org units up to date."""
        self.context.update_registry(messages)


def _reported(details: Details) -> Details:
    """The details of a fair, with postings as they are stored."""
    if "postings" in details:
        return {**details, "postings": _stored(details["postings"])}
    return details


def _stored(postings: list[Json]) -> list[Json]:
    return [posting | {"openings": posting["openings"].to_json()} for posting in postings]
