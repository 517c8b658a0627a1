"""Rules of a fair: vacancies from postings, and the plausibility that is printed beside it."""

from collections.abc import Collection

from shared.contracts.events.jobfairs import FAIR_FIGURES
from shared.contracts.plausibility.jobfairs import STATE_RULES, openings
from shared.domain.quantities import not_stated
from shared.domain.types import Json


def figures(stated: Json, postings: Collection[Json]) -> dict[str, Json]:
    """A fair's figures as published. Vacancies that nobody stated are the sum of the postings."""
    complete = {
        name: stated.get(name) or not_stated(unit).to_json() for name, unit in FAIR_FIGURES.items()
    }
    if complete["vacancies"]["qualifier"] == "not_stated" and postings:
        complete["vacancies"] = openings(postings).quantity().to_json()
    return complete


def warnings(
    reported: dict[str, Json], named: Collection[str], postings: Collection[Json]
) -> list[str]:
    """The codes of implausible figures, as in FAIR_WARNINGS."""
    fair = {**reported, "named_employers": named, "postings": postings}
    return [rule.code for rule in STATE_RULES if rule.broken(fair)]
