"""Part six: the ranking; units that aren't ranked are in the annex."""

from collections.abc import Iterable

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


def league(document: Json, w: Language) -> Part:
    blocks: list[Block] = []
    tables = document["league"]
    ranked = [_ranked(table, w) for table in tables]
    if any(ranked):
        blocks.append(Paragraph(w("league_note", tables[0]["least"]), quiet=True))
    elif tables:
        blocks.append(Paragraph(w("nobody_ranked", tables[0]["least"]), quiet=True))
    return Part("league", w("part_league"), [*blocks, *(it for some in ranked for it in some)])


def _ranked(table: Json, w: Language) -> list[Block]:
    rows = [row for row in table["rows"] if row["rank"]]
    if not rows:
        return []
    lines = [_row(row, str(row["rank"]), f"{row['share']}%", _of(row)) for row in rows]
    return [
        Heading(w.of(table["title"])),
        Table(w("unit"), [w("rank"), w("share"), w("of")], [Group(lines)]),
    ]


def unranked(document: Json, w: Language) -> list[Block]:
    """The units that aren't ranked, and why, for the annex."""
    tables = document["league"]
    everywhere = _left_out_everywhere(tables)
    blocks = [block for table in tables for block in _unranked(table, everywhere, w)]
    rest = [_excluded(row, w) for row in everywhere]
    return [*blocks, *([Items(rest)] if rest else [])]


def _unranked(table: Json, everywhere: list[Json], w: Language) -> list[Block]:
    few = [row for row in table["rows"] if not row["rank"] and row["standing"]["code"] != "n/a"]
    none = [row["unit"] for row in table["rows"] if row["standing"]["code"] == "n/a"]
    said = [Item(w.spaced(row["unit"], _of(row), w.of(row["standing"]))) for row in few]
    said += [Item(w.labelled(w("zero_denominators"), w.listed(none)))] if none else []
    said += [_excluded(row, w) for row in table["excluded"] if row not in everywhere]
    return [Heading(w.of(table["title"])), Items(said)] if said else []


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
