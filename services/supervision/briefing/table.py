"""The cells of a week as the briefing prints them."""

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.figures.cells import Cells
from services.supervision.indicators.declare import Indicator
from services.supervision.indicators.rules import NOTHING_TO_STATE, Rules
from shared.domain.mergeable_median import Median
from shared.domain.quantities import Quantity, Sum, exact, from_median, not_stated
from shared.domain.types import Json


def table(week: FoldedWeek) -> list[Json]:
    """One row for each indicator and unit that has a cell, in a fixed order.

    The district has a row for every indicator: 0 for what is recorded one by one, not stated for
    figures without a report.
    """
    district = week.district
    printed = week.rules.indicators
    keys = {key for key in week.this.partials if key[0] in printed}
    keys |= {(code, district) for code in printed}
    return [_row(week, *key) for key in sorted(keys)]


def _row(week: FoldedWeek, code: str, orgunit: str) -> Json:
    indicator = week.rules.indicators[code]
    part = week.this.quantity(code, orgunit)
    given, total = counts(part)
    level = indicator.since is not None
    return {
        "indicator": code,
        "orgunit": orgunit,
        **figure_at(week, indicator, week.this, orgunit),
        "unit": indicator.unit,
        "numerator": str(given),
        "denominator": str(total),
        # In the first week there is nothing to compare with.
        "previous": None if week.is_first else figure_at(week, indicator, week.before, orgunit),
        # A level isn't added up over weeks.
        "cumulative": None if level else figure_at(week, indicator, week.cumulative, orgunit),
    }


def figure_at(week: FoldedWeek, indicator: Indicator, cells: Cells, orgunit: str) -> Json:
    """The unit's figure in the cells of this week, or of others: value, qualifier and status."""
    part = cells.quantity(indicator.code, orgunit)
    whole = quantity(indicator, part).to_json()
    status = absence(week.rules, indicator, cells, orgunit) or _status(*counts(part))
    return {"value": whole["value"], "qualifier": whole["qualifier"], "status": status}


def absence(rules: Rules, indicator: Indicator, cells: Cells, orgunit: str) -> str | None:
    """Why the cell has no figure, a key of ABSENCE; None where it has one."""
    part = cells.quantity(indicator.code, orgunit)
    if quantity(indicator, part).value is not None:
        return None
    if part is not None or indicator.about is None or not rules.has(NOTHING_TO_STATE):
        return "not_stated"
    return "unknown" if cells.quantity(indicator.about, orgunit) else "none"


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


def _status(given: int, total: int) -> str:
    return "complete" if given == total else "partly_stated"
