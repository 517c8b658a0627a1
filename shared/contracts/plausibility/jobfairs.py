"""Rules of jobfairs."""

from collections.abc import Iterable

from shared.contracts.events.jobfairs import FAIR_WARNINGS
from shared.contracts.plausibility.declare import more_named, more_than, most
from shared.domain.plausibility import ArgumentRule, Rule, StateRule
from shared.domain.quantities import Quantity, Sum
from shared.domain.quantity_bounds import surely_more
from shared.domain.types import Json

MOST_OPENINGS = 5_000


def openings(postings: Iterable[Json]) -> Sum:
    """The sum of the openings, over the postings that give a number."""
    parts = [Sum.of(Quantity.from_json(posting["openings"])) for posting in postings]
    return sum(parts, Sum.empty("vacancy"))


def _postings_exceed_vacancies(fair: Json) -> bool:
    return surely_more(openings(fair["postings"]).quantity().to_json(), fair["vacancies"])


# Rules of the whole fair. Their codes are the `warnings` of its events too.
STATE_RULES = (
    StateRule(
        "more_named_than_stated",
        "named_employers",
        *FAIR_WARNINGS["more_named_than_stated"],
        looks_at=("named_employers", "employers"),
        broken=more_named(named_employers="employers"),
    ),
    StateRule(
        "postings_exceed_vacancies",
        "vacancies",
        *FAIR_WARNINGS["postings_exceed_vacancies"],
        looks_at=("postings", "vacancies"),
        broken=_postings_exceed_vacancies,
    ),
    StateRule(
        "more_intents_than_seekers",
        "intents",
        *FAIR_WARNINGS["more_intents_than_seekers"],
        looks_at=("intents", "seekers"),
        broken=more_than("intents", "seekers"),
    ),
)

# Of a fair's hires together: raised where hires are recorded, and where the seekers are.
HIRES_EXCEED_SEEKERS = Rule(
    "hires_exceed_seekers",
    "hires",
    "录用人数多于求职人数",
    "more hires than job seekers",
)

RULES: tuple[Rule, ...] = (
    *STATE_RULES,
    HIRES_EXCEED_SEEKERS,
    most("employers", 2_000, "employer", "用人单位", "employers"),
    most("vacancies", 50_000, "vacancy", "岗位", "vacancies"),
    most("seekers", 100_000, "person", "求职者", "job seekers"),
    most("consultations", 100_000, "person_time", "咨询", "consultations"),
    most("intents", 50_000, "person", "意向", "intents"),
    most("hires", 10_000, "person", "录用", "hires"),
    most("capacity", 5_000, "employer", "容纳", "capacity"),
    ArgumentRule(
        "many_openings",
        "postings",
        f"一个岗位招聘超过{MOST_OPENINGS}人",
        f"more than {MOST_OPENINGS:,} openings of one posting",
        broken=lambda given: any(
            (posting["openings"].value or 0) > MOST_OPENINGS for posting in given["postings"]
        ),
    ),
)
