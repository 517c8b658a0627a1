"""A week recalled: folded from the facts that concern it, and the cells of the weeks before.

Folding all facts takes longer the more there are. What a week's briefing says follows from the
subjects that something happened to in the week, from those that still stand or are still told of,
and from what the cells of all weeks amount to. All of it is read as it was at one instant.
Publishing and verifying fold all facts: what is published never rests on a cache alone.
"""

from decimal import Decimal
from itertools import chain

from services.supervision.briefing.revisions import News
from services.supervision.briefing.week import Week, empty_cells
from services.supervision.facts.fact_store import Facts
from services.supervision.figures.figure_cache import Figures
from services.supervision.figures.fold import Stocks
from services.supervision.figures.fold_storage import level
from services.supervision.figures.totals import Totals
from services.supervision.indicators import INDICATORS
from shared.domain.periods import Period
from shared.domain.quantities import Sum
from shared.service.week_sealing import seal_id


class WeekQuery:
    """The books of facts and figures as `session` sees them: as they were at one instant."""

    def __init__(self, database, session=None):
        self.facts = Facts(database["facts"], session)
        self.figures = Figures(database, self.facts, session=session)
        self.totals = Totals(database, session)

    def complete(self, marks):
        """source → last number, from `marks` on; None where a number is missing in between: then
        the figures hold what isn't complete."""
        found = {}
        for source, mark in marks.items():
            last = max(mark, self.facts.last(source))
            if self.facts.count(source, mark, last) < last - mark:
                return None
            found[source] = last
        return found

    def week(self, period, since):
        """The week folded, and the News since what the sources had told at `since`."""
        folded, news = self.figures.folded_now(), News(period, since)
        week = Week(period, self._known(period, folded))
        for events in news.watch(self.facts.of_subjects(self._subjects(period, since, folded))):
            week.add(events)
        return week, news

    def _subjects(self, period, since, folded):
        """Ids of the subjects that the week may tell of."""
        facts = self.facts
        new = [{"source": source, "seq": {"$gt": last}} for source, last in since.items()]
        return set().union(
            facts.distinct_subjects({"period": str(period)}),
            facts.distinct_subjects({"late": str(period)}),
            facts.distinct_subjects({"$or": new}),
            self.figures.subjects_of(period),
            (key.split("|", 1)[1] for key in folded.kept),
            [seal_id(period)],
        )

    def _known(self, period, folded):
        """What `Week` takes as known."""
        recent = empty_cells(period)
        parts = {week: list(self.figures.parts(week, folded)) for week in recent}
        for week, cells in recent.items():
            for part in parts[week]:
                cells.merge(*part)
        self._add_one_by_one(recent, folded)
        self._add_levels(recent, folded)
        first = self.figures.first_week(folded)
        return recent, self.totals.until(parts, folded), first and Period.parse(first)

    def _add_levels(self, recent, folded):
        stored = self.figures.kept_rows(min(recent), max(recent), folded, single=False)
        for item in map(level, chain(stored, folded.rows())):
            for week, cells in recent.items():
                if item.counts_in(week):
                    cells.add(item)

    def _add_one_by_one(self, recent, folded):
        counted = self.figures.counted_one_by_one(list(recent), folded)
        for week, code, unit, value, number in counted:
            part = Sum(Decimal(value), "exact", INDICATORS[code].unit, number, number)
            recent[week].merge(code, unit, Stocks({}, {unit: part}))
