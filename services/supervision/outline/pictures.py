"""What is drawn on the page of pictures: trends, who reported, and shares with their intervals."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from services.supervision.outline.annex import STATES
from services.supervision.outline.blocks import (
    Cell,
    Marks,
    Pictures,
    Point,
    Row,
    Span,
    Spans,
    Trend,
)
from services.supervision.outline.front import HEADLINE_FIGURES
from services.supervision.outline.language import Language
from services.supervision.outline.trends import not_whole, said, series
from shared.domain.types import Json

# So many rows fit into a picture.
MOST_ROWS = 20

T = TypeVar("T")


def pictures(document: Json, w: Language) -> Pictures:
    trends = [_trend(row, w) for row in series(document) if _is_drawn(row)]
    reports = [_reports(document["completeness"], w)] if document["completeness"]["units"] else []
    spans = [it for at, table in enumerate(document["league"], 1) if (it := _spans(at, table, w))]
    notes = [
        w(name)
        for name, there in (
            ("trends_note", trends),
            ("marks_note", reports),
            ("spans_note", spans),
        )
        if there
    ]
    if partial := not_whole(document, w, [it.ends[0] for it in trends]):
        notes.append(partial)
    return Pictures(w("at_a_glance"), [*trends, *reports, *spans], notes)


def _is_drawn(row: Json) -> bool:
    """A single week is no trend."""
    return row["indicator"] in HEADLINE_FIGURES and len(row["weeks"]) > 1


def _trend(row: Json, w: Language) -> Trend:
    weeks, unit = row["weeks"], row["unit"]
    stated = [Decimal(it["value"]) for it in weeks if it["value"] is not None]
    top = max(stated, default=Decimal(0))
    highest = [it for it in weeks if it["value"] is not None and Decimal(it["value"]) == top]
    every = w.clauses(*(w.spaced(it["period"], said(it, unit, w)) for it in weeks))
    return Trend(
        f"trend-{row['indicator'].replace('.', '-')}",
        w.of(row["label"]),
        said(weeks[-1], unit, w),
        every,
        [_point(it, top) for it in weeks],
        w("highest", said(highest[-1], unit, w)) if highest else w("no_numbers"),
        (weeks[0]["period"], weeks[-1]["period"]),
    )


def _point(shown: Json, top: Decimal) -> Point:
    exact = (shown["qualifier"], shown["status"]) == ("exact", "complete")
    if shown["value"] is None:
        return Point(None, exact)
    return Point(_percent(Decimal(shown["value"]), top), exact)


def _percent(value: Decimal, whole: Decimal) -> str:
    return f"{100 * value / whole:.1f}" if whole else "0.0"


def _reports(found: Json, w: Language) -> Marks:
    """The state of each unit; where there are too many units, how many are in each state."""
    services = [row for row in found["services"] if row["service"] in found["summary"]]
    units = found["units"]
    if len(units) > MOST_ROWS:
        rows = [_counts(state, services, found["summary"], w) for state in STATES]
    else:
        rows = [_states(unit, services, w) for unit in units]
    columns = [w.of(row["title"]) for row in services]
    return Marks(
        "reports-picture",
        w("reports_picture"),
        w("had_to_report", len(units)),
        w.clauses(*(_row_in_words(row, columns, w) for row in rows)),
        columns,
        rows,
    )


def _counts(state: str, services: Iterable[Json], summary: Json, w: Language) -> Row:
    return Row(w(state), [Cell(str(summary[row["service"]][state])) for row in services])


def _states(unit: Json, services: Iterable[Json], w: Language) -> Row:
    states = [unit["reports"][row["service"]] for row in services]
    return Row(unit["unit"], [Cell(w(state), state) for state in states])


def _row_in_words(row: Row, columns: Sequence[str], w: Language) -> str:
    cells = zip(columns, row.cells, strict=True)
    return w.labelled(row.head, w.listed(f"{column} {cell.text}" for column, cell in cells))


def _spans(number: int, table: Json, w: Language) -> Spans | None:
    """The sub-districts that are ranked; of very many, those at both ends. A share of fewer is no
    picture: it is said in words."""
    rows = sorted(
        (row for row in table["rows"] if row["rank"] is not None),
        key=lambda row: (-Decimal(row["share"]), row["orgunit"]),
    )
    if not rows:
        return None
    shown = [_span(row) for row in _both_ends(rows)]
    left_out = len(rows) - len(shown)
    few = _too_few(table, w)
    return Spans(
        f"league-{number}-picture",
        w.of(table["title"]),
        w.clauses(w("both_ends", left_out) if left_out else None, few),
        w.clauses(*(_span_in_words(span, w) for span in shown), few),
        shown,
    )


def _too_few(table: Json, w: Language) -> str | None:
    few = [row for row in table["rows"] if row["rank"] is None and row["share"] is not None]
    said = w.listed(f"{row['unit']} {row['numerator']}/{row['denominator']}" for row in few)
    return w.labelled(w("too_few", table["least"]), said) if few else None


def _both_ends(rows: list[T]) -> list[T]:
    half = MOST_ROWS // 2
    return rows if len(rows) <= MOST_ROWS else [*rows[:half], *rows[-half:]]


def _span(row: Json) -> Span:
    # Issues of earlier releases have no intervals.
    interval = row.get("interval")
    return Span(
        row["unit"],
        f"{row['share']}% {row['numerator']}/{row['denominator']}",
        row["share"],
        (interval["low"], interval["high"]) if interval else None,
    )


def _span_in_words(span: Span, w: Language) -> str:
    words = w.spaced(span.label, span.words)
    return f"{words}{w.bracketed(w('from_to', *span.interval))}" if span.interval else words
