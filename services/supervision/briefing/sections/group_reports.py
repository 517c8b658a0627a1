"""The groups' reports of the week: progress, nil reports, and who was silent."""

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.rows import in_order, named, pair, unit_name
from shared.contracts.events.oversight import GROUP_KINDS
from shared.domain.absence import ABSENCE
from shared.domain.types import Event, Json
from shared.domain.wording import both

PROGRESS, NIL, SILENT = "progress", "nil", "silent"
STATES = {PROGRESS: ("已报进展", "progress"), **{state: ABSENCE[state] for state in (NIL, SILENT)}}
TEXTS = ("done", "planned", "problems")

UNKNOWN_GROUP = pair("未登记的工作组", "a group that isn't registered")


def group_reports(week: FoldedWeek) -> list[Json]:
    """A row for each report, and for each special group that stands at the week's end and was
    silent. Other groups need not report."""
    groups = {event["subject"]: event for event in week.subjects("supervision.group")}
    reports = week.changed("supervision.group_report", "recorded")
    reported = {report["data"]["group"] for report in reports}
    had_to = [group for group in groups.values() if _has_to_report(group)]
    rows = [_row(week, groups.get(report["data"]["group"]), report) for report in reports]
    rows += [_row(week, group, None) for group in had_to if group["subject"] not in reported]
    order = list(STATES)
    return sorted(
        in_order(rows), key=lambda row: (order.index(row["state"]["code"]), row["name"]["zh"])
    )


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
