"""CSV: one tidy table of all cells, for programs; files of several periods can be put together.

It begins with a byte order mark. Without one, Chinese Excel reads UTF-8 as GBK, and every name is
unreadable; the csv module, pandas and R skip the mark when it is named (`utf-8-sig`).
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence

from services.supervision.forms.figure_tables import cell_fields, weeks
from services.supervision.forms.front_tables import edition
from services.supervision.forms.model import (
    CODE,
    DATE,
    NUMBER,
    TEXT,
    Cell,
    Column,
    Field,
    Table,
    of_period,
)
from services.supervision.forms.model import table as filled
from services.supervision.forms.words import head
from shared.domain.periods import Period
from shared.domain.report_periods import parse_period
from shared.domain.types import Json

# What a spreadsheet takes for a formula, with the apostrophes before it: one more is written, so
# that a reader who takes one away has the text as it was.
_FORMULA = re.compile(r"\s*'*\s*[=+\-@＝＋－＠]")


def make(document: Json, lang: str) -> bytes:
    """All cells of the issue. The same document always gives the same bytes."""
    table = cells(document, lang)
    return written([column.name for column in table.columns], table.columns, table.rows)


def cells(document: Json, lang: str) -> Table:
    """The table: what identifies the issue, then the cell. Labels and names are in `lang`."""
    fields = [*_issue_fields(document), *cell_fields(document, lang, True)]
    made = filled("cells", [*document["cells"], *_periods_before(document)], fields, lang)
    return of_period(made, document, lang)


def _periods_before(document: Json) -> list[Json]:
    """The figures of the trends before the issue's own period, as cells of their periods."""
    nothing = dict.fromkeys(("numerator", "denominator", "previous", "cumulative"))
    return [nothing | week for week in weeks(document) if week["period"] != document["period"]]


def _issue_fields(document: Json) -> list[Field]:
    constant = (
        ("issue_period", CODE, document["period"]),
        ("edition", TEXT, edition(document)),
        ("issue", NUMBER, _text(document["issue"])),
        ("revision", NUMBER, _text(document["revision"])),
        ("issue_status", TEXT, document["status"]),
    )
    period = [
        Field("period", CODE, lambda row, lang: str(_period(row, document))),
        Field("first_day", DATE, lambda row, lang: str(_period(row, document).first_day)),
        Field("last_day", DATE, lambda row, lang: str(_period(row, document).last_day)),
    ]
    return [*period, *(_constant(*parts) for parts in constant)]


def _period(row: Json, document: Json) -> Period:
    """The period of a figure: a cell is of the issue's own."""
    return parse_period(str(row.get("period", document["period"])))


def _constant(name: str, kind: str, cell: Cell) -> Field:
    return Field(name, kind, lambda row, lang: cell)


def _text(number: int | None) -> Cell:
    return None if number is None else str(number)


def written(
    heads: Sequence[str], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
) -> bytes:
    """The rows as RFC 4180 has them, in UTF-8 with a byte order mark."""
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(map(_safe, columns, row))
    return codecs.BOM_UTF8 + body.getvalue().encode()


def _safe(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    return f"'{cell}" if column.kind != NUMBER and _FORMULA.match(cell) else cell


def heads(lang: str, columns: Iterable[Column]) -> list[str]:
    return [head(column.name, lang) for column in columns]
