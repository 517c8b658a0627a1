"""The league table of sub-districts: the measures, the ranks, and the units that are left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

from services.supervision.briefing.completeness import was_valid
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.period_words import pair_of_kind
from services.supervision.indicators.declare import VERSIONS, holds
from shared.domain.orgunits import SUBDISTRICT, path
from shared.domain.periods import Period
from shared.domain.quantities import Sum
from shared.domain.types import Json

# With a smaller denominator, one case changes a share by more than twenty points.
LEAST_DENOMINATOR = 5

TENTH = Decimal("0.1")
# Of a normal distribution: 95 % of it are within so many standard deviations.
Z = Decimal("1.96")

REASONS = {
    "retired": ("{gone}", "{gone}"),
    "retired_some_day": ("已撤并，日期未登记", "dissolved on a day that is not known"),
    "not_yet": ("{this}尚未设立", "not yet there in the {period}"),
    "exempt": ("{this}免报", "exempt from reporting in the {period}"),
}
STANDINGS = {
    "ranked": ("参与排名", "ranked"),
    "too_few": ("基数不足，不排名", "too few to be ranked"),
    "n/a": ("不适用", "n/a"),
}


@dataclass(frozen=True)
class Measure:
    """A share of two counts, each since the programme began.

    The counts of one week don't belong together: most findings that are closed in a week were
    reported before it.
    """

    code: str
    numerator: str
    denominator: str
    zh: str
    en: str
    first: str = VERSIONS[0]
    until: str | None = None

    @property
    def service(self) -> str:
        return self.code.split(".", 1)[0]


MEASURES = (
    Measure(
        "supervision.findings_closed_share",
        "supervision.findings_closed",
        "supervision.findings_reported",
        "问题销号率：累计销号问题 ÷ 累计上报问题",
        "findings closed, of those reported, since the programme began",
    ),
    Measure(
        "relief.orders_delivered_share",
        "relief.orders_delivered",
        "relief.orders_raised",
        "点单送达率：累计点单送达 ÷ 累计点单登记",
        "orders delivered, of those raised, since the programme began",
        until="2026-1",
    ),
    Measure(
        "relief.orders_delivered_share",
        "relief.orders_delivered",
        "relief.orders_standing",
        "点单送达率：累计点单送达 ÷ 累计点单登记（不予受理和撤回的除外）",
        "orders delivered, of those raised and neither rejected nor withdrawn, since the programme"
        " began",
        first="2026-1",
    ),
    Measure(
        "relief.orders_confirmed_share",
        "relief.orders_confirmed",
        "relief.orders_delivered",
        "居民确认率：累计居民确认 ÷ 累计点单送达",
        "orders confirmed by the resident, of those delivered, since the programme began",
    ),
)


def league(week: FoldedWeek) -> list[Json]:
    """Each measure with its rows, the best first, and the units left out, with the reason."""
    return [_table(week, measure) for measure in measures(week.rules.version)]


def measures(version: str) -> list[Measure]:
    """The measures of a version of the rules."""
    return [it for it in MEASURES if holds(version, it.first, it.until)]


def _table(week: FoldedWeek, measure: Measure) -> Json:
    found = [(code, _exclusion(week, code, measure)) for code in _subdistricts(week)]
    rows = [_row(week, code, measure) for code, exclusion in found if exclusion is None]
    return {
        "measure": measure.code,
        "title": {"zh": measure.zh, "en": measure.en},
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "least": LEAST_DENOMINATOR,
        "rows": _ranked(rows),
        "excluded": [
            {
                "orgunit": code,
                "unit": week.units[code]["name"],
                "reason": _reason(exclusion, week.kind),
            }
            for code, exclusion in found
            if exclusion is not None
        ],
    }


def _subdistricts(week: FoldedWeek) -> list[str]:
    return sorted(code for code in week.units if len(code) == SUBDISTRICT)


def _exclusion(week: FoldedWeek, code: str, measure: Measure) -> str | None:
    """Why the unit is left out, a key of REASONS; None where it isn't."""
    unit, period = week.units[code], week.period
    if unit["retired"] and unit["valid_to"] is None:
        return "retired_some_day"
    if not was_valid(unit, period, week.rules):
        begins = unit["valid_from"]
        return "not_yet" if begins and begins > period.last_day.isoformat() else "retired"
    return "exempt" if week.reports.state(code, measure.service) == "exempt" else None


def _row(week: FoldedWeek, code: str, measure: Measure) -> Json:
    done, of = (_count(week, name, code) for name in (measure.numerator, measure.denominator))
    done -= _begun_before(week, measure, code)
    share = Fraction(done, of) if of else None
    standing = "n/a" if share is None else "too_few" if of < LEAST_DENOMINATOR else "ranked"
    return {
        "orgunit": code,
        "unit": week.units[code]["name"],
        "numerator": str(done),
        "denominator": str(of),
        "share": None if share is None else _percent(share),
        "interval": interval(done, of),
        "standing": _words(STANDINGS, standing),
        "rank": None,
        "exactly": share,
    }


def interval(done: int, of: int) -> Json | None:
    """How far chance alone may have moved the share, in percent: Wilson's interval of 95 %. It is
    wide where few were counted. None where there is no share."""
    if not 0 <= done <= of or not of:
        return None
    with localcontext(prec=28):
        share, square = Decimal(done) / of, Z * Z
        middle = share + square / (2 * of)
        half = Z * (share * (1 - share) / of + square / (4 * of * of)).sqrt()
        whole = 1 + square / of
        low, high = ((middle + side * half) / whole * 100 for side in (-1, 1))
        return {"low": str(abs(low.quantize(TENTH))), "high": str(high.quantize(TENTH))}


def _count(week: FoldedWeek, indicator: str, code: str) -> int:
    part = week.cumulative.quantity(indicator, code)
    return int(part.value or 0) if isinstance(part, Sum) else 0


def _begun_before(week: FoldedWeek, measure: Measure, code: str) -> int:
    """How many are in the numerator and not in the denominator, because they were begun before the
    programme's first week: a share has both or none."""
    return sum(
        code in path(counted[measure.numerator].orgunit)
        for counted in week.begun_before
        if measure.numerator in counted and measure.denominator not in counted
    )


def _percent(share: Fraction) -> str:
    value = (Decimal(share.numerator * 100) / share.denominator).quantize(TENTH, ROUND_HALF_EVEN)
    return str(value)


def _ranked(rows: list[Json]) -> list[Json]:
    """The ranked rows, the best first, and then the others. Ties share a rank."""
    ranked = [row for row in rows if row["standing"]["code"] == "ranked"]
    shares = [row["exactly"] for row in ranked]
    for row in ranked:
        row["rank"] = 1 + sum(share > row["exactly"] for share in shares)
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"], row["orgunit"]))
    return [{name: part for name, part in row.items() if name != "exactly"} for row in rows]


def _reason(code: str, kind: type[Period]) -> dict[str, str]:
    zh, en = pair_of_kind(REASONS[code], kind)
    return {"code": code, "zh": zh, "en": en}


def _words(table: Mapping[str, tuple[str, str]], code: str) -> dict[str, str]:
    zh, en = table[code]
    return {"code": code, "zh": zh, "en": en}
