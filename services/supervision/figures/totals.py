"""What the cells of all weeks amount to, for each unit: kept up to the beginning of a block of
weeks, so that only a few weeks are to be added.

A total is good as long as its cells are those that it was made of: `seen` of a cell grows with
every fact that touches it, and so does their sum.
"""

from itertools import chain

from pymongo import UpdateOne

from services.supervision.figures.fold import Cells, Merging
from services.supervision.figures.fold_storage import parts_of
from services.supervision.indicators.reporting import WEEKS_IN_MEAN
from shared.domain.periods import Period

# The weeks of an unfinished block are recalled one by one anyway.
BLOCK = WEEKS_IN_MEAN
BY_CELL = "period_1_orgunit_1_seen_1"


class Totals:
    def __init__(self, database, session=None):
        self.figures = database["figures"]
        self.totals = database["totals"]
        self.session = session

    def until(self, recent, folded):
        """Cells of everything from the beginning to the end of the last of these weeks; `recent`
        maps it and some before it to their parts, and cells in `folded` are as they are there."""
        cells, boundary = Cells(), block_of(max(recent))
        changed = {unit for week, unit in folded.cells if week < boundary}
        unfinished = (parts for week, parts in recent.items() if str(week) >= boundary)
        kept = (parts_of(*it) for it in self._before(boundary, changed))
        again = map(_parts_of, self._again(boundary, changed, folded))
        for part in chain.from_iterable(chain(unfinished, kept, again)):
            cells.merge(*part)
        return cells

    def _again(self, boundary, changed, folded):
        """All cells before the week `boundary` of the units that changed there."""
        query = {"period": {"$lt": boundary}, "orgunit": {"$in": sorted(changed)}}
        for document in self._find(query) if changed else ():
            if (document["period"], document["orgunit"]) not in folded.cells:
                yield document
        for document in folded.documents().values():
            if document["period"] < boundary:
                yield document

    def _before(self, boundary, but):
        """(unit, rows) of everything before the week `boundary`, but for some units."""
        good, stamps = self._good(boundary)
        made = self._made(boundary, stamps.keys() - good.keys() - but)
        self._keep(boundary, made, stamps)
        for unit, rows in (good | made).items():
            if unit not in but:
                yield unit, rows

    def _good(self, boundary):
        """Unit → rows of everything before the week, of those that are kept and still hold; and
        unit → what the cells have seen, of all units."""
        stamps = self._stamps(boundary)
        kept = {it["orgunit"]: it for it in self.totals.find({"before": boundary})}
        good = {
            unit: kept[unit]["rows"]
            for unit, seen in stamps.items()
            if unit in kept and kept[unit]["seen"] == seen
        }
        return good, stamps

    def _stamps(self, boundary):
        groups = [
            {"$match": {"period": {"$lt": boundary}}},
            {"$group": {"_id": "$orgunit", "seen": {"$sum": "$seen"}}},
        ]
        found = self.figures.aggregate(groups, hint=BY_CELL, session=self.session)
        return {it["_id"]: it["seen"] for it in found}

    def _made(self, boundary, units):
        """Unit → rows of everything before the week `boundary`: where it is known what that was a
        block before, only what came since is added."""
        rows = {unit: [] for unit in units}
        if not units:
            return rows
        earlier = block_of(Period.parse(boundary).previous())
        good, _ = self._good(earlier)
        known = units & good.keys()
        since = {"orgunit": {"$in": sorted(known)}, "period": {"$gte": earlier, "$lt": boundary}}
        again = {"orgunit": {"$in": sorted(units - known)}, "period": {"$lt": boundary}}
        kept = (parts_of(unit, good[unit]) for unit in known)
        found = map(_parts_of, self._find({"$or": [since, again]}))
        made = Merging()
        for code, unit, part in chain.from_iterable(chain(kept, found)):
            made.add((unit, code), part)
        for (unit, code), part in sorted(made.by_key().items()):
            rows[unit].append({"indicator": code, **part.to_json()})
        return rows

    def _keep(self, boundary, made, stamps):
        writes = [
            UpdateOne(
                {"_id": f"{boundary}|{unit}"},
                {
                    "$set": {
                        "before": boundary,
                        "orgunit": unit,
                        "seen": stamps[unit],
                        "rows": rows,
                    }
                },
                upsert=True,
            )
            for unit, rows in made.items()
        ]
        if writes:
            self.totals.bulk_write(writes, ordered=False)

    def _find(self, query):
        return self.figures.find(query, session=self.session)


def block_of(period):
    """The first week of the block of weeks that the week is in, as text."""
    number = period.first_day.toordinal() // 7
    first = Period.of_day(period.first_day)
    for _ in range(number % BLOCK):
        first = first.previous()
    return str(first)


def _parts_of(document):
    return parts_of(document["orgunit"], document["partials"])
