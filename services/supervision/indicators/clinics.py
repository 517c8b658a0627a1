"""The clinics' indicators: what took place, and its figures as reported."""

from services.supervision.indicators.declare import (
    PEOPLE,
    THINGS,
    Indicator,
    one,
    quantity,
    types,
)
from shared.contracts.events.clinics import CLINIC_FIGURES

HELD = types("clinics.clinic", "held", "tallied", "corrected", "cancelled")
COUNTED = ("held", "tallied")

CLINIC_LABELS = {
    "institutions": ("参与医疗机构", "institutions taking part"),
    "departments": ("参与科室", "departments taking part"),
    "staff": ("医护人员", "medical staff"),
    "consultations": ("接诊人次", "consultations"),
    "prescriptions": ("开出处方", "prescriptions"),
    "leaflets": ("发放宣传资料", "leaflets handed out"),
}

OF_THINGS = ("institutions", "departments", "leaflets")

CLINICS = [
    Indicator(
        "clinics.clinics_held",
        "clinic",
        "举办义诊",
        "clinics held",
        "{this}举办的义诊场数",
        "clinics that took place in the {period}",
        HELD,
        one("clinic", *COUNTED),
        counts=THINGS,
    ),
    *(
        Indicator(
            f"clinics.{name}",
            CLINIC_FIGURES[name],
            zh,
            en,
            f"{{this}}各场义诊上报的{zh}之和",
            f"{en}, summed over the {{period}}'s clinics as reported",
            HELD,
            quantity(name, *COUNTED),
            recorded=False,
            about="clinics.clinics_held",
            nothing=("无义诊", "no clinic"),
            counts=THINGS if name in OF_THINGS else PEOPLE,
        )
        for name, (zh, en) in CLINIC_LABELS.items()
    ),
]
