"""Rules of a fair's figures: vacancies from postings, and plausibility, which only warns."""

from collections.abc import Collection, Iterable

from shared.contracts.events.jobfairs import FAIR_FIGURES
from shared.domain.quantities import Quantity, Sum, not_stated
from shared.domain.quantity_bounds import ceiling, surely_more
from shared.domain.types import Json


def figures(stated: Json, postings: Collection[Json]) -> dict[str, Json]:
    """A fair's figures as published: vacancies not stated are what the postings add up to."""
    whole = {
        name: stated.get(name) or not_stated(unit).to_json() for name, unit in FAIR_FIGURES.items()
    }
    if whole["vacancies"]["qualifier"] == "not_stated" and postings:
        whole["vacancies"] = openings(postings).quantity().to_json()
    return whole


def openings(postings: Iterable[Json]) -> Sum:
    """The sum of what the postings offer, of those that say how many."""
    parts = [Sum.of(Quantity.from_json(posting["openings"])) for posting in postings]
    return sum(parts, Sum.empty("vacancy"))


def warnings(whole: dict[str, Json], named: Collection[str], postings: Iterable[Json]) -> list[str]:
    """What looks wrong in a fair's figures: codes of FAIR_WARNINGS."""
    found = []
    if len(named) > ceiling(whole["employers"]):
        found.append("more_named_than_stated")
    if surely_more(openings(postings).quantity().to_json(), whole["vacancies"]):
        found.append("postings_exceed_vacancies")
    if surely_more(whole["intents"], whole["seekers"]):
        found.append("more_intents_than_seekers")
    return found
