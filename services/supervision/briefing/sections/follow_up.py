"""Follow-up: overdue work, findings to rectify, actions, commitments; and good practices."""

from collections.abc import Iterator, Mapping
from datetime import date

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.oversight import finding, group_names
from services.supervision.briefing.sections.rows import (
    Words,
    due_note,
    in_order,
    named,
    pair,
    unit_name,
)
from shared.contracts.events.oversight import ACTION_STATUSES, COMMITMENT_STATUSES
from shared.contracts.events.relief import ORDER_CATEGORIES
from shared.domain.types import Event, Json
from shared.domain.wording import both

KINDS = {
    "order": pair("诉求", "order"),
    "finding": pair("问题", "finding"),
    "action": pair("交办事项", "action"),
}

# Order status → who is waited for, where it isn't the department that claimed the order.
WAITING_FOR = {
    "raised": pair("等待部门认领", "waiting for a department to claim it"),
    "delivered": pair("已送达，等待居民确认", "delivered, waiting for the resident to confirm"),
}

# Statuses in which a finding can become overdue: one that is on account can't be solved now.
WORKED_ON = ("reported", "dispatched")

NOT_CLOSED = (*WORKED_ON, "rectified", "on_account")

STANDINGS = {
    "done": ("完成", "done"),
    "late": ("逾期", "late"),
    "carried": ("延续", "carried over"),
    "open": ("办理中", "open"),
    "dropped": ("取消", "dropped"),
}


def overdue(week: FoldedWeek) -> list[Json]:
    """Orders, findings and actions past their due day, oldest first, with who is responsible."""
    rows = [
        *(_order(week, event) for event in week.counted_events("relief.orders_overdue")),
        *_findings(week),
        *_actions(week),
    ]
    return in_order(rows, "due", "orgunit")


def open_orders(week: FoldedWeek) -> list[Json]:
    """Orders that are open and not overdue, the earliest promise first, with who is waited for."""
    overdue_ones = {event["subject"] for event in week.counted_events("relief.orders_overdue")}
    found = week.counted_events("relief.orders_open")
    rows = [_order(week, event) for event in found if event["subject"] not in overdue_ones]
    return in_order(rows, "due", "orgunit")


def _order(week: FoldedWeek, event: Event) -> Json:
    data = event["data"]
    waiting = WAITING_FOR.get(data["status"])
    claimed = {part["claimed_by"] for part in data["items"] if part.get("claimed_by")}
    responsible = [] if waiting else sorted(claimed)
    category = named(ORDER_CATEGORIES, data["category"])
    return _overdue(week, event, "order", category, responsible) | {"waiting_for": waiting}


def _findings(week: FoldedWeek) -> Iterator[Json]:
    for event in week.subjects("supervision.finding", *WORKED_ON):
        if _has_passed(week, event["data"]["due"]):
            responsible = event["data"]["responsible"]
            yield _overdue(
                week,
                event,
                "finding",
                both(event["data"]["what"]),
                [responsible] * bool(responsible),
            )


def _actions(week: FoldedWeek) -> Iterator[Json]:
    for event in week.subjects("supervision.action", "assigned"):
        data = event["data"]
        if _has_passed(week, data["due"]):
            yield _overdue(week, event, "action", both(data["what"]), [data["responsible"]])


def _overdue(
    week: FoldedWeek, event: Event, kind: str, what: Words, responsible: list[str]
) -> Json:
    return {
        "kind": KINDS[kind],
        "orgunit": event["orgunit"],
        "unit": unit_name(week, event["orgunit"]),
        "what": what,
        "due": event["data"]["due"],
        "days_late": _days_late(week, event["data"]["due"]),
        "responsible": responsible,
        "waiting_for": None,
        # Delivered: only the resident's word is missing.
        "unconfirmed": kind == "order" and event["data"]["status"] == "delivered",
        **due_note(event["data"]),
    }


def _days_late(week: FoldedWeek, due: str) -> int:
    """Calendar days from the due day to the week's last one; 0 where it isn't over."""
    return max(0, (week.period.last_day - date.fromisoformat(due)).days)


def _has_passed(week: FoldedWeek, day: str | None) -> bool:
    """Was `day` over at the week's end? The due day itself is still in time."""
    return day is not None and day <= week.period.last_day.isoformat()


def rectification(week: FoldedWeek) -> list[Json]:
    """Named for rectification: every finding that isn't closed, the earliest due day first."""
    found = week.subjects("supervision.finding", *NOT_CLOSED)
    rows = [
        finding(week, event)
        | {
            "overdue": event["data"]["status"] in WORKED_ON
            and _has_passed(week, event["data"]["due"])
        }
        for event in found
    ]
    return in_order(rows, "due", "orgunit")


def rectified(week: FoldedWeek) -> list[Json]:
    """The findings that were closed in the period."""
    found = week.changed("supervision.finding", "closed")
    return in_order([finding(week, event) for event in found], "closed_on", "orgunit")


def practices(week: FoldedWeek) -> list[Json]:
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


def actions(week: FoldedWeek) -> list[Json]:
    """All open actions, and those that were closed in the week."""
    names = group_names(week)
    rows = [_action(week, event, names) for event in week.subjects("supervision.action")]
    return in_order(rows, "due")


def _action(week: FoldedWeek, event: Event, names: Mapping[str, Words]) -> Json:
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


def _standing(week: FoldedWeek, data: Json) -> str:
    status: str = data["status"]
    if status != "assigned":
        return status
    if _has_passed(week, data["due"]):
        return "late"
    return "carried" if data["due"] > data["first_due"] else "open"


def commitments(week: FoldedWeek) -> list[Json]:
    """All open commitments, and those that were kept or dropped in the week."""
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
        for event in week.subjects("supervision.commitment")
    ]
    return in_order(rows, "due", "orgunit")
