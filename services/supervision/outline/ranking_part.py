"""The ranking of the sub-districts."""

from collections.abc import Iterable

from services.supervision.outline.assessment_part import ASSESSMENT
from services.supervision.outline.blocks import (
    Block,
    Cell,
    Group,
    Heading,
    Item,
    Items,
    Paragraph,
    Part,
    Row,
    Table,
)
from services.supervision.outline.language import Language
from shared.domain.types import Json

# So many of the first units of a ranking, and of the last, are named in the text.
ENDS = 3


def league(document: Json, w: Language) -> Part:
    """The first and the last units of each ranking; the whole tables are in the annex."""
    blocks: list[Block] = []
    for table in document["league"]:
        if rows := _ranked(table):
            title = w.of(table["title"])
            blocks += [Heading(title), Items([_ends(row, w) for row in _outer(rows)], short=True)]
    if blocks and ASSESSMENT in document:
        blocks.insert(0, Paragraph(w("not_the_assessment"), quiet=True))
    return Part("league", w("part_league"), blocks)


def _ranked(table: Json) -> list[Json]:
    return [row for row in table["rows"] if row["rank"]]


def _outer(rows: list[Json]) -> list[Json]:
    return rows if len(rows) <= 2 * ENDS else [*rows[:ENDS], *rows[-ENDS:]]


def _ends(row: Json, w: Language) -> Item:
    return Item(w.spaced(f"{row['rank']}. {row['unit']}", _share(row)))


def _share(row: Json) -> str:
    return f"{row['share']}% ({_of(row)})"


def details(document: Json, w: Language) -> list[Block]:
    """Every ranking in full, with the units that aren't ranked and why, for the annex."""
    tables = document["league"]
    if not tables:
        return []
    note = w("league_note" if any(map(_ranked, tables)) else "nobody_ranked", tables[0]["least"])
    blocks: list[Block] = [Heading(w("part_league")), Paragraph(note, quiet=True)]
    everywhere = _left_out_everywhere(tables)
    for table in tables:
        found = [*_whole(table, w), *_unranked(table, everywhere, w)]
        blocks += [Heading(w.of(table["title"]), 2), *found] if found else []
    rest = [_excluded(row, w) for row in everywhere]
    return [*blocks, *([Items(rest)] if rest else [])]


def _whole(table: Json, w: Language) -> list[Block]:
    rows = _ranked(table)
    if not rows:
        return []
    lines = [_row(row, str(row["rank"]), f"{row['share']}%", _of(row)) for row in rows]
    return [
        Table(w("unit"), [w("rank"), w("share"), w("of")], [Group(lines)]),
    ]


def _unranked(table: Json, everywhere: list[Json], w: Language) -> list[Block]:
    few = [row for row in table["rows"] if not row["rank"] and row["standing"]["code"] != "n/a"]
    none = [row["unit"] for row in table["rows"] if row["standing"]["code"] == "n/a"]
    said = [Item(w.spaced(row["unit"], _of(row), w.of(row["standing"]))) for row in few]
    said += [Item(w.labelled(w("zero_denominators"), w.listed(none)))] if none else []
    said += [_excluded(row, w) for row in table["excluded"] if row not in everywhere]
    return [Items(said)] if said else []


def _excluded(row: Json, w: Language) -> Item:
    return Item(w.clauses(w.labelled(w("excluded"), row["unit"]), w.of(row["reason"])))


def _left_out_everywhere(league: Iterable[Json]) -> list[Json]:
    """Units that every ranking leaves out for the same reason."""
    first, *others = [table["excluded"] for table in league] or [[]]
    return [row for row in first if all(row in rows for rows in others)]


def _row(row: Json, *cells: str) -> Row:
    return Row(row["unit"], [Cell(text) for text in cells])


def _of(row: Json) -> str:
    return f"{row['numerator']}/{row['denominator']}"
