"""What the clinics' RPC takes."""

from shared.contracts.events.clinics import CLINIC_FIGURES, CLINIC_SERVICES
from shared.contracts.fields import Amount, Choice, Day, Id, Many, Text
from shared.contracts.rpc.declare import Happened, Method, OnAggregate, Query

Details = type(
    "Details",
    (OnAggregate,),
    {name: Amount(unit) for name, unit in CLINIC_FIGURES.items()}
    | {
        "named_institutions": Many(Text(), most=100),
        "named_departments": Many(Text(), most=100),
        "services": Many(Choice(CLINIC_SERVICES), most=len(CLINIC_SERVICES)),
        "next_steps": Many(Text(), most=20),
        "__doc__": "Whatever is known of a clinic: a figure left out stays as it was.",
    },
)


class PlanClinic(Happened):
    venue = Text(required=True)
    planned_for = Day(required=True)
    activity_key = Id(load_default=None, allow_none=True)


class CorrectClinic(Details):
    reason = Text(required=True)


class PostponeClinic(OnAggregate):
    planned_for = Day(required=True)
    reason = Text(required=True)


class CancelClinic(OnAggregate):
    reason = Text(required=True)


class ById(Query):
    id = Id(required=True)


METHODS = {
    "plan_clinic": Method(PlanClinic),
    "file_clinic": Method(OnAggregate),
    "hold_clinic": Method(Details),
    "tally_clinic": Method(Details),
    "correct_clinic": Method(CorrectClinic),
    "postpone_clinic": Method(PostponeClinic),
    "cancel_clinic": Method(CancelClinic),
    "clinic": Method(ById),
}
