"""The RPC methods of clinics."""

from shared.contracts.events.clinics import CLINIC_SERVICES, CLINIC_STATUSES, ClinicState
from shared.contracts.fields import Amount, Choice, Day, Flag, Id, Many, OrgUnit, Text
from shared.contracts.rpc.declare import (
    ById,
    Happened,
    OnAggregate,
    WithReason,
    change,
    changed,
    create,
    query,
    stored,
)
from shared.domain.errors import NotFound


class ClinicDetails(OnAggregate):
    """Figures and lists of a clinic; one that is left out stays as it was."""

    institutions = Amount("institution")
    departments = Amount("department")
    staff = Amount("person")
    hours = Amount("hour")
    consultations = Amount("person_time")
    prescriptions = Amount("prescription")
    leaflets = Amount("leaflet")
    named_institutions = Many(Text(), most=100)
    named_departments = Many(Text(), most=100)
    services = Many(Choice(CLINIC_SERVICES), most=len(CLINIC_SERVICES))
    next_steps = Many(Text(), most=20)


class PlanClinic(Happened):
    venue = Text(required=True)
    planned_for = Day(required=True)
    activity_key = Id(load_default=None, allow_none=True)


class CorrectClinic(ClinicDetails):
    """`withdrawn`: it was not held after all, and is filed again, without figures."""

    reason = Text(required=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)
    withdrawn = Flag(load_default=False)


class PostponeClinic(WithReason):
    planned_for = Day(required=True)


CLINIC = changed(CLINIC_STATUSES)

METHODS = {
    "plan_clinic": create(PlanClinic, CLINIC),
    "file_clinic": change(OnAggregate, CLINIC),
    "hold_clinic": change(ClinicDetails, CLINIC),
    "tally_clinic": change(ClinicDetails, CLINIC),
    "correct_clinic": change(CorrectClinic, CLINIC),
    "postpone_clinic": change(PostponeClinic, CLINIC),
    "cancel_clinic": change(WithReason, CLINIC),
    "clinic": query(ById, stored(ClinicState), NotFound),
}
