"""The tables of figures: the headline table, all cells, the cells by unit, and single figures."""

from collections.abc import Callable, Iterator
from typing import Any

from services.supervision.forms.model import (
    CODE,
    NUMBER,
    TEXT,
    Column,
    Field,
    Table,
    code,
    date,
    figure,
    number,
    qualifier,
    table,
    text,
    titled,
    value,
)
from services.supervision.forms.words import (
    CELL_STATUSES,
    ITEM_FIGURES,
    ITEM_KINDS,
    LEVELS,
    OCCURRENCES,
    QUALIFIERS,
    Pair,
    head,
    word,
)
from shared.domain.types import Json
from shared.domain.units import UNITS

SUBDISTRICT = 9


def measure_word(unit: str, lang: str) -> str:
    """The word for a unit of measure: 人次, person-times."""
    known = UNITS[unit]
    return word((known.zh, known.plural), lang)


def points(document: Json, lang: str) -> Table:
    rows = [row | {"no": place, "said": row} for place, row in enumerate(document["headlines"], 1)]
    return table("points", rows, [number("no"), code("indicator"), text("said")], lang)


def headline(document: Json, lang: str) -> Table:
    """This week, last week, four-week mean and sum of each figure of the district."""
    cells = district_cells(document)
    rows = [_headline_row(row, cells.get(row["indicator"])) for row in document["headline_table"]]
    fields = [
        code("indicator"),
        text("label"),
        Field("measure_word", TEXT, lambda row, lang: measure_word(row["unit"], lang)),
        *figure("this"),
        text("this_words", "this"),
        *figure("last"),
        *figure("last_issued", "last", "issued"),
        text("change"),
        *figure("mean"),
        *figure("cumulative"),
    ]
    return table("headline", rows, _without_empty_pair(fields, rows), lang)


def _headline_row(row: Json, cell: Json | None) -> Json:
    """The row with the status of each figure, which its cell has."""
    if cell is None:
        return row
    parts = {"this": cell, "last": cell["previous"], "cumulative": cell["cumulative"]}
    return row | {
        name: {**row[name], "status": part["status"]} for name, part in parts.items() if part
    }


def _without_empty_pair(fields: list[Field], rows: list[Json]) -> list[Field]:
    """Without the two columns of figures that were issued otherwise, where there is none."""
    if any(row["last"].get("issued") for row in rows):
        return fields
    return [it for it in fields if not it.name.startswith("last_issued")]


def trends(document: Json, lang: str) -> Table:
    """The district's figure of each week: a row for each indicator and week."""
    named = labels(document, lang)
    fields = [
        code("indicator"),
        Field("label", TEXT, lambda row, lang: named[row["indicator"]]),
        code("week", "period"),
        *_number_and_qualifier("amount", lambda row: row, coded=False),
        Field("status", TEXT, lambda row, lang: word(CELL_STATUSES[status_of(row)], lang)),
        Field("measure_word", TEXT, lambda row, lang: measure_word(row["unit"], lang)),
    ]
    return table("trends", weeks(document), fields, lang)


def weeks(document: Json) -> list[Json]:
    """The figures of the trends, each like a cell of its week. Issues of earlier releases have
    none."""
    district = document["masthead"]["district"]
    units = {row["indicator"]: row["unit"] for row in document["notes"]["definitions"]}
    return [
        week | {"indicator": row["indicator"], "orgunit": district, "unit": units[row["indicator"]]}
        for row in document.get("trends", [])
        for week in row["weeks"]
    ]


def district_cells(document: Json) -> dict[str, Json]:
    """Indicator → the district's cell."""
    district = document["masthead"]["district"]
    return {cell["indicator"]: cell for cell in document["cells"] if cell["orgunit"] == district}


def means(document: Json) -> dict[tuple[str, str], Json]:
    """Indicator and unit → the four-week mean, which only the district has."""
    district = document["masthead"]["district"]
    return {(row["indicator"], district): row["mean"] for row in document["headline_table"]}


def labels(document: Json, lang: str) -> dict[str, str]:
    """Indicator → its label in the issue."""
    return {row["indicator"]: row["label"][lang] for row in document["notes"]["definitions"]}


# The figures of a cell: column, column of its status, and where it is in the cell.
CELL_FIGURES = (
    ("value", "status", None),
    ("last", "last_status", "previous"),
    ("cumulative", "cumulative_status", "cumulative"),
)


def cell_fields(document: Json, lang: str, coded: bool = False) -> list[Field]:
    """The columns of the table of all cells. `coded` gives codes for words where there are codes:
    for programs."""
    named, units = labels(document, lang), document["orgunits"]
    return [
        code("indicator"),
        Field("label", TEXT, lambda cell, lang: named.get(cell["indicator"])),
        code("orgunit"),
        Field("level", TEXT, lambda cell, lang: _level(cell["orgunit"], lang, coded)),
        Field("subdistrict", TEXT, lambda cell, lang: units.get(cell["orgunit"][:SUBDISTRICT])),
        Field("name", TEXT, lambda cell, lang: units.get(cell["orgunit"])),
        code("unit_of_measure", "unit"),
        Field("measure_word", TEXT, lambda cell, lang: measure_word(cell["unit"], lang)),
        *(it for column in CELL_FIGURES for it in _figure_of_cell(column, coded)),
        number("numerator"),
        number("denominator"),
        *_number_and_qualifier("mean", _mean_of(document), coded),
    ]


def _mean_of(document: Json) -> Callable[[Json], Json | None]:
    """The four-week mean beside a cell; a figure of another week has none."""
    mean, period = means(document), document["period"]
    return lambda cell: mean.get(key_of(cell)) if cell.get("period", period) == period else None


def _level(orgunit: str, lang: str, coded: bool) -> str:
    return word(LEVELS[len(orgunit)], "en" if coded else lang)


def _figure_of_cell(column: tuple[str, str, str | None], coded: bool) -> Iterator[Field]:
    name, status, part = column

    def shown(cell: Json) -> Json | None:
        return cell[part] if part else cell

    def said(cell: Json, lang: str) -> str:
        found = status_of(shown(cell))
        return found if coded else word(CELL_STATUSES[found], lang)

    yield from _number_and_qualifier(name, shown, coded)
    yield Field(status, TEXT, said)


def _number_and_qualifier(
    name: str, shown: Callable[[Json], Json | None], coded: bool
) -> Iterator[Field]:
    def said(cell: Json, lang: str) -> str:
        found = qualifier(shown(cell))
        return found if coded else word(QUALIFIERS[found], lang)

    yield Field(name, NUMBER, lambda cell, lang: value(shown(cell)))
    yield Field(f"{name}_qualifier", TEXT, said)


def key_of(cell: Json) -> tuple[str, str]:
    return cell["indicator"], cell["orgunit"]


def status_of(shown: Json | None) -> str:
    """A key of CELL_STATUSES."""
    return str(shown["status"]) if shown else "not_applicable"


def cells(document: Json, lang: str) -> Table:
    """One row for each cell of the issue."""
    return table("cells", document["cells"], cell_fields(document, lang), lang)


def by_unit(document: Json, service: str, lang: str) -> Table:
    """The week's figures of a service: a row for each unit, two columns for each indicator."""
    found = [cell for cell in document["cells"] if cell["indicator"].startswith(f"{service}.")]
    known = {key_of(cell): cell for cell in found}
    units, declared = document["orgunits"], document["notes"]["definitions"]
    own = [row for row in declared if row["indicator"].startswith(f"{service}.")]
    columns = [Column(name, kind, head(name, lang)) for name, kind in _UNIT_COLUMNS]
    columns += [column for row in own for column in _pair(row, lang)]
    rows = (
        [unit, word(LEVELS[len(unit)], lang), units.get(unit)]
        + [part for row in own for part in _shown(known.get((row["indicator"], unit)), lang)]
        for unit in sorted({cell["orgunit"] for cell in found})
    )
    return titled(f"units_{service}", columns, rows, lang)


_UNIT_COLUMNS = (("orgunit", CODE), ("level", TEXT), ("name", TEXT))


def _pair(definition: Json, lang: str) -> Iterator[Column]:
    """The columns of an indicator: its number and its qualifier."""
    indicator, label = definition["indicator"], definition["label"][lang]
    unit = measure_word(definition["unit"], lang)
    yield Column(indicator, NUMBER, word((f"{label}（{unit}）", f"{label} ({unit})"), lang))
    beside = word((f"{label}：限定", f"{label}: qualifier"), lang)
    yield Column(f"{indicator}_qualifier", TEXT, beside)


def _shown(cell: Json | None, lang: str) -> list[str | None]:
    """A unit without a cell has neither number nor reason: nothing was reported of it."""
    return [value(cell), word(QUALIFIERS[qualifier(cell)], lang)] if cell else [None, None]


def declared(document: Json, lang: str) -> Table:
    """Declared stocks: the reporter's own words, and what is recorded one by one beside them."""
    rows = [
        line | {"service": section["title"], "said": line}
        for section in document["sections"]
        for line in section["lines"]
        if line["stated"] or line["beside"]
    ]
    fields = [
        text("service"),
        code("indicator"),
        text("said"),
        text("stated"),
        *figure("beside"),
    ]
    return table("declared", rows, fields, lang)


def occurrences(document: Json, lang: str) -> Table:
    """What was done, and what was announced and not held, postponed or cancelled."""
    rows = list(_occurrences(document))
    more = sum(section["more"] for section in document["sections"])
    fields = [
        text("service"),
        text("outcome_kind"),
        text("kind"),
        code("orgunit"),
        text("unit"),
        date("day"),
        date("first_planned_for"),
        text("said"),
        text("details"),
        text("reason"),
    ]
    return table("occurrences", rows, fields, lang, more)


def _occurrences(document: Json) -> Iterator[Json]:
    for section in document["sections"]:
        for outcome, words in OCCURRENCES.items():
            for row in section[outcome]:
                yield row | {
                    "service": section["title"],
                    "outcome_kind": _words(words),
                    "kind": _kind(row["kind"]),
                    "day": row.get("held_on") or row.get("planned_for"),
                }


def _kind(kind: str | Json) -> Json:
    if not isinstance(kind, str):
        return kind
    return _words(ITEM_KINDS.get(kind, (kind, kind)))


def _words(pair: Pair) -> Json:
    zh, en = pair
    return {"zh": zh, "en": en}


def occurrence_figures(document: Json, lang: str) -> Table:
    """Every figure of a single occurrence, with its qualifier: a row for each."""
    rows = [
        item
        | {
            "service": section["title"],
            "kind": _kind(item["kind"]),
            "day": item.get("held_on"),
            "figure": _words(ITEM_FIGURES.get(name, (name, name))),
            "of_what": of_what,
            "amount": shown,
        }
        for section in document["sections"]
        for item in section["items"]
        for name, of_what, shown in item_figures(item)
    ]
    fields = [
        text("service"),
        text("kind"),
        code("orgunit"),
        text("unit"),
        date("day"),
        text("said"),
        text("figure"),
        text("of_what"),
        *figure("amount"),
        Field("measure_word", TEXT, lambda row, lang: _unit_word(row["amount"], lang)),
    ]
    return table("occurrence_figures", rows, fields, lang)


def _unit_word(shown: Json, lang: str) -> str | None:
    return measure_word(shown["unit"], lang) if "unit" in shown else None


def item_figures(part: Any, name: str = "", of_what: Any = None) -> Iterator[tuple[str, Any, Json]]:
    """(name, of what, figure) of every figure and count in an occurrence."""
    if isinstance(part, list):
        for one in part:
            yield from item_figures(one, name, of_what)
    elif isinstance(part, dict) and "qualifier" in part:
        yield name, of_what, part
    elif isinstance(part, dict):
        for inner, one in part.items():
            yield from item_figures(one, inner, _of_what(part) or of_what)
    elif isinstance(part, int) and not isinstance(part, bool):
        yield name, of_what, {"value": str(part), "qualifier": "exact"}


def _of_what(part: Json) -> Any:
    """A posting is named by employer and job, a category of orders by its words."""
    if "openings" in part:
        return f"{part['employer']} {part['job']}"
    return part if "orders" in part else None
