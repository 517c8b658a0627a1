"""The stored form of folded facts: a document for each cell, and one for each subject with levels
or that is carried over."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from services.supervision.facts.fact_store import Cell
from services.supervision.figures.carry_over import (
    carried_weeks,
    concerns_every_week,
    may_carry_over,
)
from services.supervision.figures.cells import total
from services.supervision.figures.fold import (
    Contribution,
    deciding_events,
    has_levels,
    levels,
)
from services.supervision.figures.stocks import is_declared
from services.supervision.indicators import EVER, PRESENT
from shared.contracts.event_times import week_name
from shared.domain.mergeable_median import Median
from shared.domain.periods import Week
from shared.domain.quantities import Quantity, Sum
from shared.domain.types import Document, Event, Json


class AllSubjects:
    """Contains every subject."""

    def __contains__(self, subject: object) -> bool:
        return True


class FoldedDocuments:
    """The documents of some cells and of some subjects, by the present rules.

    Add all events of each of these subjects, and of every subject that has a fact in one of the
    cells.
    """

    def __init__(self, cells: set[Cell], subjects: Container[str]) -> None:
        self.cells = cells
        self.subjects = subjects
        # source|subject → its document.
        self.levels: dict[str, Document] = {}
        self._values: defaultdict[tuple[Cell, str], list[Any]] = defaultdict(list)
        self._seen: Counter[Cell] = Counter()
        self._feeding: set[Cell] = set()
        self._documents: dict[str, Document] | None = None

    def add(self, events: Sequence[Event]) -> None:
        """Add all tracked events of a subject."""
        self._documents = None
        places = [(week_name(event["time"]), event["orgunit"]) for event in events]
        for cell in self.cells.intersection(places):
            self._seen[cell] += len(events)
        for cell, event in zip(places, events, strict=True):
            if event["type"] in PRESENT.fed_by and cell in self.cells:
                self._feeding.add(cell)
        for indicator, decider, value in deciding_events(events, PRESENT):
            cell = (week_name(decider["time"]), decider["orgunit"])
            if cell in self.cells:
                self._values[cell, indicator.code].append(value)
        if events[0]["subject"] in self.subjects:
            self._add_levels(events)

    def _add_levels(self, events: Sequence[Event]) -> None:
        has_rows = has_levels(events, PRESENT)
        if not (has_rows or may_carry_over(events)):
            return
        self.levels[f"{events[0]['source']}|{events[0]['subject']}"] = {
            "seen": len(events),
            "rows": [level_row(item) for item in levels(events, PRESENT)] if has_rows else [],
            "told": [{"first": first, "until": until} for first, until in carried_weeks(events)],
            "always": concerns_every_week(events),
        }

    def level_rows(self) -> Iterator[Document]:
        return chain.from_iterable(document["rows"] for document in self.levels.values())

    def take_levels(self) -> dict[str, Document]:
        """The documents of subjects so far, which are removed here."""
        taken, self.levels = self.levels, {}
        return taken

    def cell_documents(self) -> dict[str, Document]:
        """Id → document of each cell that has facts."""
        if self._documents is None:
            self._documents = self._made()
        return self._documents

    def _made(self) -> dict[str, Document]:
        partials = defaultdict(list)
        for (cell, code), values in sorted(self._values.items()):
            partials[cell].append({"indicator": code, **total(code, values).to_json()})
        return {
            f"{period}|{orgunit}": {
                "period": period,
                "orgunit": orgunit,
                "seen": seen,
                "feeds": (period, orgunit) in self._feeding,
                "partials": partials[period, orgunit],
            }
            for (period, orgunit), seen in self._seen.items()
        }


def has_content(levels: Document) -> bool:
    """Does the document of a subject concern any week?"""
    return bool(levels["rows"] or levels["told"] or levels["always"])


def partials_of(orgunit: str, rows: Iterable[Json]) -> Iterator[tuple[str, str, Median | Sum]]:
    """(indicator, orgunit, partial), as `Cells.merge` takes them, of the rows of a unit."""
    for row in rows:
        yield row["indicator"], orgunit, partial_of(row)


def partial_of(row: Json) -> Median | Sum:
    """The partial that a row holds."""
    median = EVER[row["indicator"]].fold == "median"
    return Median.from_json(row) if median else Sum.from_json(row)


def level_row(item: Contribution) -> Document:
    """The stored form of a level."""
    names = ("id", "type", "time", "timeprecision", "orgunit", "subjectsequence")
    return {
        "indicator": item.indicator,
        "orgunit": item.orgunit,
        "first": str(item.first),
        "until": str(item.until) if item.until else None,
        "value": item.value.to_json(),
        # Recorded one by one in a stock that may also be declared.
        "single": EVER[item.indicator].fold == "stock" and not is_declared(item),
        "event": {name: item.event[name] for name in names},
    }


def contribution_of(row: Document) -> Contribution:
    """The level that a row holds."""
    return Contribution(
        row["indicator"],
        row["orgunit"],
        Week.parse(row["first"]),
        Week.parse(row["until"]) if row["until"] else None,
        Quantity.from_json(row["value"]),
        row["event"],
    )
