"""One block for each service: its figures, what was done, and what was announced but not held."""

from collections.abc import Callable, Iterable, Mapping

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections import (
    clinics,
    jobfairs,
    oversight,
    relief,
    volunteering,
)
from services.supervision.briefing.sections.announced import ANNOUNCED, called_off, not_held
from services.supervision.briefing.sections.rows import shortened
from services.supervision.briefing.sentences import line
from services.supervision.figures.stocks import Stocks
from shared.domain.quantities import Sum
from shared.domain.service_names import NAMES
from shared.domain.types import Json

TITLES = {name: {"zh": zh, "en": en} for name, (zh, en) in NAMES.items()}

# Service → functions of the week, each of which returns the items of one kind.
ITEMS: dict[str, tuple[Callable[[FoldedWeek], list[Json]], ...]] = {
    "volunteering": (volunteering.activities, volunteering.gatherings, volunteering.service_days),
    "relief": (relief.orders, relief.categories, relief.visits),
    "clinics": (clinics.held,),
    "jobfairs": (jobfairs.held, jobfairs.hires),
    "supervision": (
        oversight.patrols,
        oversight.findings,
        oversight.patrol_teams,
        oversight.meetings,
    ),
}


def sections(week: FoldedWeek, cells: Iterable[Json]) -> list[Json]:
    """The blocks of all services, in a fixed order; `cells` are those of the week."""
    district = {cell["indicator"]: cell for cell in cells if cell["orgunit"] == week.district}
    return [_section(service, week, district) for service in TITLES]


def _section(service: str, week: FoldedWeek, district: Mapping[str, Json]) -> Json:
    declared = week.rules.indicators.values()
    own = [district[item.code] for item in declared if item.service == service]
    kinds = [shortened(kind(week)) for kind in ITEMS[service]]
    return {
        "service": service,
        "title": TITLES[service],
        "lines": [line(cell, *_declared(week, cell["indicator"])) for cell in own],
        "items": [row for rows, _ in kinds for row in rows],
        "more": sum(more for _, more in kinds),
        "announces": service in ANNOUNCED,
        "not_held": not_held(week, service),
        "postponed": called_off(week, service, "postponed"),
        "cancelled": called_off(week, service, "cancelled"),
    }


def _declared(week: FoldedWeek, code: str) -> tuple[Sum | None, str | None]:
    """Of a declared stock: the sum that is printed beside it, and its reporter's own words."""
    part = week.this.partials.get((code, week.district))
    if not isinstance(part, Stocks):
        return None, None
    return part.beside(week.district, week.this.territory), part.stated(week.district)
