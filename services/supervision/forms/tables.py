"""All tables of an issue, in the order of their sheets."""

from collections.abc import Iterator

from services.supervision.forms import (
    assessment_tables,
    commendation_table,
    figure_tables,
    front_tables,
    list_tables,
)
from services.supervision.forms.model import Table, of_period
from shared.domain.service_names import NAMES
from shared.domain.types import Json


def tables(document: Json, lang: str) -> list[Table]:
    """Every table of the document in `lang`, "zh" or "en", those without rows included."""
    others = [of_period(made, document, lang) for made in _others(document, lang)]
    front = [
        front_tables.cover(document, lang),
        front_tables.contents(document, others, lang),
        front_tables.notes(document, lang),
    ]
    return [*(of_period(made, document, lang) for made in front), *others]


def sheets(document: Json, lang: str) -> list[Table]:
    """The tables that get a sheet: those with rows."""
    return [it for it in tables(document, lang) if it.rows]


def _others(document: Json, lang: str) -> Iterator[Table]:
    yield figure_tables.points(document, lang)
    yield figure_tables.headline(document, lang)
    yield figure_tables.trends(document, lang)
    yield from assessment_tables.of(document, lang)
    yield from list_tables.of(list_tables.REPORTING, document, lang)
    yield from list_tables.follow_up(document, lang)
    if "planned" in document:
        yield list_tables.planned(document, lang)
    yield from list_tables.of(list_tables.LATE, document, lang)
    yield from commendation_table.commendations(document, lang)
    yield figure_tables.occurrences(document, lang)
    yield figure_tables.occurrence_figures(document, lang)
    yield list_tables.overlap(document, lang)
    yield figure_tables.declared(document, lang)
    yield from list_tables.of(list_tables.ORGANISATION, document, lang)
    yield from (figure_tables.by_unit(document, service, lang) for service in NAMES)
    yield figure_tables.cells(document, lang)
    yield from list_tables.of(list_tables.PROVENANCE, document, lang)
    yield front_tables.definitions(document, lang)
