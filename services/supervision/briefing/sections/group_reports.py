"""The groups' weekly reports: progress, nil reports, and who was silent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.rows import in_order, named, pair, unit_name
from services.supervision.figures.as_of import as_of
from services.supervision.indicators.reporting import GROUP
from shared.contracts.event_times import week_of
from shared.contracts.events.oversight import GROUP_KINDS
from shared.domain.absence import ABSENCE
from shared.domain.periods import Week
from shared.domain.types import Event, Json
from shared.domain.wording import both

PROGRESS, NIL, SILENT = "progress", "nil", "silent"
STATES = {PROGRESS: ("已报进展", "progress"), **{state: ABSENCE[state] for state in (NIL, SILENT)}}
TEXTS = ("done", "planned", "problems")

UNKNOWN_GROUP = pair("未登记的工作组", "a group that isn't registered")


def group_reports(week: FoldedWeek) -> list[Json]:
    """A row for each report of the week, and for each special group that stands at its end and was
    silent; of a longer period, a row for each group. Other groups need not report."""
    rows = _of_week(week) if week.kind is Week else _of_weeks(week)
    order = list(STATES)
    return sorted(
        in_order(rows), key=lambda row: (order.index(row["state"]["code"]), row["name"]["zh"])
    )


def _of_week(week: FoldedWeek) -> list[Json]:
    groups, reports = _groups(week), _reports(week)
    reported = {report["data"]["group"] for report in reports}
    had_to = [group for group in groups.values() if _has_to_report(group)]
    rows = [_row(week, groups.get(report["data"]["group"]), report) for report in reports]
    return rows + [_row(week, group, None) for group in had_to if group["subject"] not in reported]


def _of_weeks(week: FoldedWeek) -> list[Json]:
    """A row for each group: which weeks it reported, and the text of the last progress."""
    groups = _groups(week)
    reports: defaultdict[str, dict[Week, Event]] = defaultdict(dict)
    for report in _reports(week):
        reports[report["data"]["group"]][week_of(report)] = report
    had_to = {group: _weeks_to_report(week, group) for group in groups}
    return [
        _row_of_weeks(week, groups.get(group), reports[group], had_to.get(group, []))
        for group in {*reports, *(group for group, weeks in had_to.items() if weeks)}
    ]


def _groups(week: FoldedWeek) -> dict[str, Event]:
    return {event["subject"]: event for event in week.subjects(GROUP)}


def _reports(week: FoldedWeek) -> list[Event]:
    return week.changed("supervision.group_report", "recorded")


def _weeks_to_report(week: FoldedWeek, group: str) -> list[Week]:
    """The weeks of a longer period at whose end the group stood, from the programme's first on."""
    stood = ((it, as_of(week.groups[group], it)) for it in week.period.weeks())
    return [it for it, event in stood if event and _has_to_report(event) and week.rules.counts(it)]


def _has_to_report(group: Event) -> bool:
    return (group["data"]["kind"], group["data"]["status"]) == ("special", "formed")


def _row(week: FoldedWeek, group: Event | None, report: Event | None) -> Json:
    """At least one of the two is there."""
    found: Json = report["data"] if report else dict.fromkeys(TEXTS)
    state = SILENT if report is None else NIL if found["nil"] else PROGRESS
    orgunit = (group or report or {})["orgunit"]
    return {
        "kind": named(GROUP_KINDS, group["data"]["kind"]) if group else None,
        "name": both(group["data"]["name"]) if group else UNKNOWN_GROUP,
        "unit": unit_name(week, orgunit),
        "state": named(STATES, state),
        **{name: both(found[name]) if found[name] else None for name in TEXTS},
    }


def _row_of_weeks(
    week: FoldedWeek, group: Event | None, reports: Mapping[Week, Event], had_to: Iterable[Week]
) -> Json:
    """At least one of the group and its reports is there."""
    progress = [it for it, report in reports.items() if not report["data"]["nil"]]
    weeks = {
        PROGRESS: progress,
        NIL: [it for it in reports if it not in progress],
        SILENT: [it for it in had_to if it not in reports],
    }
    last = max(progress or reports, default=None)
    return _row(week, group, reports[last] if last else None) | {
        # Of the texts, which are the last ones.
        "week": str(last) if progress else None,
        "weeks": {state: [str(it) for it in sorted(found)] for state, found in weeks.items()},
    }
