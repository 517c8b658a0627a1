"""The programme's organisation: its plan, its groups with their vacancies, its platforms."""

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.group_reports import group_reports
from services.supervision.briefing.sections.rows import in_order, named, pair, unit_name
from shared.contracts.events.oversight import (
    GROUP_KINDS,
    GROUP_PARTS,
    MILESTONE_STATUSES,
    PLAN_STATUSES,
    RHYTHMS,
)
from shared.domain.types import Event, Json
from shared.domain.wording import both

UNKNOWN_PLATFORM = pair("未登记的平台", "a platform that isn't registered")


def groups(week: FoldedWeek) -> Json:
    """The plan, the groups with their reports of the week, and the number of special groups that
    the plan counts and that aren't named yet: these are vacancies too."""
    plan = _plan(week)
    rows = [_group(week, event) for event in week.subjects("supervision.group", "formed")]
    special = sum(row["kind"]["code"] == "special" for row in rows)
    planned = plan["special_groups"] if plan else None
    return {
        "plan": plan,
        "rows": sorted(
            in_order(rows), key=lambda row: list(GROUP_KINDS).index(row["kind"]["code"])
        ),
        "special": {
            "planned": planned,
            "named": special,
            "not_yet_named": max(0, (planned or 0) - special),
        },
        "reports": group_reports(week),
    }


def _plan(week: FoldedWeek) -> Json | None:
    """The plan in force; where several units have one, that of the highest unit."""
    found = [_plan_row(week, event) for event in week.subjects("supervision.plan")]
    return min(in_order(found), key=lambda row: len(row["orgunit"]), default=None)


def _plan_row(week: FoldedWeek, event: Event) -> Json:
    data = event["data"]
    return {
        "orgunit": event["orgunit"],
        "name": both(data["name"]),
        "status": named(PLAN_STATUSES, data["status"]),
        "version": event["subjectsequence"],
        "special_groups": data["special_groups"],
        "functional_groups": data["functional_groups"],
        "this_week": week.contains(event),
        "rhythm": [
            {"every": named(RHYTHMS, row["every"]), "what": both(row["what"])}
            for row in data["rhythm"]
        ],
    }


def _group(week: FoldedWeek, event: Event) -> Json:
    data = event["data"]
    mine = {event["subject"], data["code"]}
    actions = [it for it in week.subjects("supervision.action") if it["data"]["group"] in mine]
    statuses = [action["data"]["status"] for action in actions]
    return {
        "kind": named(GROUP_KINDS, data["kind"]),
        "name": both(data["name"]),
        "unit": unit_name(week, event["orgunit"]),
        "responsible_unit": data["responsible_unit"],
        "responsible_person": data["responsible_person"],
        "member_units": data["member_units"],
        "duties": [both(duty) for duty in data["duties"]],
        "staff": both(data["staff"]) if data["staff"] else None,
        "vacant": [named(GROUP_PARTS, part) for part in GROUP_PARTS if _is_vacant(data, part)],
        "actions": {"open": statuses.count("assigned"), "done": statuses.count("done")},
        "this_week": any(map(week.contains, [event, *actions])),
    }


def _is_vacant(data: Json, part: str) -> bool:
    """Only a special group has to have all parts."""
    return data["kind"] == "special" and not data[part]


def platforms(week: FoldedWeek) -> list[Json]:
    """Each platform with its milestones, and how many of them are done."""
    names = {event["subject"]: event for event in week.subjects("supervision.platform")}
    found: dict[str, list[Json]] = {identity: [] for identity in names}
    for event in week.subjects("supervision.milestone"):
        found.setdefault(event["data"]["platform"], []).append(_milestone(week, event))
    rows = [_platform(week, names.get(identity), rows) for identity, rows in found.items()]
    return in_order(rows, "orgunit")


def _platform(week: FoldedWeek, event: Event | None, milestones: list[Json]) -> Json:
    counted = [row for row in milestones if row["status"]["code"] != "dropped"]
    return {
        "orgunit": event["orgunit"] if event else None,
        "name": both(event["data"]["name"]) if event else UNKNOWN_PLATFORM,
        "done": sum(row["status"]["code"] == "done" for row in counted),
        "of": len(counted),
        "milestones": in_order(milestones, "target"),
        "this_week": bool(event and week.contains(event))
        or any(row["this_week"] for row in milestones),
    }


def _milestone(week: FoldedWeek, event: Event) -> Json:
    data = event["data"]
    return {
        "what": both(data["what"]),
        "status": named(MILESTONE_STATUSES, data["status"]),
        "count": data["count"],
        "target": data["target"],
        "reached_on": data["reached_on"],
        "reason": data["reason"],
        "this_week": week.contains(event),
    }
