"""Plausibility of a clinic's figures: warns, never blocks (the programme's own rules)."""

from decimal import Decimal

# (code of shared.events.clinics.WARNINGS, the smaller figure, the figure it shouldn't exceed)
_NOT_MORE_THAN = (
    ("prescriptions_exceed_consultations", "prescriptions", "consultations"),
    ("fewer_staff_than_institutions", "institutions", "staff"),
)

_NAMED = (("named_institutions", "institutions"), ("named_departments", "departments"))


def warnings(clinic):
    """Codes of what looks wrong. `clinic` maps figure → quantity as JSON, and names → list."""
    found = [
        code
        for code, smaller, larger in _NOT_MORE_THAN
        if _surely_more(clinic[smaller], clinic[larger])
    ]
    if any(len(clinic[names]) > _ceiling(clinic[figure]) for names, figure in _NAMED):
        found.append("more_named_than_stated")
    return found


def _surely_more(one, other):
    least, most = _floor(one), _ceiling(other)
    return least > most or (least == most and one["qualifier"] == "over")


def _floor(quantity):
    """The least that the figure may mean."""
    unbounded = quantity["qualifier"] in ("at_most", "not_stated")
    return Decimal(0) if unbounded else Decimal(quantity["value"])


def _ceiling(quantity):
    """The most that the figure may mean: only exact and at most have one."""
    bounded = quantity["qualifier"] in ("exact", "at_most")
    return Decimal(quantity["value"]) if bounded else Decimal("Infinity")
