"""The cells of a week as the briefing prints them."""

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.indicators import INDICATORS
from services.supervision.indicators.declare import Indicator
from shared.domain.mergeable_median import Median
from shared.domain.quantities import Quantity, Sum, exact, from_median, not_stated
from shared.domain.types import Json


def table(week: FoldedWeek) -> list[Json]:
    """One row for each indicator and unit that has a cell, in a fixed order.

    The district has a row for every indicator: 0 for what is recorded one by one, not stated for
    figures without a report.
    """
    district = week.district
    keys = set(week.this.partials) | {(code, district) for code in INDICATORS}
    return [_row(week, *key) for key in sorted(keys)]


def _row(week: FoldedWeek, code: str, orgunit: str) -> Json:
    indicator = INDICATORS[code]
    part = week.this.quantity(code, orgunit)
    given, total = counts(part)
    level = indicator.since is not None
    return {
        "indicator": code,
        "orgunit": orgunit,
        **_printed(indicator, part),
        "unit": indicator.unit,
        "numerator": str(given),
        "denominator": str(total),
        # In the first week there is nothing to compare with.
        "previous": None
        if week.is_first
        else _printed(indicator, week.before.quantity(code, orgunit)),
        # A level isn't added up over weeks.
        "cumulative": None
        if level
        else _printed(indicator, week.cumulative.quantity(code, orgunit)),
    }


def _printed(indicator: Indicator, part: Median | Sum | None) -> Json:
    whole = quantity(indicator, part).to_json()
    status = _status(whole["value"], *counts(part))
    return {"value": whole["value"], "qualifier": whole["qualifier"], "status": status}


def quantity(indicator: Indicator, part: Median | Sum | None) -> Quantity:
    """The quantity of a cell's value; `part` is None where no fact feeds the cell."""
    if part is None:
        return exact(0, indicator.unit) if indicator.recorded else not_stated(indicator.unit)
    return part.quantity() if isinstance(part, Sum) else from_median(part, indicator.unit)


def counts(part: Median | Sum | None) -> tuple[int, int]:
    """How many contributions have a figure, and how many there are; of a median these are equal."""
    if part is None:
        return 0, 0
    if isinstance(part, Sum):
        return part.given, part.total
    size = sum(count for _, count in part.counts)
    return size, size


def _status(value: str | None, given: int, total: int) -> str:
    if value is None:
        return "not_stated"
    return "complete" if given == total else "partly_stated"
