"""The table forms as other programs read them: none of these libraries wrote them."""

import csv
import io
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
import python_calamine
from odfdo import Document

from services.supervision.briefing.period_words import of_kind
from services.supervision.forms import words
from services.supervision.forms.words import ITEM_FIGURES, QUALIFIERS, TITLES, word
from shared.domain.periods import Week

# A book is a dict: name of the sheet → its rows, the head first.


def by_openpyxl(body):
    book = openpyxl.load_workbook(io.BytesIO(body))
    return {
        sheet.title: [[_plain(cell.value) for cell in row] for row in sheet.iter_rows()]
        for sheet in book.worksheets
        if sheet.dimensions != "A1:A1"
    }


def by_calamine(body):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
    return {
        name: [[_plain(cell) for cell in row] for row in rows]
        for name in book.sheet_names
        if (rows := book.get_sheet_by_name(name).to_python())
    }


def by_odfdo(body):
    tables = Document(io.BytesIO(body)).body.tables
    return {
        table.name: [[_plain(cell) for cell in row] for row in table.iter_values()]
        for table in tables
    }


READERS = {
    "xlsx": (by_openpyxl, by_calamine),
    "ods": (by_calamine, by_odfdo),
}


def _plain(cell):
    """A cell as this test compares it: numbers as decimals, empty as None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool | str):
        return cell
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else Decimal(str(cell))


def title(table, lang, kind=Week):
    """The name of a sheet in a report on this kind of period."""
    return of_kind(word(TITLES[table], lang), kind, lang)


def head(name, lang, kind=Week):
    """The head of a column in a report on this kind of period."""
    return of_kind(words.head(name, lang), kind, lang)


def rows(book, table, lang, kind=Week):
    """The rows of a sheet as dicts, by the names of the columns."""
    first, *others = book[title(table, lang, kind)]
    return [dict(zip(first, row, strict=True)) for row in others]


def figures(book, lang, kind=Week):
    """Counter of (where, number, qualifier) of every figure in a book."""
    found = Counter()
    for row in rows(book, "cells", lang, kind):
        key = row[head("indicator", lang, kind)], row[head("orgunit", lang, kind)]
        for name in ("value", "last", "cumulative"):
            found["cell", *key, name, *_figure(row, name, lang, kind)] += 1
    for row in rows(book, "headline", lang, kind):
        for name in ("this", "last", "last_issued", "mean", "cumulative"):
            if head(name, lang, kind) in row:
                key = "headline", row[head("indicator", lang, kind)], name
                found[*key, *_figure(row, name, lang, kind)] += 1
    for row in rows(book, "trends", lang, kind):
        key = "trend", row[head("indicator", lang, kind)], row[head("week", lang, kind)]
        found[*key, *_figure(row, "amount", lang, kind)] += 1
    for row in rows(book, "occurrence_figures", lang, kind):
        name = _codes(ITEM_FIGURES, lang)[row[head("figure", lang, kind)]]
        found[
            "item", row[head("orgunit", lang, kind)], name, *_figure(row, "amount", lang, kind)
        ] += 1
    for table in ("changes", "late_events"):
        for row in rows(book, table, lang, kind):
            key = table, row[head("indicator", lang, kind)], row[head("orgunit", lang, kind)]
            for name in ("old", "new"):
                found[*key, name, *_figure(row, name, lang, kind)] += 1
    for row in rows(book, "declared", lang, kind):
        found[
            "beside", row[head("indicator", lang, kind)], *_figure(row, "beside", lang, kind)
        ] += 1
    return found


def _figure(row, name, lang, kind):
    shown, said = row[head(name, lang, kind)], row[head(f"{name}_qualifier", lang, kind)]
    if isinstance(shown, str):
        # Too many digits for a spreadsheet.
        shown = Decimal(shown)
    return shown, _codes(QUALIFIERS, lang).get(said, "in words")


def _codes(words, lang):
    return {word(pair, lang): code for code, pair in words.items()}


def csv_rows(body):
    """The rows of a CSV form, the apostrophe taken away that the dictionary speaks of."""
    found = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    safe = re.compile(r"'(?=\s*'*\s*[=+\-@＝＋－＠])")
    return [
        {
            name: safe.sub("", cell, count=1) if safe.match(cell) else cell
            for name, cell in row.items()
        }
        for row in found
    ]


def formulas(form, body):
    """What a spreadsheet would compute in a file."""
    with ZipFile(io.BytesIO(body)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xml")]
        trees = [parsed(archive.read(name)) for name in names]
    if form == "ods":
        return [
            one
            for tree in trees
            for one in tree.iter()
            if any(name.endswith("}formula") for name in one.attrib)
        ]
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return [one for tree in trees for one in tree.iter(f"{main}f")]


def parsed(xml):
    # Made by this project, a moment ago.
    return ElementTree.fromstring(xml)  # noqa: S314
