"""The first week as it was derived by hand: every cell of the core indicators."""

import csv
from pathlib import Path

TABLE = Path(__file__).parents[1] / "data" / "expected_2017-W06.csv"


def expected_cells():
    """(indicator, unit) → (value, qualifier)."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["indicator"], row["orgunit"]): (row["value"] or None, row["qualifier"])
            for row in csv.DictReader(file)
        }


# Indicators that were added later are compared with tests/support/district/naive.py.
CORE = frozenset(indicator for indicator, _ in expected_cells())


def core_cells(issue):
    """The printed cells of the core indicators, in the same form."""
    return {
        (cell["indicator"], cell["orgunit"]): (cell["value"], cell["qualifier"])
        for cell in issue["cells"]
        if cell["indicator"] in CORE
    }
