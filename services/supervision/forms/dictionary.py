"""The data dictionary of the CSV and SDMX-CSV forms: every column, code and indicator."""

from collections.abc import Iterator

from services.supervision.briefing.period_words import kind_of, of_kind
from services.supervision.forms import csv_form
from services.supervision.forms.front_tables import definitions
from services.supervision.forms.model import TEXT, Column, table, text
from services.supervision.forms.sdmx import OBS_STATUSES, components
from services.supervision.forms.words import (
    CELL_STATUSES_MEAN,
    COLUMNS_MEAN,
    DICTIONARY,
    EDITIONS,
    ISSUE_STATUSES_MEAN,
    KINDS_MEAN,
    LEVELS,
    QUALIFIERS_MEAN,
    READERS,
    Pair,
    head,
    word,
)
from shared.domain.types import Json
from shared.domain.units import UNITS

COLUMNS = ("topic", "term", "of", "type", "label", "meaning")

# Column → its codes with their meaning.
CODES: dict[str, dict[str, Pair]] = {
    "issue_status": ISSUE_STATUSES_MEAN,
    "edition": EDITIONS,
    "level": {en: (zh, en) for zh, en in LEVELS.values()},
    "*_qualifier": QUALIFIERS_MEAN,
    "*status": CELL_STATUSES_MEAN,
    "unit_of_measure": {code: (unit.zh, unit.plural) for code, unit in UNITS.items()},
    "OBS_STATUS": OBS_STATUSES,
}


def make(document: Json, lang: str) -> bytes:
    """The dictionary as CSV. The same document always gives the same bytes."""
    kind = kind_of(document["period"])
    rows = [
        {
            name: of_kind(word(part, lang), kind, lang) if isinstance(part, tuple) else part
            for name, part in zip(COLUMNS, row, strict=True)
        }
        for row in _rows(document, lang)
    ]
    made = table("definitions", rows, [text(name) for name in COLUMNS], lang)
    columns = [Column(name, TEXT, head(name, lang)) for name in COLUMNS]
    return csv_form.written([column.head for column in columns], columns, made.rows)


# Topic, term, of which column, type, label, meaning.
_Row = tuple[Pair, str, str | None, Pair | None, Pair | str | None, Pair | str | None]


def _rows(document: Json, lang: str) -> Iterator[_Row]:
    for column in csv_form.cells(document | {"cells": []}, lang).columns:
        meaning = COLUMNS_MEAN[column.name]
        yield (
            DICTIONARY["column"],
            column.name,
            "csv",
            KINDS_MEAN[column.kind],
            column.head,
            meaning,
        )
    for name, meaning in components(kind_of(document["period"])):
        yield DICTIONARY["column"], name, "sdmx-csv", None, None, meaning
    for column_name, codes in CODES.items():
        for code, meaning in codes.items():
            yield DICTIONARY["code"], code, column_name, None, None, meaning
    declared = definitions(document, lang)
    for indicator, label, unit, _, definition in declared.rows:
        yield DICTIONARY["indicator"], str(indicator), unit, None, label, definition
    for reader, line in READERS.items():
        yield DICTIONARY["reading"], reader, None, None, None, line
