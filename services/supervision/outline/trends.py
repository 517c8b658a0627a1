"""The last weeks of the headline figures, in words."""

from collections.abc import Iterator, Sequence

from services.supervision.briefing import sentences
from services.supervision.outline.blocks import Block, Cell, Group, Row, Table
from services.supervision.outline.language import Language
from shared.domain.types import Json

# So many figures fit beside each other on paper.
ACROSS = 5


def series(document: Json) -> list[Json]:
    """Each indicator with its weeks, its label and its unit. Issues of earlier releases have
    none."""
    definitions = {row["indicator"]: row for row in document["notes"]["definitions"]}
    return [definitions[row["indicator"]] | row for row in document.get("trends", [])]


def said(shown: Json, unit: str, w: Language) -> str:
    """The figure of a week in words."""
    return sentences.printed(shown, unit, w.lang)


def week_by_week(document: Json, w: Language) -> list[Block]:
    """Tables with a row for each week; nothing in the first week, which other tables have."""
    found = series(document)
    if not found or len(found[0]["weeks"]) == 1:
        return []
    return [_table(found[at : at + ACROSS], w) for at in range(0, len(found), ACROSS)]


def _table(rows: Sequence[Json], w: Language) -> Table:
    return Table(w("period"), [w.of(row["label"]) for row in rows], [Group(list(_weeks(rows, w)))])


def _weeks(rows: Sequence[Json], w: Language) -> Iterator[Row]:
    for shown in zip(*(row["weeks"] for row in rows), strict=True):
        cells = [Cell(said(it, row["unit"], w)) for it, row in zip(shown, rows, strict=True)]
        yield Row(shown[0]["period"], cells)
