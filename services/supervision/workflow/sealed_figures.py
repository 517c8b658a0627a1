"""The figures of all facts of the last publication, kept apart from the live ones.

The first publication folds all facts. A later one folds the cells and the subjects that have facts
since then, and takes all others from here. That is right as long as the facts of the last
publication are the same bytes still (sealed_facts.py), and these figures too: a code that takes
supervision's own key is noted over all of them. Where a byte differs, they are made again from all
facts.
"""

import hashlib
import hmac
from collections.abc import Mapping

from pymongo import ASCENDING, ReplaceOne
from pymongo.database import Database

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.revisions import ChangeCauses
from services.supervision.briefing.week_query import WeekQuery
from services.supervision.facts.fact_store import UNREADABLE, FactStore, newer_query
from services.supervision.facts.stored_bytes import batches
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.figures.fold_storage import AllSubjects, FoldedDocuments, has_content
from services.supervision.figures.totals import WholeTotals
from services.supervision.indicators import PRESENT
from services.supervision.indicators.rules import Rules
from services.supervision.workflow.rebuild import RebuiltFigures, slices
from shared.domain import canonical
from shared.domain.periods import Period, Week
from shared.domain.types import Document

NAMES = ("sealed_figures", "sealed_levels")
LAST = "last"
AT_ONCE = 5000

# Source → last number.
Sources = Mapping[str, int]
Folded = tuple[FoldedWeek, ChangeCauses]


class SealedFigures:
    """`key` is supervision's own; figures that another `version` of the system made aren't used."""

    def __init__(self, database: Database[Document], key: bytes, version: str) -> None:
        self.database = database
        self.notes = database["sealed_notes"]
        self.key = key
        self.version = version

    def week(self, period: Period, rules: Rules, sources: Sources, since: Sources) -> Folded | None:
        """The week from the facts up to `sources`, and the causes of its changes after `since`.
        These facts have to be as they were sealed.

        None for longer periods, where it takes other rules than the present ones or fewer facts
        than are known here, and while another process publishes.
        """
        if rules.version != PRESENT.version or not isinstance(period, Week):
            return None
        note = self._note_of_these() or self._make(sources)
        known: Sources = note["sources"]
        if any(last > sources.get(source, 0) for source, last in known.items()):
            return None
        with self.database.client.start_session(snapshot=True) as session:
            facts = FactStore(self.database["facts"], session, sources)
            query = SealedWeekQuery(self.database, facts, rules, known)
            week = query.week(period, since)
        # It is removed before anything is changed.
        if self._noted() != note:
            return None
        self._keep(query.folded, sources)
        return week

    def standing(self, indicator: str, period: Period, sources: Sources) -> set[str] | None:
        """The subjects of which a level may stand at the week's end, by the facts up to `sources`
        and the present rules: at least all of them. None where that isn't known."""
        note = self._note_of_these()
        if note is None:
            return None
        # Of later facts, on either side, nothing is said here.
        both = {
            source: min(last, note["sources"].get(source, 0)) for source, last in sources.items()
        }
        facts = FactStore(self.database["facts"])
        figures = FigureCache(self.database, facts, names=NAMES)
        new = facts.distinct_subjects(newer_query(both))
        return figures.subjects_standing(indicator, period).union(new)

    def _make(self, sources: Sources) -> Document:
        """Fold all facts up to `sources`, some whole cells at a time. Returns the note."""
        self.notes.delete_many({})
        for name in NAMES:
            self.database[name].drop()
        facts = FactStore(self.database["facts"], until=sources)
        made = RebuiltFigures(self.database, *NAMES)
        for cells in slices(facts.by_cell()):
            folded = FoldedDocuments(set(cells), AllSubjects())
            for events in facts.tracked(set().union(*cells.values())):
                folded.add(events)
            made.add(folded)
        return self._note(sources)

    def _keep(self, folded: FoldedDocuments, sources: Sources) -> None:
        """Put what was folded in the place of what it is newer than."""
        self.notes.delete_many({})
        levels = {it: level for it, level in folded.levels.items() if has_content(level)}
        for name, documents in zip(NAMES, (folded.cell_documents(), levels), strict=True):
            writes = [
                ReplaceOne({"_id": it}, document, upsert=True) for it, document in documents.items()
            ]
            if writes:
                self.database[name].bulk_write(writes, ordered=False)
        # What stood or was carried over, and doesn't in any week any more.
        empty = sorted(folded.levels.keys() - levels.keys())
        self.database[NAMES[1]].delete_many({"_id": {"$in": empty}})
        self._note(sources)

    def _note(self, sources: Sources) -> Document:
        digests = {name: self._digest(name) for name in NAMES}
        said = {"sources": dict(sources), "made_by": self._made_by}
        note = {"_id": LAST, **said, **digests}
        note["code"] = self._code(note)
        self.notes.replace_one({"_id": LAST}, note, upsert=True)
        return note

    def _noted(self) -> Document | None:
        return self.notes.find_one({"_id": LAST})

    def _note_of_these(self) -> Document | None:
        """The note, if the figures are those of which it speaks."""
        note = self._noted()
        try:
            own = note and hmac.compare_digest(note["code"], self._code(note))
        except UNREADABLE:
            return None
        if not note or not own or note["made_by"] != self._made_by:
            return None
        return note if all(note[name] == self._digest(name) for name in NAMES) else None

    @property
    def _made_by(self) -> list[str]:
        return [PRESENT.version, self.version]

    def _code(self, note: Document) -> str:
        said = {name: value for name, value in note.items() if name != "code"}
        return hmac.new(self.key, canonical.dumps(said), hashlib.sha256).hexdigest()

    def _digest(self, name: str) -> str:
        total = hashlib.sha256()
        for batch in batches(self.database[name], {}, {"_id": ASCENDING}, AT_ONCE):
            total.update(batch)
        return total.hexdigest()


class SealedWeekQuery(WeekQuery):
    """As WeekQuery, of sealed figures, which are made from the facts up to `known`."""

    def __init__(
        self, database: Database[Document], facts: FactStore, rules: Rules, known: Sources
    ) -> None:
        self.rules = rules
        self.facts = facts
        self.figures = FigureCache(database, facts, session=facts.session, names=NAMES)
        self.totals = WholeTotals(self.figures, rules.first_week)
        self._known = known

    def _pending(self) -> FoldedDocuments:
        new = self.facts.distinct_subjects(newer_query(self._known))
        self.folded = self.figures.fold_in_memory(set(new))
        return self.folded
