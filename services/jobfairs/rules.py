"""Rules of a fair: vacancies from postings, and plausibility, which warns and never refuses."""

from collections.abc import Collection, Iterable

from shared.contracts.events.jobfairs import FAIR_FIGURES
from shared.domain.quantities import Quantity, Sum, not_stated
from shared.domain.quantity_bounds import ceiling, surely_more
from shared.domain.types import Json


def figures(stated: Json, postings: Collection[Json]) -> dict[str, Json]:
    """A fair's figures as published. Vacancies that nobody stated are the sum of the postings."""
    complete = {
        name: stated.get(name) or not_stated(unit).to_json() for name, unit in FAIR_FIGURES.items()
    }
    if complete["vacancies"]["qualifier"] == "not_stated" and postings:
        complete["vacancies"] = openings(postings).quantity().to_json()
    return complete


def openings(postings: Iterable[Json]) -> Sum:
    """The sum of the openings, over the postings that give a number."""
    parts = [Sum.of(Quantity.from_json(posting["openings"])) for posting in postings]
    return sum(parts, Sum.empty("vacancy"))


def warnings(
    reported: dict[str, Json], named: Collection[str], postings: Iterable[Json]
) -> list[str]:
    """The codes of implausible figures, as in FAIR_WARNINGS."""
    found = []
    if len(named) > ceiling(reported["employers"]):
        found.append("more_named_than_stated")
    if surely_more(openings(postings).quantity().to_json(), reported["vacancies"]):
        found.append("postings_exceed_vacancies")
    if surely_more(reported["intents"], reported["seekers"]):
        found.append("more_intents_than_seekers")
    return found
