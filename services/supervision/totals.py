"""What the cells of all weeks amount to, for each unit: kept up to the beginning of a block of
weeks, so that only a few weeks are to be added.

A total is good as long as its cells are those that it was made of: `seen` of a cell grows with
every fact that touches it, and so does their sum.
"""

from pymongo import UpdateOne

from services.supervision.figures import part_of
from services.supervision.fold import Cells, Merging
from shared.periods import Period

BLOCK = 8
BY_UNIT = "orgunit_1_period_1_seen_1"


class Totals:
    def __init__(self, database, session=None):
        self.figures = database["figures"]
        self.totals = database["totals"]
        self.session = session

    def until(self, period, folded):
        """Cells of everything from the beginning to the end of the week; the cells in `folded` as
        they are there."""
        units = Merging()
        boundary = block_of(period)
        changed = {unit for week, unit in folded.cells if week < boundary}
        for unit, rows in self._before(boundary, changed):
            _add(units, unit, rows)
        recent = {"period": {"$gte": boundary, "$lte": str(period)}}
        again = {"period": {"$lt": boundary}, "orgunit": {"$in": sorted(changed)}}
        for document in self._find({"$or": [recent, again]}):
            if (document["period"], document["orgunit"]) not in folded.cells:
                _add(units, document["orgunit"], document["partials"])
        for document in folded.documents().values():
            if document["period"] <= str(period):
                _add(units, document["orgunit"], document["partials"])
        return _rolled_up(units)

    def _before(self, boundary, but):
        """(unit, rows) of everything before the week `boundary`, but for some units."""
        stamps = {unit: seen for unit, seen in self._stamps(boundary).items() if unit not in but}
        stored = {it["orgunit"]: it for it in self.totals.find({"before": boundary})}
        outdated = {
            unit for unit, seen in stamps.items() if stored.get(unit, {}).get("seen") != seen
        }
        made = self._made(boundary, outdated)
        self._keep(boundary, made, stamps)
        yield from made.items()
        yield from ((unit, stored[unit]["rows"]) for unit in stamps.keys() - outdated)

    def _stamps(self, boundary):
        groups = [
            {"$match": {"period": {"$lt": boundary}}},
            {"$group": {"_id": "$orgunit", "seen": {"$sum": "$seen"}}},
        ]
        found = self.figures.aggregate(groups, hint=BY_UNIT, session=self.session)
        return {it["_id"]: it["seen"] for it in found}

    def _made(self, boundary, units):
        """Unit → rows of everything before the week `boundary`."""
        made, rows = Merging(), {unit: [] for unit in units}
        if units:
            query = {"orgunit": {"$in": sorted(units)}, "period": {"$lt": boundary}}
            for document in self._find(query):
                _add(made, document["orgunit"], document["partials"])
        for (unit, code), part in sorted(made.merged().items()):
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


def _add(units, unit, rows):
    for row in rows:
        units.add((unit, row["indicator"]), part_of(row))


def _rolled_up(units):
    cells = Cells()
    for (unit, code), part in units.merged().items():
        cells.merge(code, unit, part)
    return cells
