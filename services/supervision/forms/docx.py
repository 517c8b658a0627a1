"""DOCX: a Chinese official document as GB/T 9704-2012 lays it out, written by itself.

The English edition has the same page, red head, headings and page numbers, in a serif font.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import Any

import jinja2

from services.supervision.forms.archive import archive
from services.supervision.forms.red_head import RedHead, red_head
from services.supervision.forms.spreadsheet import made_at
from services.supervision.forms.text import said
from services.supervision.outline.blocks import (
    Bars,
    Heading,
    Items,
    Outline,
    Paragraph,
    Part,
    Table,
    Terms,
)
from services.supervision.outline.language import Language
from services.supervision.outline.outline import outline
from shared.domain.types import Json

# The fonts of the standard, what Windows has in their place, and their kind.
FONTS = (
    ("仿宋_GB2312", "仿宋", "roman"),
    ("方正小标宋简体", "宋体", "roman"),
    ("楷体_GB2312", "楷体", "roman"),
    ("黑体", "SimHei", "modern"),
    ("宋体", "SimSun", "roman"),
)

# 156 mm in twentieths of a point; what the first column of a table has of it, of a wide table, and
# of a table of prose.
WIDTH, FIRST, FIRST_OF_MANY, MANY, FIRST_OF_PROSE = 8844, 0.34, 0.2, 5, 0.14

# XML can't hold these, not even as entities.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Line:
    """A paragraph in one of the styles of `styles.xml`."""

    style: str
    text: str


@dataclass(frozen=True)
class GridRow:
    """A row with a single cell goes across the whole table."""

    cells: list[str]
    head: bool = False


@dataclass(frozen=True)
class Grid:
    widths: list[int]
    rows: list[GridRow]


def make(document: Json, lang: str) -> bytes:
    """The issue as a Word document. The same document always gives the same bytes."""
    issue, w = outline(document, lang), Language.of_document(document, lang)
    head = red_head(document, issue)
    filled = {"issue": issue, "head": head, "w": w}
    made = made_at(document).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return archive(
        {
            "[Content_Types].xml": _part("content_types"),
            "_rels/.rels": _part("rels"),
            "docProps/core.xml": _part("core", made=made, **filled),
            "word/_rels/document.xml.rels": _part("document_rels"),
            "word/document.xml": _part("document", content=_content(issue, head, w), **filled),
            "word/fontTable.xml": _part("fontTable", fonts=FONTS),
            "word/footer_even.xml": _part("footer", style="FooterEven", page=2),
            "word/footer_odd.xml": _part("footer", style="FooterOdd", page=1),
            "word/settings.xml": _part("settings"),
            "word/styles.xml": _part("styles", w=w),
        }
    )


def _part(name: str, **filled: Any) -> Iterator[str]:
    return _templates().get_template(f"{name}.xml").generate(**filled)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("services.supervision.forms", "templates/docx"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_valid,
    )


def _valid(value: object) -> object:
    return _NOT_XML.sub("", value) if type(value) is str else value


def _content(issue: Outline, head: RedHead, w: Language) -> Iterator[Line | Grid]:
    yield Line("Facts", w.clauses(*(w.labelled(name, text) for name, text in head.facts)))
    if issue.note:
        yield Line("Note", issue.note)
    annexes = [part for part in issue.parts if part.annex]
    for part in issue.parts:
        if not part.annex:
            yield Line("Heading1", part.title)
            yield from _blocks(part, w)
    yield from (Line("Body", part.title) for part in annexes)
    for number, part in enumerate(annexes, 1):
        mark = w("annex", number)
        yield Line("AnnexMark", mark.rstrip("　. "))
        yield Line("AnnexTitle", part.title.removeprefix(mark))
        yield from _blocks(part, w)


def _blocks(part: Part, w: Language) -> Iterator[Line | Grid]:
    for block in part.blocks:
        yield from PRINTERS[type(block)](block, w)


def _paragraph(block: Paragraph, _w: Language) -> Iterator[Line]:
    yield Line("Note" if block.quiet else "Body", block.text)


def _heading(block: Heading, _w: Language) -> Iterator[Line]:
    yield Line(f"Heading{block.level + 1}", block.text)


def _items(block: Items, w: Language) -> Iterator[Line]:
    if block.short or not (block.numbered or _long(block, w)):
        yield Line("Body", w.clauses(*(said(item, w) for item in block.rows)))
        return
    for number, item in enumerate(block.rows, 1):
        before = f"{number}. " if block.numbered else ""
        yield Line("Body", before + w("sentence").join([said(item, w), *item.details]))


def _long(block: Items, w: Language) -> bool:
    """Are there several clauses in one of them? They are read more easily one below the other."""
    return any(item.details or w("clause") in item.text for item in block.rows)


def _table(block: Table, w: Language) -> Iterator[Grid]:
    rows = [GridRow([block.head, *block.columns], head=True)]
    for group in block.groups:
        if group.name:
            rows.append(GridRow([group.name]))
        for row in group.rows:
            cells = [f"{cell.text}{w('mark') if cell.marked else ''}" for cell in row.cells]
            rows.append(GridRow([row.head, *cells]))
    yield Grid(_widths(len(block.columns), FIRST_OF_PROSE if block.prose else None), rows)


def _widths(columns: int, first: float | None = None) -> list[int]:
    """The first column names what the row is of; the others are equal."""
    first = first or (FIRST if columns < MANY else FIRST_OF_MANY)
    other = int(WIDTH * (1 - first) / columns)
    return [WIDTH - other * columns, *[other] * columns]


def _bars(_block: Bars, _w: Language) -> Iterator[Line]:
    """Nothing: the figures of a picture stand in the text beside it."""
    yield from ()


def _terms(block: Terms, _w: Language) -> Iterator[Line | Grid]:
    yield Line("Heading2", block.title)
    yield Grid(_widths(1), [GridRow([term, meaning]) for term, meaning in block.rows])


PRINTERS: Mapping[type, Callable[[Any, Language], Iterator[Line | Grid]]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Items: _items,
    Table: _table,
    Bars: _bars,
    Terms: _terms,
}
