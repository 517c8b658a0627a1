"""Clinics (义诊): free clinics, from the plan to the tally."""

from services.clinics.documents import Clinic
from shared.contracts.rpc import clinics
from shared.service.base_service import Service
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(clinics.METHODS)


class ClinicsService(Service):
    name = "clinics"

    @rpc
    def plan_clinic(self, command, venue, planned_for, activity_key, **where):
        """A clinic is announced for a day."""
        orgunit, moment = self.place(**where)
        return self.repository.create(
            Clinic,
            command,
            lambda clinic: clinic.plan(moment),
            orgunit=orgunit,
            venue=venue,
            activity_key=activity_key,
            planned_for=planned_for.isoformat(),
            first_planned_for=planned_for.isoformat(),
        )

    @rpc
    def file_clinic(self, command, id, **when):
        """The clinic is filed with the health authority."""
        return self._clinic(command, id, when, lambda clinic, at: clinic.file(at))

    @rpc
    def hold_clinic(self, command, id, time, timeprecision, **details):
        """The clinic took place at `time`."""
        return self._clinic(
            command,
            id,
            {"time": time, "timeprecision": timeprecision},
            lambda clinic, at: clinic.hold(details, at),
        )

    @rpc
    def tally_clinic(self, command, id, time, timeprecision, **details):
        """The figures of a clinic that was held at `time`."""
        return self._clinic(
            command,
            id,
            {"time": time, "timeprecision": timeprecision},
            lambda clinic, at: clinic.tally(details, at),
        )

    @rpc
    def correct_clinic(self, command, id, time, timeprecision, reason, **details):
        """Put right what was reported: figures left out stay; `time` is when it was held."""
        return self._clinic(
            command,
            id,
            {"time": time, "timeprecision": timeprecision},
            lambda clinic, at: clinic.correct(details, reason, at),
        )

    @rpc
    def postpone_clinic(self, command, id, planned_for, reason, **when):
        """Another day; the first one stays on record."""
        return self._clinic(
            command,
            id,
            when,
            lambda clinic, at: clinic.postpone(planned_for.isoformat(), reason, at),
        )

    @rpc
    def cancel_clinic(self, command, id, reason, **when):
        """It won't take place."""
        return self._clinic(command, id, when, lambda clinic, at: clinic.cancel(reason, at))

    @rpc
    def clinic(self, id):
        """A clinic as its events tell it."""
        clinic = self.repository.get(Clinic, id)
        return {"id": id, "orgunit": clinic.orgunit, "version": clinic.version, **clinic.state()}

    @inbox
    def receive(self, messages):
        """Keeps the registry of org units up to date."""
        self.context.keep_registry(messages)

    def _clinic(self, command, id, when, act):
        moment = self.moment(**when)
        return self.repository.change(Clinic, id, command, lambda clinic: act(clinic, moment))
