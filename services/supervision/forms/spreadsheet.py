"""What both spreadsheet forms decide alike: numbers, dates, widths, and text like a formula."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from unicodedata import east_asian_width

from services.supervision.forms.model import DATE, NUMBER, Cell, Column, Table
from shared.domain.periods import parse_instant
from shared.domain.types import Json

# Spreadsheets keep no more digits of a number.
DIGITS = 15
MOST_CHARACTERS = 32_767
NARROWEST, WIDEST = 8, 68
# What a cell needs beside its text, and a head beside it: the button of its filter.
MARGIN, BUTTON = 2, 4
# The number of the paper's size.
A4 = 9
# The width of a column follows from its first rows.
MEASURED = 200

_NUMBER = re.compile(r"-?[0-9]+(?:\.([0-9]+))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Spreadsheets of the Far East take the full-width characters too.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


def places_of(cell: str, column: Column) -> int | None:
    """The decimal places of a number; None where the cell has to be written as text, because it is
    no number or would be rounded."""
    found = _NUMBER.fullmatch(cell) if column.kind == NUMBER else None
    if found is None or len(Decimal(cell).normalize().as_tuple().digits) > DIGITS:
        return None
    # 10 ** 20 has one digit, and spreadsheets show it as 1E+20.
    return len(found[1] or "") if Decimal(cell).adjusted() < DIGITS else None


def day_of(cell: str, column: Column) -> date | None:
    """The day of a cell; None where it isn't one. Spreadsheets disagree before March 1900."""
    if column.kind != DATE or not _DAY.fullmatch(cell):
        return None
    day = date.fromisoformat(cell)
    return day if day >= date(1900, 3, 1) else None


def is_like_formula(text: str) -> bool:
    """Would a spreadsheet take the text for a formula when somebody enters it?"""
    return bool(_FORMULA.match(text))


def shortened(text: str) -> str:
    """The text as long as a cell can be."""
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def widths(table: Table) -> list[int]:
    """The width of each column, in characters."""
    return [
        min(
            max(_widest(column.head, (row[place] for row in table.rows[:MEASURED])), NARROWEST),
            WIDEST,
        )
        for place, column in enumerate(table.columns)
    ]


def _widest(head: str, cells: Iterable[Cell]) -> int:
    texts = max((width_of(cell) for cell in cells if cell), default=0)
    return max(width_of(head) + BUTTON, texts + MARGIN)


def width_of(text: str) -> int:
    """In characters; one of the Far East counts 2."""
    if text.isascii():
        return len(text)
    return len(text) + sum(east_asian_width(char) in "WF" for char in text)


def lines(row: Iterable[Cell], columns: Iterable[int]) -> int:
    """How many lines the row takes in columns of these widths."""
    needed = (
        -(-width_of(cell) // max(1, width - MARGIN))
        for cell, width in zip(row, columns, strict=True)
        if cell
    )
    return max(needed, default=1)


def made_at(document: Json) -> datetime:
    """The instant that a file names as its own: when the issue was published, else prepared."""
    masthead = document["masthead"]
    named = ("published_at", "prepared_at", "cutoff")
    return parse_instant(next(masthead[it] for it in named if masthead.get(it)))


def title(document: Json, lang: str) -> str:
    """The title of the file, in its properties."""
    return f"{document['masthead']['programme'][lang]} {document['period']}"
