"""What the office follows: overdue work, findings to rectify, actions, commitments, practices."""

from services.supervision.briefing.sections.oversight import finding, group_names
from services.supervision.briefing.sections.rows import both, in_order, named, pair, unit_name
from shared.contracts.events.oversight import ACTION_STATUSES, COMMITMENT_STATUSES
from shared.contracts.events.relief import ORDER_CATEGORIES

KINDS = {
    "order": pair("诉求", "order"),
    "finding": pair("问题", "finding"),
    "action": pair("交办事项", "action"),
}

# What can still become overdue; what is on account can't be solved now, and everybody knows it.
WORKED_ON = ("reported", "dispatched")

STANDINGS = {
    "done": ("完成", "done"),
    "late": ("逾期", "late"),
    "carried": ("延续", "carried over"),
    "open": ("办理中", "open"),
    "dropped": ("取消", "dropped"),
}


def overdue(week):
    """Orders, findings and actions past their day, oldest first, with who is responsible."""
    rows = [
        *(_order(week, event) for event in week.events_of("relief.orders_overdue")),
        *_findings(week),
        *_actions(week),
    ]
    return in_order(rows, "due", "orgunit")


def _order(week, event):
    data = event["data"]
    claimed = sorted({part["claimed_by"] for part in data["items"] if part.get("claimed_by")})
    category = named(ORDER_CATEGORIES, data["category"])
    return _overdue(week, event, "order", category, claimed)


def _findings(week):
    for event in week.of("supervision.finding", *WORKED_ON):
        if _has_passed(week, event["data"]["due"]):
            responsible = event["data"]["responsible"]
            yield _overdue(
                week,
                event,
                "finding",
                both(event["data"]["what"]),
                [responsible] * bool(responsible),
            )


def _actions(week):
    for event in week.of("supervision.action", "assigned"):
        data = event["data"]
        if _has_passed(week, data["due"]):
            yield _overdue(week, event, "action", both(data["what"]), [data["responsible"]])


def _overdue(week, event, kind, what, responsible):
    return {
        "kind": KINDS[kind],
        "orgunit": event["orgunit"],
        "unit": unit_name(week, event["orgunit"]),
        "what": what,
        "due": event["data"]["due"],
        "responsible": responsible,
    }


def _has_passed(week, day):
    """The last day of a limit belongs to it."""
    return day is not None and day <= week.period.last_day.isoformat()


def rectification(week):
    """Named for rectification: every finding that isn't closed, the oldest limit first."""
    found = week.of("supervision.finding", "reported", "dispatched", "rectified", "on_account")
    rows = [
        finding(week, event)
        | {
            "overdue": event["data"]["status"] in WORKED_ON
            and _has_passed(week, event["data"]["due"])
        }
        for event in found
    ]
    return in_order(rows, "due", "orgunit")


def practices(week):
    """Good practices recognised in the week."""
    rows = [
        {
            "orgunit": event["orgunit"],
            "unit": unit_name(week, event["orgunit"]),
            "what": both(event["data"]["what"]),
        }
        for event in week.changed("supervision.practice", "recorded")
    ]
    return in_order(rows, "orgunit")


def actions(week):
    """Actions that were closed in the week, and all that are open: they are printed every week."""
    names = group_names(week)
    return in_order([_action(week, event, names) for event in week.of("supervision.action")], "due")


def _action(week, event, names):
    data = event["data"]
    return {
        "orgunit": event["orgunit"],
        "what": both(data["what"]),
        "responsible": data["responsible"],
        "group": names.get(data["group"]),
        "assigned_on": data["assigned_on"],
        "first_due": data["first_due"],
        "due": data["due"],
        "closed_on": data["closed_on"],
        "outcome": both(data["outcome"]) if data["outcome"] else None,
        "status": named(ACTION_STATUSES, data["status"]),
        "standing": named(STANDINGS, _standing(week, data)),
    }


def _standing(week, data):
    if data["status"] != "assigned":
        return data["status"]
    if _has_passed(week, data["due"]):
        return "late"
    return "carried" if data["due"] > data["first_due"] else "open"


def commitments(week):
    """What units announced: open, or kept or dropped in the week."""
    rows = [
        {
            "orgunit": event["orgunit"],
            "unit": unit_name(week, event["orgunit"]),
            "what": both(event["data"]["what"]),
            "status": named(COMMITMENT_STATUSES, event["data"]["status"]),
            **{
                name: event["data"][name] for name in ("announced_on", "due", "closed_on", "reason")
            },
            "late": event["data"]["status"] == "open" and _has_passed(week, event["data"]["due"]),
        }
        for event in week.of("supervision.commitment")
    ]
    return in_order(rows, "due", "orgunit")
