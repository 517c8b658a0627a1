"""Events of clinics: free clinics, from the plan to the tally."""

from marshmallow import Schema

from shared.contracts.events.declare import EventType
from shared.contracts.events.week import week_events
from shared.contracts.fields import Amount, Choice, Day, Id, Many, Text

CLINIC_STATUSES = {
    "planned": ("计划", "planned"),
    "filed": ("已备案", "filed"),
    "held": ("已举办", "held"),
    "tallied": ("已汇总", "tallied"),
    "postponed": ("延期", "postponed"),
    "cancelled": ("取消", "cancelled"),
}

CLINIC_SERVICES = {
    "diagnosis": ("诊疗", "diagnosis"),
    "blood_pressure": ("测血压", "blood pressure"),
    "blood_glucose": ("测血糖", "blood glucose"),
    "consultation": ("健康咨询", "consultation"),
    "free_medicine": ("免费送药", "free medicine"),
    "health_leaflets": ("发放健康宣传资料", "health leaflets"),
}

# The figures of a clinic, each a qualified quantity: field → unit.
CLINIC_FIGURES = {
    "institutions": "institution",
    "departments": "department",
    "staff": "person",
    "hours": "hour",
    "consultations": "person_time",
    "prescriptions": "prescription",
    "leaflets": "leaflet",
}

WARNINGS = {
    "prescriptions_exceed_consultations": ("处方多于诊疗人次", "more prescriptions than patients"),
    "fewer_staff_than_institutions": ("医护少于机构数", "fewer staff than institutions"),
    "more_named_than_stated": ("列名多于所报数", "more are named than the figure says"),
}


class ClinicState(Schema):
    """The whole clinic: figures as reported, names of institutions (never of people)."""

    status = Choice(CLINIC_STATUSES, required=True)
    venue = Text(required=True)
    planned_for = Day(required=True)
    first_planned_for = Day(required=True)
    held_on = Day(allow_none=True)
    institutions = Amount("institution", required=True)
    departments = Amount("department", required=True)
    staff = Amount("person", required=True)
    hours = Amount("hour", required=True)
    consultations = Amount("person_time", required=True)
    prescriptions = Amount("prescription", required=True)
    leaflets = Amount("leaflet", required=True)
    named_institutions = Many(Text(), required=True, most=100)
    named_departments = Many(Text(), required=True, most=100)
    services = Many(Choice(CLINIC_SERVICES), required=True, most=len(CLINIC_SERVICES))
    next_steps = Many(Text(), required=True, most=20)
    warnings = Many(Choice(WARNINGS), required=True, most=len(WARNINGS))
    activity_key = Id(allow_none=True)
    reason = Text(allow_none=True)


EVENTS = [
    EventType("clinics.clinic.planned", 1, ClinicState, "义诊计划", "clinic planned"),
    EventType("clinics.clinic.filed", 1, ClinicState, "义诊备案", "clinic filed"),
    EventType("clinics.clinic.held", 1, ClinicState, "义诊举办", "clinic held"),
    EventType("clinics.clinic.tallied", 1, ClinicState, "义诊汇总", "clinic tallied"),
    EventType("clinics.clinic.corrected", 1, ClinicState, "义诊更正", "clinic corrected"),
    EventType("clinics.clinic.postponed", 1, ClinicState, "义诊延期", "clinic postponed"),
    EventType("clinics.clinic.cancelled", 1, ClinicState, "义诊取消", "clinic cancelled"),
    *week_events("clinics"),
]
