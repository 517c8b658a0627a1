"""Live figures: a cache of folded facts that can always be made again from them.

One document for each week and unit holds the partials of what happened in exactly that unit; the
units above are rolled up when read. A batch marks its documents before it inserts its facts and
again afterwards: the first mark outlives a crash in between, the second one tells a folder that
began too early to fold again.
"""

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import DuplicateKeyError

from services.supervision.fold import Cells, Contribution, contributions, partial
from services.supervision.indicators import INDICATORS
from shared.medians import Median
from shared.periods import Period
from shared.quantities import Quantity, Sum

INDEXES = {
    "figures": [
        IndexModel([("period", ASCENDING)]),
        IndexModel([("dirty", ASCENDING)], partialFilterExpression={"dirty": True}),
    ],
    "levels": [
        IndexModel([("rows.until", ASCENDING), ("rows.first", ASCENDING)]),
    ],
}


class Figures:
    def __init__(self, figures, levels, facts):
        self.figures = figures
        self.levels = levels
        self.facts = facts

    def mark(self, cells):
        """Say that these (period, orgunit) pairs need folding."""
        writes = [
            UpdateOne(
                {"_id": f"{period}|{orgunit}"},
                {
                    "$inc": {"marks": 1},
                    "$set": {"dirty": True},
                    "$setOnInsert": {"period": period, "orgunit": orgunit, "folded": 0},
                },
                upsert=True,
            )
            for period, orgunit in sorted(cells)
        ]
        if writes:
            self.figures.bulk_write(writes, ordered=False)

    def fold(self, limit=100):
        """Fold up to `limit` marked documents. Returns how many there were."""
        found = list(self.figures.find({"dirty": True}).limit(limit))
        for document in found:
            self._fold(document)
        return len(found)

    def dirty(self):
        return self.figures.count_documents({"dirty": True})

    def fold_all(self):
        while self.fold():
            pass

    def _fold(self, document):
        subjects = self.facts.subjects_in(document["period"], document["orgunit"])
        partials = {}
        for events in self.facts.of_subjects(subjects):
            found = contributions(events)
            self._keep_levels(events, [item for item in found if _is_level(item)])
            for item in found:
                if not _is_level(item) and _lies_in(item, document):
                    part = partial(item)
                    known = partials.get(item.indicator)
                    partials[item.indicator] = known + part if known else part
        rows = [{"indicator": code, **part.to_json()} for code, part in sorted(partials.items())]
        self._keep(document, rows)

    def _keep(self, document, partials):
        """Unless somebody else folded a later state meanwhile."""
        marks = document["marks"]
        self.figures.update_one(
            {"_id": document["_id"], "folded": {"$lte": marks}},
            [
                {
                    "$set": {
                        "folded": marks,
                        "partials": {"$literal": partials},
                        "dirty": {"$gt": ["$marks", marks]},
                    }
                }
            ],
        )

    def _keep_levels(self, events, found):
        """Facts of a subject only grow, so who saw more of them knows better."""
        subject = f"{events[0]['source']}|{events[0]['subject']}"
        rows = [_row(item) for item in found]
        if not rows and not self.levels.count_documents({"_id": subject}, limit=1):
            return
        try:
            self.levels.update_one(
                {"_id": subject, "seen": {"$lte": len(events)}},
                {"$set": {"seen": len(events), "rows": rows}},
                upsert=True,
            )
        except DuplicateKeyError:
            return

    def cells(self, period):
        """The week's cells, folded up to now."""
        self.fold_all()
        cells = Cells()
        for document in self.figures.find({"period": str(period)}):
            for row in document.get("partials", ()):
                cells.merge(row["indicator"], document["orgunit"], _part(row))
        for item in self._levels(period):
            cells.add(item)
        return cells

    def _levels(self, period):
        week = str(period)
        open_rows = {"first": {"$lte": week}, "until": None}
        closed_rows = {"first": {"$lte": week}, "until": {"$gt": week}}
        query = {"$or": [{"rows": {"$elemMatch": rows}} for rows in (open_rows, closed_rows)]}
        for document in self.levels.find(query):
            for row in document["rows"]:
                item = _level(row)
                if item.counts_in(period):
                    yield item


def _is_level(item):
    return INDICATORS[item.indicator].since is not None


def _lies_in(item, document):
    return str(item.first) == document["period"] and item.orgunit == document["orgunit"]


def _part(row):
    return (Median if INDICATORS[row["indicator"]].fold == "median" else Sum).from_json(row)


def _row(item):
    kept = ("id", "type", "time", "subjectsequence")
    return {
        "indicator": item.indicator,
        "orgunit": item.orgunit,
        "first": str(item.first),
        "until": str(item.until) if item.until else None,
        "value": item.value.to_json(),
        "event": {name: item.event[name] for name in kept},
    }


def _level(row):
    return Contribution(
        row["indicator"],
        row["orgunit"],
        Period.parse(row["first"]),
        Period.parse(row["until"]) if row["until"] else None,
        Quantity.from_json(row["value"]),
        row["event"],
    )
