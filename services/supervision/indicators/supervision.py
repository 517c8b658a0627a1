"""Supervision's own indicators: findings, milestones, actions."""

from services.supervision.indicators.declare import (
    THINGS,
    Indicator,
    one,
    types,
    while_in,
    with_corrections,
)
from shared.contracts.events.oversight import FINDING_STATUSES

SUPERVISION = [
    Indicator(
        "supervision.findings_reported",
        "finding",
        "上报问题",
        "findings reported",
        "{this}上报的问题数，重复和撤回的除外",
        "findings reported in the {period}, without duplicates and those taken back",
        types("supervision.finding", "reported", "corrected"),
        one(
            "finding",
            *(status for status in FINDING_STATUSES if status not in ("duplicate", "withdrawn")),
        ),
        counts=THINGS,
    ),
    Indicator(
        "supervision.findings_closed",
        "finding",
        "销号问题",
        "findings closed",
        "{this}销号且未重启的问题数；整改由他人复核后方可销号",
        "findings closed in the {period}, by someone who did not rectify them, and not reopened",
        types("supervision.finding", "closed", "reopened"),
        one("finding", "closed"),
        counts=THINGS,
    ),
    *with_corrections(
        Indicator(
            "supervision.milestones_reached",
            "milestone",
            "完成节点",
            "milestones reached",
            "{this}完成的平台建设节点数",
            "milestones of platforms reached in the {period}",
            types("supervision.milestone", "reached", "corrected"),
            one("milestone", "done"),
            counts=THINGS,
        ),
        frozenset(),
    ),
    *with_corrections(
        Indicator(
            "supervision.actions_open",
            "action",
            "未办结事项",
            "actions open",
            "截至{end}尚未办结的会议交办事项数",
            "actions assigned by meetings and not closed at {end}",
            types("supervision.action", "assigned", "carried", "closed"),
            one("action"),
            since=while_in("assigned"),
            counts=THINGS,
        ),
        types("supervision.action", "corrected"),
    ),
]
