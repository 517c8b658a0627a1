"""What was planned for a longer period, and what came of it; and what was done without a plan."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.period_words import of_kind
from services.supervision.briefing.sections.announced import ANNOUNCED, KINDS
from services.supervision.briefing.sections.follow_up import KINDS as FOLLOWED
from services.supervision.briefing.sections.rows import Words, pair
from shared.domain.periods import Period
from shared.domain.types import Event, Json
from shared.domain.wording import LANGUAGES

# Service → the indicator that counts what it announces once it was held.
HELD = {
    "volunteering": "volunteering.activities_completed",
    "clinics": "clinics.clinics_held",
    "jobfairs": "jobfairs.fairs_held",
}
MILESTONE = pair("平台节点", "milestone of a platform")
OUTCOMES = ("done", "postponed", "cancelled", "not_done")
_POINT = (
    (
        "计划事项：{this}%(planned)s项，完成%(done)s项，延至{this}后%(postponed)s项，取消%(cancelled)s项，"
        "未完成%(not_done)s项；计划外完成%(unplanned)s项"
    ),
    (
        "planned for {this}: %(planned)s; done: %(done)s, postponed beyond it: %(postponed)s,"
        " cancelled: %(cancelled)s, not done: %(not_done)s; done without a plan: %(unplanned)s"
    ),
)
CALLED_OFF = ("cancelled", "dropped", "withdrawn")


class _Subject(NamedTuple):
    """Something with a day that it was planned for: the first one, and the last one."""

    days: tuple[str | None, ...]
    is_done: bool
    is_called_off: bool


def planned(week: FoldedWeek) -> list[Json]:
    """A row for each kind of thing that has a day: how many were planned for the period, by what
    came of them, and how many were done in it that weren't planned for it."""
    return [
        *(_row(week, kind, subjects) for kind, subjects in _announced(week)),
        _row(week, MILESTONE, _milestones(week)),
        _row(week, FOLLOWED["action"], _actions(week)),
    ]


def point(kind: type[Period], rows: Collection[Json]) -> Json:
    """The main point: what came of everything that was planned for the period."""
    sums = {name: sum(row[name] for row in rows) for name in ("planned", *OUTCOMES, "unplanned")}
    return {"indicator": None} | {
        lang: of_kind(text, kind, lang) % sums for lang, text in zip(LANGUAGES, _POINT, strict=True)
    }


def _announced(week: FoldedWeek) -> Iterator[tuple[Words, Iterable[_Subject]]]:
    for service, indicator in HELD.items():
        entity, _ = ANNOUNCED[service]
        held = {event["subject"] for event in week.counted_events(indicator)}
        yield KINDS[entity], [_occasion(event, held) for event in week.subjects(entity)]


def _occasion(event: Event, held: set[str]) -> _Subject:
    data = event["data"]
    days = data.get("first_planned_for"), data["planned_for"]
    return _Subject(days, event["subject"] in held, data["status"] in CALLED_OFF)


def _milestones(week: FoldedWeek) -> Iterable[_Subject]:
    for event in week.subjects("supervision.milestone"):
        data, target = event["data"], event["data"]["target"]
        is_done = data["status"] == "done"
        # One that was reached before the period is done with, unless it was planned for it.
        if not is_done or week.contains(event) or _is_within(week, target):
            yield _Subject((target,), is_done, data["status"] in CALLED_OFF)


def _actions(week: FoldedWeek) -> Iterable[_Subject]:
    for event in week.subjects("supervision.action"):
        data = event["data"]
        days = data["first_due"], data["due"]
        yield _Subject(days, data["status"] == "done", data["status"] in CALLED_OFF)


def _row(week: FoldedWeek, kind: Words, subjects: Iterable[_Subject]) -> Json:
    counts = dict.fromkeys((*OUTCOMES, "unplanned"), 0)
    for subject in subjects:
        if any(_is_within(week, day) for day in subject.days):
            counts[_outcome(week, subject)] += 1
        elif subject.is_done:
            counts["unplanned"] += 1
    return {"kind": kind, "planned": sum(counts[name] for name in OUTCOMES), **counts}


def _outcome(week: FoldedWeek, subject: _Subject) -> str:
    if subject.is_done:
        return "done"
    if subject.is_called_off:
        return "cancelled"
    # Without a later day, nobody has said that it will still be done.
    last = subject.days[-1]
    return "postponed" if last and last > week.period.last_day.isoformat() else "not_done"


def _is_within(week: FoldedWeek, day: str | None) -> bool:
    period = week.period
    return day is not None and period.first_day.isoformat() <= day <= period.last_day.isoformat()
