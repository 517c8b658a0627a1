"""How service hours are rounded, and how many a row of the ledger may hold."""

from decimal import ROUND_HALF_UP, Decimal

# Service hours are kept in halves: finer than what a team leader writes down.
HOUR_STEP = Decimal("0.5")
# A row of the ledger is of one occasion: a day at most, even where only the week is known.
LONGEST_ROW = Decimal(24)


def rounded_hours(value: Decimal) -> Decimal:
    """To the nearest half hour, halves of it upwards."""
    steps = (value / HOUR_STEP).quantize(Decimal(1), ROUND_HALF_UP)
    return steps * HOUR_STEP
