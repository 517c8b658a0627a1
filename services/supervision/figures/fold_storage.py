"""Folding as the figures are stored: documents of cells, and what is kept of each subject."""

from collections import Counter, defaultdict
from itertools import chain

from services.supervision.figures.carry_over import (
    carried_weeks,
    concerns_every_week,
    may_carry_over,
)
from services.supervision.figures.fold import (
    Contribution,
    deciding,
    has_levels,
    is_declared,
    levels,
    total,
)
from services.supervision.indicators import FED_BY, INDICATORS
from shared.contracts.envelope import week_name
from shared.domain.mergeable_median import Median
from shared.domain.periods import Period
from shared.domain.quantities import Quantity, Sum


class AllSubjects:
    """Whatever is asked for is among them."""

    def __contains__(self, subject):
        return True


class Folding:
    """What some cells amount to, and what is kept of some subjects: feed it each of these subjects
    and every subject that has a fact in one of the cells."""

    def __init__(self, cells, subjects):
        self.cells = cells
        self.subjects = subjects
        # Subject → what is kept of it.
        self.kept = {}
        self._values = defaultdict(list)
        self._seen = Counter()
        self._feeding = set()

    def add(self, events):
        """All events of a subject that are remembered."""
        places = [(week_name(event["time"]), event["orgunit"]) for event in events]
        for cell in self.cells.intersection(places):
            self._seen[cell] += len(events)
        for cell, event in zip(places, events, strict=True):
            if event["type"] in FED_BY and cell in self.cells:
                self._feeding.add(cell)
        for indicator, decider, value in deciding(events):
            cell = (week_name(decider["time"]), decider["orgunit"])
            if cell in self.cells:
                self._values[cell, indicator.code].append(value)
        if events[0]["subject"] in self.subjects:
            self._keep(events)

    def _keep(self, events):
        if not (has_levels(events) or may_carry_over(events)):
            return
        self.kept[f"{events[0]['source']}|{events[0]['subject']}"] = {
            "seen": len(events),
            "rows": [row_of(item) for item in levels(events)] if has_levels(events) else [],
            "told": [{"first": first, "until": until} for first, until in carried_weeks(events)],
            "always": concerns_every_week(events),
        }

    def rows(self):
        return chain.from_iterable(kept["rows"] for kept in self.kept.values())

    def taken(self):
        kept, self.kept = self.kept, {}
        return kept

    def documents(self):
        """Id → document of each cell that has facts."""
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


def is_kept(kept):
    """Does the subject stand, or is it told of, in any week?"""
    return bool(kept["rows"] or kept["told"] or kept["always"])


def parts_of(orgunit, rows):
    """(indicator, orgunit, partial), as `Cells.merge` takes them, of rows that a unit has."""
    for row in rows:
        yield row["indicator"], orgunit, part_of(row)


def part_of(row):
    """The partial that a row holds."""
    return (Median if INDICATORS[row["indicator"]].fold == "median" else Sum).from_json(row)


def row_of(item):
    kept = ("id", "type", "time", "timeprecision", "orgunit", "subjectsequence")
    return {
        "indicator": item.indicator,
        "orgunit": item.orgunit,
        "first": str(item.first),
        "until": str(item.until) if item.until else None,
        "value": item.value.to_json(),
        # Recorded one by one in a stock that may also be declared.
        "single": INDICATORS[item.indicator].fold == "stock" and not is_declared(item),
        "event": {name: item.event[name] for name in kept},
    }


def level(row):
    return Contribution(
        row["indicator"],
        row["orgunit"],
        Period.parse(row["first"]),
        Period.parse(row["until"]) if row["until"] else None,
        Quantity.from_json(row["value"]),
        row["event"],
    )
