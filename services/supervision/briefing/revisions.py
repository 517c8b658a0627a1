"""Revisions: what late facts and corrections change in a published issue, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.supervision.briefing.assemble import OF_THE_WEEK, document, draft, fold_week
from services.supervision.briefing.week import Week
from services.supervision.figures.fold import contributions
from services.supervision.indicators import INDICATORS
from shared.aggregates.orgunit_store import path
from shared.contracts.events.supervision import MOST_CAUSES
from shared.domain import canonical
from shared.domain.errors import Conflict
from shared.domain.periods import Period
from shared.domain.types import Event, Json

COMPARED = ("value", "qualifier", "numerator", "denominator")

# Indicator and org unit: which cell it is.
Key = tuple[str, str]


class News:
    """The events behind the changes of a week: those that its last issue didn't know.

    `since` maps each source to the last number that issue used.
    """

    def __init__(self, period: Period, since: Mapping[str, int]) -> None:
        self.period = period
        self.since = since
        self._causes: defaultdict[Key, dict[str, Event]] = defaultdict(dict)

    def watch(self, subjects: Iterable[list[Event]]) -> Iterator[list[Event]]:
        """The subjects as they come, each looked at on its way."""
        for events in subjects:
            self._look_at(events)
            yield events

    def because(self, indicator: str, orgunit: str) -> list[Json]:
        """The events that changed a cell, the earliest entered first."""
        found = self._causes[indicator, orgunit].values()
        ordered = sorted(found, key=lambda event: (event["recordedtime"], event["id"]))
        return [_told(event) for event in ordered[:MOST_CAUSES]]

    def _look_at(self, events: list[Event]) -> None:
        known = [event for event in events if not self._is_new(event)]
        if len(known) == len(events):
            return
        before, now = self._counted(known), self._counted(events)
        for key in before.keys() | now.keys():
            if before.get(key) != now.get(key):
                self._blame(key, [event for event in events if self._is_new(event)])

    def _blame(self, key: Key, events: Iterable[Event]) -> None:
        indicator, orgunit = key
        for event in events:
            if event["type"] in INDICATORS[indicator].feeds:
                for unit in path(orgunit):
                    self._causes[indicator, unit][event["id"]] = event

    def _is_new(self, event: Event) -> bool:
        return bool(event["sourcesequence"] > self.since[event["source"].rsplit("/", 1)[1]])

    def _counted(self, events: list[Event]) -> dict[Key, Any]:
        return {
            (item.indicator, item.orgunit): item.value
            for item in contributions(events)
            if item.counts_in(self.period)
        }


def fold_with_news(
    period: Period, subjects: Iterable[list[Event]], since: Mapping[str, int]
) -> tuple[Week, News]:
    """The week folded, and the News since `since`."""
    news = News(period, since)
    return fold_week(period, news.watch(subjects)), news


def issue_document(
    period: Period,
    subjects: Iterable[list[Event]],
    freeze: Json,
    masthead: Json,
    before: Json | None = None,
) -> Json:
    """The whole document of an issue, made from exactly these facts.

    `before` is the document that it replaces: what differs from it is listed with its reasons.
    """
    since = before["freeze"]["sources"] if before else freeze["sources"]
    week, news = fold_with_news(period, subjects, since)
    made: Json = document(drafted(week, freeze, news, before), masthead)
    return made


def drafted(week: Week, freeze: Json, news: News, before: Json | None) -> Json:
    """The draft of a week: of a revision, with what differs from the document `before`.

    Raises Conflict for a week that knows no district.
    """
    if week.district is None:
        raise Conflict({"kind": "briefing", "reason": "the registry of org units is empty"})
    made: Json = draft(week, freeze)
    return made | {"late": changes(before["cells"], made["cells"], news) if before else []}


def changes(printed: Iterable[Json], cells: Iterable[Json], news: News) -> list[Json]:
    """Every figure that reads differently from the one `printed` in the last issue: old → new."""
    before = {(cell["indicator"], cell["orgunit"]): cell for cell in printed}
    now = {(cell["indicator"], cell["orgunit"]): cell for cell in cells}
    return [
        {
            "indicator": key[0],
            "orgunit": key[1],
            "old": _short(before.get(key)),
            "new": _short(now.get(key)),
            "because": news.because(*key),
        }
        for key in sorted(before.keys() | now.keys())
        if _compared(before.get(key)) != _compared(now.get(key))
    ]


def worded_differently(printed: Json, body: Json) -> list[str]:
    """The parts of the week's own content, beside its figures, that read differently. Weeks before
    it don't matter."""
    return [part for part in OF_THE_WEEK if not _same(printed[part], body[part])]


def _same(printed: Any, now: Any) -> bool:
    """Compared as they are printed: what was read back has lists for tuples."""
    return canonical.dumps(printed) == canonical.dumps(now)


def _compared(cell: Json | None) -> list[Any] | None:
    return [cell[name] for name in COMPARED] if cell else None


def _short(cell: Json | None) -> Json | None:
    return {name: cell[name] for name in ("value", "qualifier", "unit")} if cell else None


def _told(event: Event) -> Json:
    reason = event["data"].get("reason")
    return {name: event[name] for name in ("id", "type", "recordedtime")} | {
        "reason": reason if isinstance(reason, str) else None
    }
