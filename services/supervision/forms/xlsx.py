"""XLSX: one table a sheet, with charts, by XlsxWriter."""

import io
from datetime import UTC, date
from typing import Any

import xlsxwriter

from services.supervision.forms import charts
from services.supervision.forms.model import Column, Table
from services.supervision.forms.spreadsheet import (
    A4,
    day_of,
    is_like_formula,
    lines,
    made_at,
    places_of,
    shortened,
    title,
    widths,
)
from services.supervision.forms.tables import sheets
from shared.domain.types import Json

# Day 1 of the calendar of spreadsheets, counted on from March 1900.
EPOCH = date(1899, 12, 30)
LINE, HIGHEST = 15, 409
FONT = {"font_name": "宋体", "font_size": 11, "valign": "top"}
HEAD = FONT | {"bold": True, "text_wrap": True, "bg_color": "#DDEBF7", "bottom": 1}
# Beside a number, which stands to the right, text begins a little further in.
TEXT = FONT | {"text_wrap": True, "num_format": "@", "indent": 1}
DAY = FONT | {"num_format": "yyyy-mm-dd", "align": "left", "indent": 1}


def make(document: Json, lang: str) -> bytes:
    """The issue as a workbook. The same document always gives the same bytes."""
    body = io.BytesIO()
    made = sheets(document, lang)
    with xlsxwriter.Workbook(body, {"in_memory": True}) as workbook:
        workbook.set_properties(
            {
                "title": title(document, lang),
                "author": document["masthead"]["programme"][lang],
                "created": made_at(document).astimezone(UTC).replace(tzinfo=None),
            }
        )
        formats = _Formats(workbook)
        for table in made:
            _write(workbook.add_worksheet(table.title), table, formats)
            if table.name == charts.AFTER:
                charts.add(workbook, made, lang)
    return body.getvalue()


class _Formats:
    """The formats of cells. Equal ones are one."""

    def __init__(self, workbook: Any) -> None:
        self.head = workbook.add_format(HEAD)
        self.text = workbook.add_format(TEXT)
        # It stays text also when somebody edits it.
        self.quoted = workbook.add_format(TEXT | {"quote_prefix": True})
        self.day = workbook.add_format(DAY)
        self._workbook = workbook
        self._numbers: dict[int, Any] = {}

    def number(self, places: int) -> Any:
        if places not in self._numbers:
            shape = f"0.{'0' * places}" if places else "0"
            self._numbers[places] = self._workbook.add_format(FONT | {"num_format": shape})
        return self._numbers[places]


def _write(sheet: Any, table: Table, formats: _Formats) -> None:
    wide = widths(table)
    for place, (column, width) in enumerate(zip(table.columns, wide, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, column.head, formats.head)
    for line, row in enumerate(table.rows, 1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            if cell is not None:
                _write_cell(sheet, (line, place), column, cell, formats)
        # LibreOffice doesn't make a row higher by itself.
        if (height := lines(row, wide)) > 1:
            sheet.set_row(line, min(LINE * height, HIGHEST))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    _lay_out(sheet)


def _write_cell(
    sheet: Any, place: tuple[int, int], column: Column, cell: str, formats: _Formats
) -> None:
    places, day = places_of(cell, column), day_of(cell, column)
    if places is not None:
        sheet.write_number(*place, float(cell), formats.number(places))
    elif day is not None:
        sheet.write_number(*place, (day - EPOCH).days, formats.day)
    else:
        format_ = formats.quoted if is_like_formula(cell) else formats.text
        sheet.write_string(*place, shortened(cell), format_)


def _lay_out(sheet: Any) -> None:
    """On paper: A4 across, as wide as the page, the head on every page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&A  &P / &N")
