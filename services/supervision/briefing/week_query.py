"""A week by the present rules, read from the cache: its facts, and the cells of weeks before it.

Folding all facts takes longer the more there are. A week's briefing needs the subjects to which
something happened in the week, those with a level at its end or that are carried over, and the
cells of all weeks added up. Everything is read in one snapshot. Publishing doesn't read this
cache, and verifying folds all facts: an issue never depends on the cache alone.
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import chain

from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.revisions import ChangeCauses
from services.supervision.facts.fact_store import FactStore, newer_query
from services.supervision.figures.cells import Cells, DistrictCells
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.figures.fold_storage import FoldedDocuments, contribution_of
from services.supervision.figures.stocks import Stocks
from services.supervision.figures.totals import Totals, WholeTotals
from services.supervision.indicators import EVER, PRESENT
from services.supervision.indicators.reporting import TRENDS
from services.supervision.indicators.rules import Rules
from shared.contracts.beginning import MAY_BE_OLDER
from shared.domain.periods import Period, Week
from shared.domain.quantities import Sum
from shared.domain.types import Document
from shared.service.week_sealing import seal_id

AnyTotals = Totals | WholeTotals


class WeekQuery:
    """By the present rules, perhaps with the programme's first week. With a snapshot `session`,
    facts and figures are read as they were at one instant."""

    def __init__(
        self,
        database: Database[Document],
        session: ClientSession | None = None,
        rules: Rules = PRESENT,
    ) -> None:
        self.rules = rules
        self.facts = FactStore(database["facts"], session)
        self.figures = FigureCache(database, self.facts, session=session)
        self.totals: AnyTotals = Totals(database, rules.first_week, session)

    def complete(self, marks: Mapping[str, int]) -> dict[str, int] | None:
        """source → last number, from `marks` on.

        None where a number is missing in between: then the figures contain facts beyond a gap.
        """
        found = {}
        for source, mark in marks.items():
            last = max(mark, self.facts.last(source))
            if self.facts.count(source, mark, last) < last - mark:
                return None
            found[source] = last
        return found

    def week(self, period: Period, since: Mapping[str, int]) -> tuple[FoldedWeek, ChangeCauses]:
        """The folded week, and the causes of its changes after `since` (source → number)."""
        pending = self._pending()
        causes = ChangeCauses(period, self.rules, since)
        week = FoldedWeek(period, self.rules, counts_cells=False)
        self._fill_cells(week, pending)
        subjects = self._subjects(period, since, pending)
        for events in causes.watch(self.facts.of_subjects(subjects)):
            week.add(events)
        return week, causes

    def _pending(self) -> FoldedDocuments:
        """What isn't in the figures yet."""
        return self.figures.fold_pending_in_memory()

    def _subjects(
        self, period: Period, since: Mapping[str, int], pending: FoldedDocuments
    ) -> set[str]:
        """Ids of the subjects that the week's briefing may report."""
        facts = self.facts
        return set[str]().union(
            facts.distinct_subjects({"period": str(period)}),
            facts.distinct_subjects({"late": str(period)}),
            facts.distinct_subjects(newer_query(since)),
            self.figures.subjects_concerned(period),
            (key.split("|", 1)[1] for key in pending.levels),
            [seal_id(period)],
            self._begun_before(),
        )

    def _begun_before(self) -> list[str]:
        """Ids of the subjects of which something was before the programme's first week."""
        if self.rules.first_week is None:
            return []
        weeks = {"$lt": str(self.rules.first_week)}
        return self.facts.distinct_subjects(
            {"period": weeks, "type": {"$nin": sorted(MAY_BE_OLDER)}}
        )

    def _fill_cells(self, folded: FoldedWeek, pending: FoldedDocuments) -> None:
        recent = folded.recent
        partials = {
            week: list(self.figures.partials(week, pending)) if self.rules.counts(week) else []
            for week in recent
        }
        for week, cells in recent.items():
            for part in partials[week]:
                cells.merge(*part)
        self._add_counted_records(recent, pending)
        self._add_levels(recent, pending)
        self._add_earlier(folded.earlier, pending)
        folded.cumulative = self.totals.until(partials, pending)
        folded.first_period = self._first_week(pending)

    def _add_earlier(
        self, earlier: Mapping[Period, DistrictCells], pending: FoldedDocuments
    ) -> None:
        weeks = {str(week): cells for week, cells in earlier.items() if self.rules.counts(week)}
        found = self.figures.partials_by_week(min(earlier), max(earlier), TRENDS, pending)
        for week, partials in found:
            for part in partials if week in weeks else ():
                weeks[week].merge(*part)

    def _first_week(self, pending: FoldedDocuments) -> Period | None:
        if self.rules.first_week:
            return self.rules.first_week
        first = self.figures.first_week(pending)
        return Week.parse(first) if first else None

    def _add_levels(self, recent: dict[Period, Cells], pending: FoldedDocuments) -> None:
        stored = self.figures.level_rows(min(recent), max(recent), pending, single=False)
        for item in map(contribution_of, chain(stored, pending.level_rows())):
            for week, cells in recent.items():
                if item.counts_in(week):
                    cells.add(item)

    def _add_counted_records(self, recent: dict[Period, Cells], pending: FoldedDocuments) -> None:
        counted = self.figures.counted_records(list(recent), pending)
        for week, code, unit, value, number in counted:
            part = Sum(Decimal(value), "exact", EVER[code].unit, number, number)
            recent[week].merge(code, unit, Stocks({}, {unit: part}))
