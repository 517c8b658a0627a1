"""The cells of a week as the briefing prints them."""

from services.supervision.indicators import INDICATORS
from shared.domain.quantities import Sum, exact, from_median, not_stated


def table(week):
    """One row for each indicator and unit that has a cell, in a fixed order.

    The district has a row for every indicator: 0 for what is recorded one by one, not stated for
    figures that nobody reported.
    """
    keys = set(week.this.partials) | {(code, week.district) for code in INDICATORS}
    return [_row(week, *key) for key in sorted(keys)]


def _row(week, code, orgunit):
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
        # Before the first fact of all there was no week to compare with.
        "previous": None
        if week.is_first
        else _printed(indicator, week.before.quantity(code, orgunit)),
        # A level stands; it isn't added up over weeks.
        "cumulative": None if level else _printed(indicator, week.ever.quantity(code, orgunit)),
    }


def _printed(indicator, part):
    whole = quantity(indicator, part).to_json()
    status = _status(whole["value"], *counts(part))
    return {"value": whole["value"], "qualifier": whole["qualifier"], "status": status}


def quantity(indicator, part):
    """What a cell's partial amounts to; `part` is None where no fact feeds the cell."""
    if part is None:
        return exact(0, indicator.unit) if indicator.recorded else not_stated(indicator.unit)
    return part.quantity() if isinstance(part, Sum) else from_median(part, indicator.unit)


def counts(part):
    """How many parts gave a figure, of how many; a median names how many it is over."""
    if part is None:
        return 0, 0
    if isinstance(part, Sum):
        return part.given, part.total
    size = sum(count for _, count in part.counts)
    return size, size


def _status(value, given, total):
    if value is None:
        return "not_stated"
    return "complete" if given == total else "partly_stated"
