"""Plausibility of a clinic's figures, by the programme's own rules: it warns and never refuses."""

from shared.domain.quantity_bounds import ceiling, surely_more
from shared.domain.types import Json

# (code of WARNINGS in shared/contracts/events/clinics.py, the smaller figure, the larger one)
_NOT_MORE_THAN = (
    ("prescriptions_exceed_consultations", "prescriptions", "consultations"),
    ("fewer_staff_than_institutions", "institutions", "staff"),
)

_NAMED = (("named_institutions", "institutions"), ("named_departments", "departments"))


def warnings(clinic: Json) -> list[str]:
    """The codes of implausible figures, as in WARNINGS.

    `clinic` maps the name of each figure to its quantity as JSON, and of each list to its items.
    """
    found = [
        code
        for code, smaller, larger in _NOT_MORE_THAN
        if surely_more(clinic[smaller], clinic[larger])
    ]
    if any(len(clinic[names]) > ceiling(clinic[figure]) for names, figure in _NAMED):
        found.append("more_named_than_stated")
    return found
