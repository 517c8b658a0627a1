"""The programme's own set-up: its plan, its groups with their vacancies, its platforms."""

from services.supervision.briefing.sections.rows import both, in_order, named, pair, unit_name
from shared.contracts.events.oversight import (
    GROUP_KINDS,
    GROUP_PARTS,
    MILESTONE_STATUSES,
    PLAN_STATUSES,
    RHYTHMS,
)

UNKNOWN_PLATFORM = pair("未登记的平台", "a platform that isn't registered")


def groups(week):
    """The plan, the groups, and how many special groups have no name yet: of the plan's number
    those that are missing are vacancies, and are said."""
    plan = _plan(week)
    rows = [_group(week, event) for event in week.of("supervision.group", "formed")]
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
    }


def _plan(week):
    """The district's plan as it stands; of several units' plans the one of the highest unit."""
    found = [_plan_row(event) for event in week.of("supervision.plan")]
    return min(in_order(found), key=lambda row: len(row["orgunit"]), default=None)


def _plan_row(event):
    data = event["data"]
    return {
        "orgunit": event["orgunit"],
        "name": both(data["name"]),
        "status": named(PLAN_STATUSES, data["status"]),
        "version": event["subjectsequence"],
        "special_groups": data["special_groups"],
        "functional_groups": data["functional_groups"],
        "rhythm": [
            {"every": named(RHYTHMS, row["every"]), "what": both(row["what"])}
            for row in data["rhythm"]
        ],
    }


def _group(week, event):
    data = event["data"]
    mine = {event["subject"], data["code"]}
    actions = [it for it in week.of("supervision.action") if it["data"]["group"] in mine]
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
    }


def _is_vacant(data, part):
    """Only a special group has to have all its parts."""
    return data["kind"] == "special" and not data[part]


def platforms(week):
    """Each platform with its milestones, and how many of them are done."""
    names = {event["subject"]: event for event in week.of("supervision.platform")}
    found = {identity: [] for identity in names}
    for event in week.of("supervision.milestone"):
        found.setdefault(event["data"]["platform"], []).append(_milestone(week, event))
    rows = [_platform(names.get(identity), rows) for identity, rows in found.items()]
    return in_order(rows, "orgunit")


def _platform(event, milestones):
    wanted = [row for row in milestones if row["status"]["code"] != "dropped"]
    return {
        "orgunit": event["orgunit"] if event else None,
        "name": both(event["data"]["name"]) if event else UNKNOWN_PLATFORM,
        "done": sum(row["status"]["code"] == "done" for row in wanted),
        "of": len(wanted),
        "milestones": in_order(milestones, "target"),
    }


def _milestone(week, event):
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
