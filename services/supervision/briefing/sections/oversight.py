"""The office's own week: patrols, findings that changed, patrol teams, meetings."""

from collections.abc import Iterator

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.rows import (
    CLAUSE,
    Words,
    counted,
    due_note,
    figure,
    in_order,
    item,
    joined,
    labelled,
    named,
    pair,
    plain,
    reason,
    unit_name,
)
from shared.contracts.events.oversight import (
    FINDING_KINDS,
    FINDING_STATUSES,
    MEETING_KINDS,
    PATROL_KINDS,
    PATROL_TEAM_STATUSES,
    RHYTHMS,
)
from shared.domain.types import Event, Json
from shared.domain.wording import both

DAYS = {
    "reported_on": pair("上报", "reported"),
    "rectified_on": pair("整改", "rectified"),
    "closed_on": pair("销号", "closed"),
}


def patrols(week: FoldedWeek) -> list[Json]:
    found = week.changed("supervision.patrol", "recorded")
    return in_order([_patrol(week, event) for event in found], "held_on", "orgunit")


def _patrol(week: FoldedWeek, event: Event) -> Json:
    data = event["data"]
    kind, found = named(PATROL_KINDS, data["kind"]), figure(data["findings"])
    every = named(RHYTHMS, data["every"]) if data["every"] else None
    summary = [
        counted(pair("发现问题", "findings"), found, noun=True),
        every and labelled(pair("频次", "how often"), every),
        pair("事先不通知", "unannounced") if data["unannounced"] else None,
    ]
    nil = (found["value"], found["qualifier"]) == ("0", "exact")
    details = [
        joined(*summary, mark=CLAUSE),
        both(data["what"]) if data["what"] else None,
        pair("零报告：已巡查，未发现问题", "nil report: patrolled, nothing found") if nil else None,
    ]
    return item(
        week, event, "patrol", kind, details, patrol=kind, every=every, figures={"findings": found}
    )


def findings(week: FoldedWeek) -> list[Json]:
    found = week.changed("supervision.finding")
    return in_order([finding(week, event) for event in found], "reported_on", "orgunit")


def _progress(kind: Words, days: list[Words]) -> Words | None:
    """The kind, where there is one, and the days; None where neither is known."""
    known = [*([kind] if kind["code"] != "other" else []), *days]
    return joined(*known, mark=CLAUSE) if known else None


def finding(week: FoldedWeek, event: Event) -> Json:
    """One finding and its progress."""
    data = event["data"]
    kind, status = named(FINDING_KINDS, data["kind"]), named(FINDING_STATUSES, data["status"])
    what, unit = both(data["what"]), unit_name(week, event["orgunit"])
    days = [
        joined(label, data[name], mark=plain(" ")) for name, label in DAYS.items() if data[name]
    ]
    return {
        "kind": "finding",
        "orgunit": event["orgunit"],
        "unit": unit,
        "said": joined(unit, what, status),
        "details": [line for line in (_progress(kind, days), *_remarks(data)) if line],
        "finding": kind,
        "what": what,
        "status": status,
        "asset": data["asset"],
        "due": data["due"],
        "responsible": data["responsible"],
        "repeat": data["repeat_of"] is not None,
        "reopened": data["reopened"],
        "reason": data["reason"],
        **{name: data[name] for name in DAYS},
        **due_note(data),
    }


def _remarks(data: Json) -> Iterator[Words]:
    if data["asset"]:
        yield labelled(pair("位置", "where"), plain(data["asset"]))
    if data["repeat_of"]:
        yield pair("同一位置重复出现", "found at the same place before")
    if data["reopened"]:
        yield pair(f"重启 {data['reopened']}次", f"reopened, times: {data['reopened']}")
    if data["reason"]:
        yield reason(data["reason"])


def patrol_teams(week: FoldedWeek) -> list[Json]:
    """Teams proposed where findings repeat, until they stand down."""
    found = week.subjects("supervision.patrol_team")
    return in_order([_patrol_team(week, event) for event in found], "orgunit")


def _patrol_team(week: FoldedWeek, event: Event) -> Json:
    data, unit = event["data"], unit_name(week, event["orgunit"])
    status, asset = named(PATROL_TEAM_STATUSES, data["status"]), data["asset"]
    repeats = data["repeats"]
    return {
        "kind": "patrol_team",
        "orgunit": event["orgunit"],
        "unit": unit,
        "said": joined(unit, pair("专门巡查队", "dedicated patrol team"), asset, status),
        "details": [pair(f"问题重复 {repeats}次", f"findings repeated, times: {repeats}")],
        "asset": asset,
        "status": status,
        "repeats": repeats,
    }


def meetings(week: FoldedWeek) -> list[Json]:
    found = week.changed("supervision.meeting")
    return in_order([_meeting(week, event) for event in found], "held_on", "orgunit")


def _meeting(week: FoldedWeek, event: Event) -> Json:
    data, kind = event["data"], named(MEETING_KINDS, event["data"]["kind"])
    names = group_names(week)
    heard = sorted(
        (names[one] for one in data["heard"] if one in names), key=lambda name: name["zh"]
    )
    details = [
        labelled(pair("听取汇报", "heard"), joined(*heard, mark=CLAUSE)) if heard else None,
        both(data["summary"]) if data["summary"] else None,
    ]
    return item(week, event, "meeting", kind, details, meeting=kind, heard=heard)


def group_names(week: FoldedWeek) -> dict[str, Words]:
    """The names of the groups, by id and by code."""
    groups = week.subjects("supervision.group")
    by_code = {event["data"]["code"]: both(event["data"]["name"]) for event in groups}
    return by_code | {event["subject"]: both(event["data"]["name"]) for event in groups}
