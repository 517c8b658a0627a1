"""Plausibility of a clinic's figures: what is printed beside it, however it was confirmed."""

from shared.contracts.plausibility.clinics import STATE_RULES
from shared.domain.types import Json


def warnings(clinic: Json) -> list[str]:
    """The codes of implausible figures, as in WARNINGS.

    `clinic` maps the name of each figure to its quantity as JSON, and of each list to its items.
    """
    return [rule.code for rule in STATE_RULES if rule.broken(clinic)]
