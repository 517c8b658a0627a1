"""The charts of the workbook, drawn by the spreadsheet itself from the cells of its sheets."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from services.supervision.forms.model import Cell, Table
from services.supervision.forms.spreadsheet import A4, places_of
from services.supervision.forms.words import (
    CELL_STATUSES,
    QUALIFIERS,
    REPORT_STATES,
    TITLES,
    word,
)
from shared.domain.types import Json

# The charts have a sheet of their own, after that of this table.
AFTER = "headline"

# One figure of each service.
FIGURES = (
    "volunteering.activities_completed",
    "relief.orders_delivered",
    "clinics.clinics_held",
    "jobfairs.fairs_held",
    "supervision.findings_closed",
)
COMPARED = ("last", "mean", "this")

# Distinct for people who see few colours, and in grey.
COLOURS = ("#0072B2", "#E69F00", "#56B4E9", "#D55E00", "#BFBFBF")
WIDTH, HEIGHT = 480, 300
ROWS, COLUMNS = 16, 8
ROWS_A_PAGE = 2 * ROWS


def add(workbook: Any, made: Iterable[Table], lang: str) -> None:
    """Add the sheet of charts, if there is anything to draw."""
    found = {table.name: table for table in made}
    drawn = list(_charts(workbook, found))
    if not drawn:
        return
    sheet = workbook.add_worksheet(word(TITLES["charts"], lang))
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    # On paper no chart is cut in two.
    sheet.set_h_pagebreaks(range(ROWS_A_PAGE, ROWS * len(drawn), ROWS_A_PAGE))
    for place, chart in enumerate(drawn):
        chart.set_size({"width": WIDTH, "height": HEIGHT})
        sheet.insert_chart(place // 2 * ROWS, place % 2 * COLUMNS, chart)


def _charts(workbook: Any, found: dict[str, Table]) -> Iterator[Any]:
    if "reports" in found:
        yield _reports(workbook, found["reports"])
    yield from _figures(workbook, found["headline"])
    if "trends" in found:
        yield from _trends(workbook, found["trends"])
    if "league" in found:
        yield from _league(workbook, found["league"])


def _reports(workbook: Any, table: Table) -> Any:
    """Of the units that had to report to each service: how many did, and how."""
    chart = workbook.add_chart({"type": "bar", "subtype": "percent_stacked"})
    last, names = len(table.rows), table.index("service")
    for state, colour in zip(REPORT_STATES, COLOURS, strict=True):
        place = table.index(f"units_{state}")
        chart.add_series(
            {
                "name": [table.title, 0, place],
                "categories": [table.title, 1, names, last, names],
                "values": [table.title, 1, place, last, place],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    chart.set_title({"name": table.title, "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    return chart


def _figures(workbook: Any, table: Table) -> Iterator[Any]:
    """Last week, four-week mean and this week of each figure that has two of them or more."""
    indicators = [row[table.index("indicator")] for row in table.rows]
    for indicator in FIGURES:
        if indicator in indicators:
            line = indicators.index(indicator)
            names = [name for name in COMPARED if _is_number(table, line, name)]
            if len(names) > 1:
                yield _figure(workbook, table, line, names)


def _is_number(table: Table, line: int, name: str) -> bool:
    place = table.index(name)
    cell = table.rows[line][place]
    return cell is not None and places_of(cell, table.columns[place]) is not None


def _figure(workbook: Any, table: Table, line: int, names: list[str]) -> Any:
    chart = workbook.add_chart({"type": "column"})
    unit = table.index("measure_word")
    for name in names:
        place = table.index(name)
        chart.add_series(
            {
                "name": [table.title, 0, place],
                "categories": [table.title, line + 1, unit, line + 1, unit],
                "values": [table.title, line + 1, place, line + 1, place],
                "fill": {"color": COLOURS[COMPARED.index(name)]},
                # An inexact figure never stands there as a bare number.
                "data_labels": {"value": True, "custom": [{"value": _label(table, line, name)}]},
            }
        )
    label = table.rows[line][table.index("label")]
    chart.set_title({"name": label, "name_font": {"size": 12}})
    chart.set_y_axis({"min": 0, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"})
    return chart


def _trends(workbook: Any, table: Table) -> Iterator[Any]:
    """The weeks of each figure that has a number in two of them or more; a week without one is a
    gap."""
    place = table.index("indicator")
    for indicator in dict.fromkeys(row[place] for row in table.rows):
        lines = [line for line, row in enumerate(table.rows) if row[place] == indicator]
        if sum(_is_number(table, line, "amount") for line in lines) > 1:
            yield _trend(workbook, table, lines)


def _trend(workbook: Any, table: Table, lines: list[int]) -> Any:
    chart = workbook.add_chart({"type": "line"})
    first, last = lines[0] + 1, lines[-1] + 1
    weeks, figures = table.index("week"), table.index("amount")
    mark = {"border": {"color": COLOURS[0]}, "fill": {"color": COLOURS[0]}}
    hollow = mark | {"fill": {"color": "#FFFFFF"}}
    doubts = [_doubt(table, line) for line in lines]
    chart.add_series(
        {
            "name": [table.title, 0, figures],
            "categories": [table.title, first, weeks, last, weeks],
            "values": [table.title, first, figures, last, figures],
            "line": {"color": COLOURS[0], "width": 1.5},
            "marker": {"type": "circle", "size": 5} | mark,
            "points": [hollow if doubt else None for doubt in doubts],
            # Not every program shows marks that are hollow.
            "data_labels": {
                "value": True,
                "position": "above",
                "font": {"size": 8},
                "custom": [{"value": doubt} if doubt else {"delete": True} for doubt in doubts],
            },
        }
    )
    row = table.rows[lines[0]]
    title = f"{row[table.index('label')]} ({row[table.index('measure_word')]})"
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_y_axis({"min": 0, "major_gridlines": {"visible": False}})
    chart.set_legend({"none": True})
    chart.show_blanks_as("gap")
    return chart


def _doubt(table: Table, line: int) -> str | None:
    """What stands beside a number that isn't exact, or is partly stated."""
    if not _is_number(table, line, "amount"):
        return None
    label, status = _label(table, line, "amount"), table.rows[line][table.index("status")]
    if status not in CELL_STATUSES["complete"]:
        return f"{label} ({status})"
    return label if label != table.rows[line][table.index("amount")] else None


def _label(table: Table, line: int, name: str) -> str:
    row, exact = table.rows[line], QUALIFIERS["exact"]
    number, qualifier = row[table.index(name)], row[table.index(f"{name}_qualifier")]
    return str(number) if qualifier in exact else f"{qualifier} {number}"


def _intervals(table: Table, rows: Iterable[tuple[Cell, ...]]) -> Json | None:
    """How far each share's interval goes beyond it. Issues of earlier releases have none."""
    names = ("share_low", "share", "share_high")
    found = [[row[table.index(name)] for name in names] for row in rows]
    if any(cell is None for row in found for cell in row):
        return None
    exactly = [[Decimal(str(cell)) for cell in row] for row in found]
    return {
        "type": "custom",
        "minus_values": [float(share - low) for low, share, _ in exactly],
        "plus_values": [float(high - share) for _, share, high in exactly],
    }


def _league(workbook: Any, table: Table) -> Iterator[Any]:
    """The shares of the ranked sub-districts, the best first."""
    measure, rank = table.index("measure"), table.index("rank")
    names, share = table.index("unit"), table.index("share")
    for code in dict.fromkeys(row[measure] for row in table.rows):
        lines = [
            line
            for line, row in enumerate(table.rows, 1)
            if row[measure] == code and row[rank] is not None
        ]
        if lines:
            first, last = lines[0], lines[-1]
            chart = workbook.add_chart({"type": "bar"})
            chart.add_series(
                {
                    "name": [table.title, 0, share],
                    "categories": [table.title, first, names, last, names],
                    "values": [table.title, first, share, last, share],
                    "fill": {"color": COLOURS[0]},
                    "data_labels": {"value": True},
                    "y_error_bars": _intervals(table, table.rows[first - 1 : last]),
                }
            )
            title = table.rows[first - 1][table.index("title")]
            chart.set_title({"name": title, "name_font": {"size": 10}})
            chart.set_x_axis({"min": 0, "max": 100, "major_gridlines": {"visible": False}})
            chart.set_y_axis({"reverse": True})
            chart.set_legend({"none": True})
            yield chart
