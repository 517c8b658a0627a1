"""Of a longer period: what was planned for it, and what came of it."""

from services.supervision.outline.blocks import Block, Cell, Group, Part, Row, Table
from services.supervision.outline.language import Language
from shared.domain.types import Json

COLUMNS = ("done_of_planned", "others", "unplanned")
OTHERS = ("postponed", "cancelled", "not_done")


def planned(document: Json, w: Language) -> Part:
    """A row for each kind of thing; nothing in a report on a week, whose sections name each one."""
    rows = [_row(row, w) for row in document.get("planned", [])]
    blocks: list[Block] = []
    if rows:
        columns = [w(f"planned_{name}") for name in COLUMNS]
        blocks = [Table(w("planned_kind"), columns, [Group(rows)])]
    return Part("planned", w("part_planned"), blocks)


def _row(row: Json, w: Language) -> Row:
    others = [f"{w(f'planned_{name}')} {row[name]}" for name in OTHERS if row[name]]
    done = f"{row['done']}/{row['planned']}" if row["planned"] else w("a_dash")
    cells = done, w.listed(others) or w("a_dash"), str(row["unplanned"])
    return Row(w.of(row["kind"]), [Cell(text) for text in cells])
