"""The main points, and the headline table with every core figure of the district."""

from collections import Counter
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from services.supervision.briefing.completeness import reported_to, that_reported
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.period_words import pair_of_kind
from services.supervision.briefing.sections import planned
from services.supervision.briefing.sections.follow_up import overdue
from services.supervision.briefing.sections.rows import Words, pair
from services.supervision.briefing.sentences import headline, headline_row, labelled_figure
from services.supervision.briefing.table import absence, counts, quantity
from services.supervision.indicators.reporting import PERIODS_IN_MEAN
from shared.domain.periods import Period, Week
from shared.domain.quantities import Quantity, exact
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES, say

# The figure of each main point, and the figures printed beside it. Before them come who reported
# and what is overdue.
POINTS = (
    ("volunteering.activities_completed", "volunteering.participants"),
    ("relief.orders_delivered", "relief.orders_confirmed", "relief.orders_open"),
    ("clinics.clinics_held", "clinics.consultations", "jobfairs.fairs_held", "jobfairs.hires"),
)
OVERDUE = ("supervision.findings_reported", "supervision.findings_closed")

HUNDREDTH = Decimal("0.01")

# In the first weeks no figure has a mean, and the table says so once.
TOO_EARLY = {"zh": "—", "en": "—"}
NO_MEAN = {"zh": "不适用", "en": "n/a"}
INEXACT = {"zh": "非精确数，不作平均", "en": "not exact, so no mean"}
NOT_STATED = ("有的{period}未报数，不作平均", "not stated in every {period}, so no mean")


def headlines(week: FoldedWeek, district: Mapping[str, Json], reports: Json) -> list[Json]:
    """`district` maps each indicator to the district's cell; `reports` is the part on
    completeness."""
    first = [reporting(reports), _overdue(week, district), *points(week.kind, district)]
    return first if week.kind is Week else [*first, planned.point(week.kind, planned.planned(week))]


def points(kind: type[Period], district: Mapping[str, Json]) -> list[Json]:
    """The main points about what was done. Earlier rules don't have all of these indicators."""
    return [
        headline(kind, *(district[code] for code in codes if code in district)) for codes in POINTS
    ]


def reporting(reports: Json) -> Json:
    """The main point on completeness: how many units reported."""
    units, silent = len(reports["units"]), reports["silent"]["everywhere"]
    reported = that_reported(reports)
    nobody = [
        row["title"] for row in reports["services"] if not reported_to(reports, row["service"])
    ]
    zh = f"报送：应报单位{units}个，有报送的{reported}个，各项均未报的{len(silent)}个"
    en = f"reporting: {reported} of {units} units reported; {len(silent)} reported nothing at all"
    if nobody:
        zh += f"；没有单位报送的业务：{'、'.join(title['zh'] for title in nobody)}"
        en += f"; nobody reported on: {', '.join(title['en'] for title in nobody)}"
    return {"indicator": None, "zh": zh, "en": en}


def _overdue(week: FoldedWeek, district: Mapping[str, Json]) -> Json:
    kinds = Counter((row["kind"]["zh"], row["kind"]["en"]) for row in overdue(week))
    found = findings(district)
    zh, en = f"超期事项：{kinds.total()}项", f"overdue: {kinds.total()}"
    if kinds:
        zh += f"（{'、'.join(f'{kind}{number}' for (kind, _), number in kinds.items())}）"
        en += f" ({', '.join(f'{kind} {number}' for (_, kind), number in kinds.items())})"
    return {"indicator": None, "zh": f"{zh}；{found['zh']}", "en": f"{en}; {found['en']}"}


def findings(district: Mapping[str, Json]) -> Words:
    """How many findings were reported and closed."""
    words = {
        lang: [labelled_figure(district[code], lang) for code in OVERDUE] for lang in LANGUAGES
    }
    return {"zh": "；".join(words["zh"]), "en": "; ".join(words["en"])}


def headline_table(
    week: FoldedWeek, district: Mapping[str, Json], last_week: Json | None
) -> list[Json]:
    """`last_week` is the issue of the period before: a figure that differs from it is marked."""
    printed = _printed_in(last_week)
    return [
        headline_row(week.kind, district[code], _mean(week, code), printed.get(code))
        for code in week.rules.indicators
    ]


def _printed_in(issue: Json | None) -> dict[str, Json]:
    """Indicator → the district's cell in an issue."""
    if issue is None:
        return {}
    district = issue["masthead"]["district"]
    return {cell["indicator"]: cell for cell in issue["cells"] if cell["orgunit"] == district}


def mean_begins(week: FoldedWeek) -> str | None:
    """The first period with a mean, where this one is earlier."""
    if week.first_period and week.first_period <= min(week.recent):
        return None
    begins = week.first_period or week.period
    for _ in range(PERIODS_IN_MEAN[week.kind] - 1):
        begins = begins.next()
    return str(begins)


def _mean(week: FoldedWeek, code: str) -> Json:
    """The mean over the last periods. There is none where a figure isn't exact."""
    indicator = week.rules.indicators[code]
    if indicator.fold == "median":
        return without_mean(NO_MEAN)
    if mean_begins(week):
        return without_mean(TOO_EARLY)
    recent = list(week.recent.values())
    missing = [absence(week.rules, indicator, cells, week.district) for cells in recent]
    parts = [cells.quantity(code, week.district) for cells in recent]
    given = all(stated == total for stated, total in map(counts, parts))
    if not given or any(reason not in (None, "none") for reason in missing):
        return without_mean(not_stated_always(week.kind))
    # Without a clinic there were no consultations: 0.
    found = [quantity(indicator, part) for part in parts if part is not None]
    return mean_of(found, indicator.unit, len(parts))


def not_stated_always(kind: type[Period]) -> Words:
    """There is no mean because one of the periods has no figure."""
    return pair(*pair_of_kind(NOT_STATED, kind))


def mean_of(found: Collection[Quantity], unit: str, periods: int) -> Json:
    """The mean over so many periods, of which those that aren't in `found` count as 0."""
    if any(one.qualifier != "exact" for one in found):
        return without_mean(INEXACT)
    values = [one.value for one in found if one.value is not None]
    return _printed(_rounded(sum(values, Decimal(0)) / periods, unit))


def _rounded(value: Decimal, unit: str) -> Quantity:
    shown = value.quantize(HUNDREDTH, ROUND_HALF_EVEN)
    return exact(shown, unit) if shown == value else Quantity(shown, "about", unit)


def _printed(mean: Quantity) -> Json:
    shown = mean.to_json()
    return {name: shown[name] for name in ("value", "qualifier")} | {
        lang: say(mean, lang) for lang in LANGUAGES
    }


def without_mean(words: Mapping[str, str], qualifier: str | None = None) -> Json:
    """Why there is no mean: in words, and by a qualifier where one says it."""
    return {"value": None, "qualifier": qualifier, **words}
