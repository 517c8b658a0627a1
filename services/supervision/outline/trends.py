"""The last weeks of the headline figures, in words."""

from collections.abc import Iterable, Iterator, Sequence

from services.supervision.briefing import sentences
from services.supervision.outline.blocks import Block, Cell, Group, Paragraph, Row, Table
from services.supervision.outline.language import Language
from shared.domain.periods import Week
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
    tables = [_table(found[at : at + ACROSS], w) for at in range(0, len(found), ACROSS)]
    partial = not_whole(document, w, [it["period"] for it in found[0]["weeks"]])
    return [*tables, *([Paragraph(partial, quiet=True)] if partial else [])]


def not_whole(document: Json, w: Language, shown: Iterable[str]) -> str | None:
    """That one of the shown periods is longer than what the programme did in it, because it began
    within. A week is always whole."""
    first_week = document["freeze"].get("first_week")
    if w.kind is Week or not first_week:
        return None
    day = Week.parse(first_week).first_day
    began = w.kind.of_day(day)
    if day == began.first_day or str(began) not in shown:
        return None
    return w("not_whole", w.period(str(began)), day)


def _table(rows: Sequence[Json], w: Language) -> Table:
    return Table(w("period"), [w.of(row["label"]) for row in rows], [Group(list(_weeks(rows, w)))])


def _weeks(rows: Sequence[Json], w: Language) -> Iterator[Row]:
    for shown in zip(*(row["weeks"] for row in rows), strict=True):
        cells = [Cell(said(it, row["unit"], w)) for it, row in zip(shown, rows, strict=True)]
        yield Row(shown[0]["period"], cells)
