"""What the jobs measured: medians and ratios, for people and for programs."""

import statistics

from rich.table import Table


def median(values):
    return round(statistics.median(values), 3)


def against(rounds, rate, limit):
    """Of some rounds the median of both rates, and of their ratio within each round."""
    return {
        rate: median(row[rate] for row in rounds),
        limit: median(row[limit] for row in rounds),
        "limit_ratio": median(row[rate] / row[limit] for row in rounds),
    }


def for_people(found):
    """One row a figure: what was measured, and what it has to reach."""
    table = Table("job", "figure", "measured")
    for job, figures in found.items():
        for name, value in _flat(figures):
            table.add_row(job, name, str(value))
    return table


def _flat(figures, prefix=""):
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", value
