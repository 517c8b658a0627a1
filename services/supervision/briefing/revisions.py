"""Revisions: the changes that late facts and corrections make in a published issue."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.supervision.briefing.assemble import WEEK_PARTS, document, draft, fold_week, said
from services.supervision.briefing.edited_points import with_edits
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.figures.fold import contributions, counts
from services.supervision.indicators import rules_of
from services.supervision.indicators.rules import Rules
from shared.contracts.events.briefing import MOST_CAUSES
from shared.domain import canonical
from shared.domain.errors import Conflict
from shared.domain.orgunits import path
from shared.domain.periods import Period
from shared.domain.types import Event, Json

# What a reader reads, beside the figures of units.
READ_PARTS = (
    *("completeness", "headlines", "headline_table", "trends", "league", *WEEK_PARTS),
    *("late_events", "notes"),
)
COMPARED = ("value", "qualifier", "numerator", "denominator")

# Indicator and org unit: which cell it is.
Key = tuple[str, str]


class ChangeCauses:
    """The events that changed a week after its last issue, by the rules of the revision.

    `since` maps each source to the last number that the issue used.
    """

    def __init__(self, period: Period, rules: Rules, since: Mapping[str, int]) -> None:
        self.period = period
        self.rules = rules
        self.since = since
        # Without the event's content, which there may be much of.
        self._causes: defaultdict[Key, dict[str, Json]] = defaultdict(dict)

    def watch(self, subjects: Iterable[list[Event]]) -> Iterator[list[Event]]:
        """Pass the subjects on, after looking at each for causes."""
        for events in subjects:
            self._look_at(events)
            yield events

    def of_cell(self, indicator: str, orgunit: str) -> list[Json]:
        """The events that changed a cell, in the order of their entry."""
        found = self._causes[indicator, orgunit].values()
        ordered = sorted(found, key=lambda event: (event["recordedtime"], event["id"]))
        return ordered[:MOST_CAUSES]

    def _look_at(self, events: list[Event]) -> None:
        known = [event for event in events if not self._is_new(event)]
        if len(known) == len(events):
            return
        before, now = self._counted(known), self._counted(events)
        for key in before.keys() | now.keys():
            if before.get(key) != now.get(key):
                self._add_causes(key, [event for event in events if self._is_new(event)])

    def _add_causes(self, key: Key, events: Iterable[Event]) -> None:
        indicator, orgunit = key
        if indicator not in self.rules.indicators:
            # Not printed, so no cell of it changes.
            return
        feeds = self.rules.indicators[indicator].feeds
        for event in events:
            if event["type"] in feeds:
                reference = _reference(event)
                for unit in path(orgunit):
                    self._causes[indicator, unit][event["id"]] = reference

    def _is_new(self, event: Event) -> bool:
        return bool(event["sourcesequence"] > self.since[event["source"].rsplit("/", 1)[1]])

    def _counted(self, events: list[Event]) -> dict[Key, Any]:
        return {
            (item.indicator, item.orgunit): item.value
            for item in contributions(events, self.rules, type(self.period))
            if item.counts_in(self.period) and counts(item, self.rules)
        }


def fold_with_causes(
    period: Period, rules: Rules, subjects: Iterable[list[Event]], since: Mapping[str, int]
) -> tuple[FoldedWeek, ChangeCauses]:
    """The folded week, and the causes of its changes after `since` (source → number)."""
    causes = ChangeCauses(period, rules, since)
    return fold_week(period, rules, causes.watch(subjects)), causes


def issue_document(
    period: Period,
    subjects: Iterable[list[Event]],
    freeze: Json,
    masthead: Json,
    before: Json | None = None,
    last_week: Json | None = None,
    edits: Iterable[Json] = (),
) -> Json:
    """The whole document of an issue, made from these facts by the rules that `freeze` names and by
    the present renderer.

    `before` is the document that it replaces: the changes are listed with their causes. `last_week`
    is the issue of the week before that `freeze` names. `edits` are the main points that a person
    has put in other words.
    """
    since = before["freeze"]["sources"] if before else freeze["sources"]
    week, causes = fold_with_causes(period, rules_of(freeze), subjects, since)
    made = draft_issue(week, freeze, causes, before, last_week, edits)
    return document(made, masthead)


def draft_issue(
    week: FoldedWeek,
    freeze: Json,
    causes: ChangeCauses,
    before: Json | None,
    last_week: Json | None = None,
    edits: Iterable[Json] = (),
) -> Json:
    """The draft of a week; with the document `before`, of a revision that changes it. `last_week`
    is the issue of the week before that `freeze` names.

    Raises Conflict before the registry is loaded.
    """
    if not week.has_district:
        raise Conflict({"kind": "briefing", "reason": "the registry of org units is empty"})
    made = with_edits(draft(week, freeze, last_week), edits)
    if before is None:
        return made
    rules = before["freeze"]["rules"]
    return made | {
        "late": changes(before["cells"], made["cells"], causes),
        "changed_parts": parts_read_differently(before, made),
        "rules_before": rules if rules != freeze["rules"] else None,
    }


def changes(printed: Iterable[Json], cells: Iterable[Json], causes: ChangeCauses) -> list[Json]:
    """Every figure that differs from the one `printed` in the last issue: old → new."""
    before = {(cell["indicator"], cell["orgunit"]): cell for cell in printed}
    now = {(cell["indicator"], cell["orgunit"]): cell for cell in cells}
    return [
        {
            "indicator": key[0],
            "orgunit": key[1],
            "old": _short(before.get(key)),
            "new": _short(now.get(key)),
            "because": causes.of_cell(*key),
        }
        for key in sorted(before.keys() | now.keys())
        if _compared(before.get(key)) != _compared(now.get(key))
    ]


def changed_parts(printed: Json, body: Json) -> list[str]:
    """The parts of the period's own content, beside its figures, that are different. Periods before
    it don't matter."""
    return [part for part in WEEK_PARTS if not _same(printed, body, part)]


def parts_read_differently(printed: Json, made: Json) -> list[str] | None:
    """Every part that reads differently in a revision, beside the figures of units. None where the
    issue before was made in the words of another renderer."""
    # Issues of the first renderer don't name it.
    before, now = (issue["freeze"].get("renderer") for issue in (printed, made))
    if before is None or before != now:
        return None
    return [part for part in READ_PARTS if not _same(printed, made, part)]


def _same(printed: Json, now: Json, part: str) -> bool:
    """Compared in their printed form: JSON that was read back has lists in place of tuples."""
    return canonical.dumps(said(printed, part)) == canonical.dumps(said(now, part))


def _compared(cell: Json | None) -> list[Any] | None:
    return [cell[name] for name in COMPARED] if cell else None


def _short(cell: Json | None) -> Json | None:
    return {name: cell[name] for name in ("value", "qualifier", "unit")} if cell else None


def _reference(event: Event) -> Json:
    reason = event["data"].get("reason")
    return {name: event[name] for name in ("id", "type", "recordedtime")} | {
        "reason": reason if isinstance(reason, str) else None
    }
