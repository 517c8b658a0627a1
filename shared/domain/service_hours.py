"""How service hours are rounded, and how many hours a row of the ledger may hold."""

from decimal import ROUND_HALF_UP, Decimal

# Service hours are kept in half hours; team leaders record nothing finer.
HOUR_STEP = Decimal("0.5")
# A row of the ledger is for one occasion: at most a day, even where only the week is known.
LONGEST_ROW = Decimal(24)


def rounded_hours(value: Decimal) -> Decimal:
    """Rounded to the nearest half hour; a value in the middle is rounded up."""
    steps = (value / HOUR_STEP).quantize(Decimal(1), ROUND_HALF_UP)
    return steps * HOUR_STEP
