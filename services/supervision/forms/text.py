"""The briefing as plain text."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.supervision.outline.blocks import (
    Bars,
    Heading,
    Item,
    Items,
    Outline,
    Paragraph,
    Table,
    Terms,
)
from services.supervision.outline.language import Language
from services.supervision.outline.outline import outline
from shared.domain.types import Json

INDENT = "  "


def make(document: Json, lang: str) -> bytes:
    return "".join(f"{line}\n" for line in lines(outline(document, lang))).encode()


def lines(issue: Outline) -> Iterator[str]:
    w = Language(issue.lang, issue.kind)
    yield issue.title
    yield ""
    yield issue.week
    yield from (w.labelled(name, text) for name, text in issue.masthead)
    if issue.note:
        yield issue.note
    for part in issue.parts:
        yield from ("", part.title)
        for block in part.blocks:
            yield from PRINTERS[type(block)](block, w)
    yield ""
    yield from (" ".join(line) for line in issue.proof)


def _paragraph(block: Paragraph, _w: Language) -> Iterator[str]:
    yield f"{INDENT}{block.text}"


def _heading(block: Heading, _w: Language) -> Iterator[str]:
    yield block.text if block.level == 1 else f"{INDENT}{block.text}"


def _items(block: Items, w: Language) -> Iterator[str]:
    if block.short:
        yield f"{INDENT}{w.clauses(*(said(item, w) for item in block.rows))}"
        return
    bullet = "·" if w.lang == "zh" else "-"
    for number, item in enumerate(block.rows, 1):
        before = f"{number}." if block.numbered else bullet
        yield f"{INDENT}{before} {said(item, w)}"
        yield from (f"{INDENT * 2}{detail}" for detail in item.details)


def said(item: Item, w: Language) -> str:
    return w.labelled(item.label, item.text) if item.label else item.text


def _table(block: Table, w: Language) -> Iterator[str]:
    if block.prose:
        yield from _prose(block)
        return
    for group in block.groups:
        if group.name:
            yield f"{INDENT}{group.name}"
        for row in group.rows:
            cells = [
                f"{column} {cell.text}{w('mark') if cell.marked else ''}"
                for column, cell in zip(block.columns, row.cells, strict=True)
            ]
            yield f"{INDENT * (2 if group.name else 1)}{w.labelled(row.head, w.clauses(*cells))}"


def _prose(block: Table) -> Iterator[str]:
    for row in (row for group in block.groups for row in group.rows):
        yield f"{INDENT}{row.head}"
        yield from (f"{INDENT * 2}{line}" for cell in row.cells for line in cell.text.splitlines())


def _bars(_block: Bars, _w: Language) -> Iterator[str]:
    """Nothing: the figures of a picture stand in the text beside it."""
    yield from ()


def _terms(block: Terms, w: Language) -> Iterator[str]:
    yield block.title
    yield from (f"{INDENT}{w.labelled(term, meaning)}" for term, meaning in block.rows)


PRINTERS: Mapping[type, Callable[[Any, Language], Iterator[str]]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Items: _items,
    Table: _table,
    Bars: _bars,
    Terms: _terms,
}
