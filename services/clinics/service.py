"""Clinics (义诊): free clinics, from the plan to the tally."""

from datetime import date, datetime
from typing import Unpack

from services.clinics.documents import Clinic
from shared.aggregates.aggregate import Command
from shared.aggregates.occurrence import Details
from shared.contracts.envelope import Moment
from shared.contracts.messages import Message
from shared.contracts.plausibility.clinics import FAR_FROM_PAST, is_far_from
from shared.contracts.rpc import clinics
from shared.domain.quantities import Quantity
from shared.domain.types import Json
from shared.service.aggregate_commands import When, Where
from shared.service.base_service import Service
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(clinics.METHODS)

# A figure or a list of names.
Detail = Quantity | list[str]


class ClinicsService(Service):
    name = "clinics"

    @rpc
    def plan_clinic(
        self,
        command: Command,
        venue: str,
        planned_for: date,
        activity_key: str | None,
        **where: Unpack[Where],
    ) -> Json:
        """A clinic is announced for a day."""
        return self._open(
            Clinic,
            command,
            where,
            Clinic.plan,
            venue=venue,
            planned_for=planned_for.isoformat(),
            activity_key=activity_key,
        )

    @rpc
    def file_clinic(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """The clinic is filed with the health authority."""
        return self._move(Clinic, command, id, when, Clinic.file)

    @rpc
    def hold_clinic(
        self, command: Command, id: str, time: datetime, timeprecision: str, **details: Detail
    ) -> Json:
        """The clinic took place at `time`."""
        when = When(time=time, timeprecision=timeprecision)

        def hold(clinic: Clinic, at: Moment) -> None:
            clinic.hold(details, at)
            self._compare_with_past(clinic, details)

        return self._move(Clinic, command, id, when, hold)

    @rpc
    def tally_clinic(
        self, command: Command, id: str, time: datetime, timeprecision: str, **details: Detail
    ) -> Json:
        """The figures of a clinic that was held at `time`."""
        when = When(time=time, timeprecision=timeprecision)

        def tally(clinic: Clinic, at: Moment) -> None:
            clinic.tally(details, at)
            self._compare_with_past(clinic, details)

        return self._move(Clinic, command, id, when, tally)

    @rpc
    def correct_clinic(
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
        withdraw it: the clinic was not held."""
        when = When(time=time, timeprecision=timeprecision)

        def correct(clinic: Clinic, at: Moment) -> None:
            clinic.correct(details, withdrawn, reason, at)
            self._compare_with_past(clinic, details)

        return self._move(Clinic, command, id, when, correct, orgunit)

    @rpc
    def postpone_clinic(
        self, command: Command, id: str, planned_for: date, reason: str, **when: Unpack[When]
    ) -> Json:
        """Move the clinic to another day; the first one stays on record."""
        day = planned_for.isoformat()
        return self._move(
            Clinic, command, id, when, lambda clinic, at: clinic.postpone(day, reason, at)
        )

    @rpc
    def cancel_clinic(self, command: Command, id: str, reason: str, **when: Unpack[When]) -> Json:
        """The clinic will not take place."""
        return self._move(Clinic, command, id, when, lambda clinic, at: clinic.cancel(reason, at))

    @rpc
    def clinic(self, id: str) -> Json:
        """A clinic as its last event reported it."""
        clinic = self.repository.get(Clinic, id)
        return {"id": id, "orgunit": clinic.orgunit, "version": clinic.version, **clinic.state()}

    def _compare_with_past(self, clinic: Clinic, details: Details) -> None:
        """Doubt consultations that are far from those of all other clinics."""
        number = clinic.consulted() if "consultations" in details else None
        if number is None:
            return
        others = (other for other in self.repository.find(Clinic) if other.id != clinic.id)
        stated = [past for other in others if (past := other.consulted()) is not None]
        if is_far_from(stated, number):
            clinic.doubt(FAR_FROM_PAST)

    @inbox
    def receive(self, messages: list[Message]) -> None:
        """Keeps the registry of org units up to date."""
        self.context.update_registry(messages)
