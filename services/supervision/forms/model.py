"""Neutral tables: what a spreadsheet, a CSV file or a reader is given, before any format.

A cell is text or nothing. A number is its decimal text, a date is an ISO day: a writer makes of it
what its format has. A code is text that looks like a number and must never become one.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from services.supervision.briefing.period_words import kind_of, of_kind
from services.supervision.forms.words import QUALIFIERS, TITLES, head, word
from shared.domain.absence import ABSENCE
from shared.domain.types import Json

TEXT, NUMBER, DATE, CODE = KINDS = ("text", "number", "date", "code")

Cell = str | None

DASH = "—"
NO_FIGURE = "not_applicable"

# What XML can't hold, and what breaks a line within a cell.
_UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Column(NamedTuple):
    """`name` is the same in every language; `head` is what people read."""

    name: str
    kind: str
    head: str


@dataclass(frozen=True)
class Table:
    """`title` is also the name of its sheet. `more` rows exist that the document doesn't list."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
    more: int = 0

    def index(self, column: str) -> int:
        """The place of a column. Raises ValueError where there is none."""
        return [it.name for it in self.columns].index(column)


def of_period(made: Table, document: Json, lang: str) -> Table:
    """The table with its title and heads in the words of the report's period."""
    kind = kind_of(document["period"])
    columns = tuple(it._replace(head=of_kind(it.head, kind, lang)) for it in made.columns)
    return replace(made, title=of_kind(made.title, kind, lang), columns=columns)


class Field(NamedTuple):
    """How a column is filled: from a row of the document, in a language."""

    name: str
    kind: str
    get: Callable[[Any, str], Cell]


def text(name: str, *path: str) -> Field:
    """Words, names or a list of names at the path, which is the column's name if none is given."""
    return Field(name, TEXT, lambda row, lang: said(at(row, path or (name,)), lang))


def code(name: str, *path: str) -> Field:
    return Field(name, CODE, lambda row, lang: said(at(row, path or (name,)), lang))


def number(name: str, *path: str) -> Field:
    return Field(name, NUMBER, lambda row, lang: said(at(row, path or (name,)), lang))


def date(name: str, *path: str) -> Field:
    return Field(name, DATE, lambda row, lang: said(at(row, path or (name,)), lang))


def figure(name: str, *path: str) -> tuple[Field, Field]:
    """Two columns: the number, and beside it the qualifier or why there is no number."""
    route = path or (name,)
    return (
        Field(name, NUMBER, lambda row, lang: value(at(row, route))),
        Field(f"{name}_qualifier", TEXT, lambda row, lang: _qualified(at(row, route), lang)),
    )


def table(
    name: str, rows: Iterable[Any], fields: Iterable[Field], lang: str, more: int = 0
) -> Table:
    """The table of rows of the document."""
    chosen = tuple(fields)
    columns = tuple(Column(it.name, it.kind, head(it.name, lang)) for it in chosen)
    return titled(name, columns, ([it.get(row, lang) for it in chosen] for row in rows), lang, more)


def titled(
    name: str,
    columns: Iterable[Column],
    rows: Iterable[Sequence[Cell]],
    lang: str,
    more: int = 0,
) -> Table:
    """The table of these cells, each without characters that no file of tables can hold."""
    printable = [tuple(cell and _UNPRINTABLE.sub(" ", cell) for cell in row) for row in rows]
    return Table(name, word(TITLES[name], lang), tuple(columns), printable, more)


def at(row: Any, path: Iterable[str]) -> Any:
    """What is at the path; None where a part of it is missing or null."""
    for step in path:
        if not isinstance(row, Mapping):
            return None
        row = row.get(step)
    return row


def said(found: Any, lang: str) -> Cell:
    """Anything of the document as the text of a cell; None where there is nothing."""
    if found is None or found == []:
        return None
    if isinstance(found, bool):
        return word(("是", "yes") if found else ("否", "no"), lang)
    if isinstance(found, Mapping):
        return str(found.get(lang) or next(iter(found.values())))
    if isinstance(found, list | tuple):
        return _mark(found, lang).join(str(said(part, lang)) for part in found)
    return str(found)


def _mark(found: Sequence[Any], lang: str) -> str:
    """Between names, or between texts in both languages, which have commas of their own."""
    return word(("；" if isinstance(found[0], Mapping) else "、", "; "), lang)


def value(shown: Json | None) -> Cell:
    """The number of a figure; None where it has none."""
    return shown.get("value") if shown else None


def qualifier(shown: Json | None) -> str:
    """The qualifier of a figure that has a number, otherwise the reason why it has none: a key of
    QUALIFIERS."""
    if shown is None:
        return NO_FIGURE
    if shown.get("value") is not None:
        return str(shown["qualifier"])
    reason = shown.get("status")
    if reason in ABSENCE or reason in QUALIFIERS:
        return str(reason)
    return shown.get("qualifier") or NO_FIGURE


def _qualified(shown: Json | None, lang: str) -> str:
    reason = qualifier(shown)
    if reason == NO_FIGURE and shown and _explains(shown, lang):
        return str(shown[lang])
    return word(QUALIFIERS[reason], lang)


def _explains(shown: Json, lang: str) -> bool:
    """Does the document say in its own words why there is no figure? Where a report is new or gone,
    it has no figure at all."""
    return "qualifier" in shown and shown.get(lang, DASH) != DASH
