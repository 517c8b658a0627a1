"""Rules of clinics."""

from collections.abc import Sequence
from statistics import fmean, pstdev

from shared.contracts.events.clinics import WARNINGS
from shared.contracts.plausibility.declare import more_named, more_than, most
from shared.domain.plausibility import Rule, StateRule

# Rules of the whole clinic. Their codes are the `warnings` of its events too.
STATE_RULES = (
    StateRule(
        "prescriptions_exceed_consultations",
        "prescriptions",
        *WARNINGS["prescriptions_exceed_consultations"],
        looks_at=("prescriptions", "consultations"),
        broken=more_than("prescriptions", "consultations"),
    ),
    StateRule(
        "fewer_staff_than_institutions",
        "staff",
        *WARNINGS["fewer_staff_than_institutions"],
        looks_at=("staff", "institutions"),
        broken=more_than("institutions", "staff"),
    ),
    StateRule(
        "more_named_than_stated",
        "named_institutions",
        *WARNINGS["more_named_than_stated"],
        looks_at=("named_institutions", "institutions", "named_departments", "departments"),
        broken=more_named(named_institutions="institutions", named_departments="departments"),
    ),
)

# So many clinics have to be known before another one is compared with them.
ENOUGH = 10
FAR_FROM_PAST = Rule(
    "far_from_past_clinics",
    "consultations",
    "与以往义诊的接诊人次相差三个标准差以上",
    "more than three standard deviations from the consultations of past clinics",
)

RULES: tuple[Rule, ...] = (
    *STATE_RULES,
    FAR_FROM_PAST,
    most("institutions", 200, "institution", "参与机构", "institutions"),
    most("departments", 200, "department", "科室", "departments"),
    most("staff", 2_000, "person", "医护", "staff"),
    most("hours", 24, "hour", "历时", "duration"),
    most("consultations", 20_000, "person_time", "接诊", "consultations"),
    most("prescriptions", 20_000, "prescription", "处方", "prescriptions"),
    most("leaflets", 200_000, "leaflet", "资料", "leaflets"),
)


def is_far_from(past: Sequence[float], number: float) -> bool:
    """More than three standard deviations from the mean of `past`? Clinics that are all alike vary
    by half as much at least."""
    if len(past) < ENOUGH:
        return False
    mean = fmean(past)
    return abs(number - mean) > max(3 * pstdev(past), mean / 2)
