"""The main points, and the headline table with every core figure of the district."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sentences import headline, headline_row
from services.supervision.briefing.table import absence, counts, quantity
from shared.domain.quantities import Quantity, exact
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES, say

# The figure of each main point, and the figures printed beside it.
POINTS = (
    ("volunteering.activities_completed", "volunteering.participants"),
    ("relief.orders_delivered", "relief.orders_overdue"),
    ("clinics.clinics_held", "clinics.consultations"),
    ("jobfairs.fairs_held", "jobfairs.vacancies"),
    ("supervision.findings_reported", "supervision.findings_closed"),
)

HUNDREDTH = Decimal("0.01")

TOO_EARLY = {"zh": "不足四周", "en": "n/a (not four weeks yet)"}
NO_MEAN = {"zh": "不适用", "en": "n/a"}
INEXACT = {"zh": "非精确数，不作平均", "en": "not exact, so no mean"}
NOT_STATED = {"zh": "有的周未报数，不作平均", "en": "not stated in every week, so no mean"}


def headlines(district: Mapping[str, Json]) -> list[Json]:
    """`district` maps each indicator to the district's cell."""
    return [headline(*(district[code] for code in codes)) for codes in POINTS]


def headline_table(
    week: FoldedWeek, district: Mapping[str, Json], last_week: Json | None
) -> list[Json]:
    """`last_week` is the issue of the week before: a figure that it printed otherwise is marked."""
    printed = _printed_in(last_week)
    return [
        headline_row(district[code], _mean(week, code), printed.get(code))
        for code in week.rules.indicators
    ]


def _printed_in(issue: Json | None) -> dict[str, Json]:
    """Indicator → the district's cell in an issue."""
    if issue is None:
        return {}
    district = issue["masthead"]["district"]
    return {cell["indicator"]: cell for cell in issue["cells"] if cell["orgunit"] == district}


def _mean(week: FoldedWeek, code: str) -> Json:
    """The mean over four weeks. There is none where a figure isn't exact."""
    indicator = week.rules.indicators[code]
    if indicator.fold == "median":
        return _none(NO_MEAN)
    if week.first_week is None or week.first_week > min(week.recent):
        return _none(TOO_EARLY)
    recent = list(week.recent.values())
    missing = [absence(week.rules, indicator, cells, week.district) for cells in recent]
    parts = [cells.quantity(code, week.district) for cells in recent]
    given = all(stated == total for stated, total in map(counts, parts))
    if not given or any(reason not in (None, "none") for reason in missing):
        return _none(NOT_STATED)
    # Without a clinic there were no consultations: 0.
    found = [quantity(indicator, part) for part in parts if part is not None]
    if any(one.qualifier != "exact" for one in found):
        return _none(INEXACT)
    values = [one.value for one in found if one.value is not None]
    return _printed(_rounded(sum(values, Decimal(0)) / len(recent), indicator.unit))


def _rounded(value: Decimal, unit: str) -> Quantity:
    shown = value.quantize(HUNDREDTH, ROUND_HALF_EVEN)
    return exact(shown, unit) if shown == value else Quantity(shown, "about", unit)


def _printed(mean: Quantity) -> Json:
    shown = mean.to_json()
    return {name: shown[name] for name in ("value", "qualifier")} | {
        lang: say(mean, lang) for lang in LANGUAGES
    }


def _none(words: Mapping[str, str]) -> Json:
    return {"value": None, "qualifier": None, **words}
