"""Announced occurrences: not held, postponed or cancelled; and those of next week."""

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.recurrence import in_words, next_after, occurrences
from services.supervision.briefing.sections.rows import (
    Words,
    in_order,
    joined,
    pair,
    plain,
    reason,
    unit_name,
)
from shared.domain.periods import Period
from shared.domain.types import Event, Json
from shared.domain.wording import both

# Service → the entity that it announces, and the statuses in which one is still to be held.
ANNOUNCED = {
    "volunteering": ("volunteering.activity", ("published",)),
    "clinics": ("clinics.clinic", ("planned", "filed", "postponed")),
    "jobfairs": ("jobfairs.fair", ("planned", "registration_open", "ready", "postponed")),
}

SERVICE_DAY = "volunteering.service_day"

KINDS = {
    "volunteering.activity": pair("志愿活动", "volunteer activity"),
    "clinics.clinic": pair("义诊", "free clinic"),
    "jobfairs.fair": pair("招聘会", "job fair"),
    SERVICE_DAY: pair("志愿服务日", "service day"),
}


def not_held(week: FoldedWeek, service: str) -> list[Json]:
    """Announced for a day of the week, and not reported as held by its end."""
    return _due(week, service, week.period)


def called_off(week: FoldedWeek, service: str, status: str) -> list[Json]:
    """Postponed or cancelled in the week (`status`), with the reason."""
    if service not in ANNOUNCED:
        return []
    entity, _ = ANNOUNCED[service]
    found = [_called_off(_row(week, event, entity)) for event in week.changed(entity, status)]
    return in_order(found, "planned_for", "orgunit")


def next_week(week: FoldedWeek) -> list[Json]:
    """Clinics, fairs, activities and service days of the week after."""
    after = week.period.next()
    rows = [row for service in ANNOUNCED for row in _due(week, service, after)]
    rows += [
        _service_day(week, event, day)
        for event in week.subjects(SERVICE_DAY)
        for day in occurrences(event["data"]["rule"], event["data"]["first"], after)
    ]
    return in_order(rows, "planned_for", "orgunit")


def service_days(week: FoldedWeek) -> list[Json]:
    """Every recurring service day, with its next day after the week."""
    return in_order([_recurring(week, event) for event in week.subjects(SERVICE_DAY)], "orgunit")


def _recurring(week: FoldedWeek, event: Event) -> Json:
    data, unit = event["data"], unit_name(week, event["orgunit"])
    name, rule = both(data["name"]), in_words(data["rule"])
    day = next_after(data["rule"], data["first"], week.period)
    upcoming = pair(f"下次 {day}", f"next on {day}") if day else None
    return {
        "orgunit": event["orgunit"],
        "unit": unit,
        "name": name,
        "rule": data["rule"],
        "next": day,
        "said": joined(unit, name, rule, upcoming),
    }


def _due(week: FoldedWeek, service: str, period: Period) -> list[Json]:
    if service not in ANNOUNCED:
        return []
    entity, statuses = ANNOUNCED[service]
    first, last = period.first_day.isoformat(), period.last_day.isoformat()
    found = [
        _row(week, event, entity)
        for event in week.subjects(entity, *statuses)
        if first <= (event["data"]["planned_for"] or "") <= last
    ]
    return in_order(found, "planned_for", "orgunit")


def _row(week: FoldedWeek, event: Event, entity: str) -> Json:
    data = event["data"]
    what = both(data["name"]) if "name" in data else plain(data["venue"])
    unit = unit_name(week, event["orgunit"])
    return {
        "kind": KINDS[entity],
        "orgunit": event["orgunit"],
        "unit": unit,
        "what": what,
        "planned_for": data["planned_for"],
        "first_planned_for": data.get("first_planned_for"),
        "status": data["status"],
        "reason": data.get("reason"),
        "said": joined(data["planned_for"], unit, what),
    }


def _called_off(row: Json) -> Json:
    said = joined(called_off_occurrence(row), reason(row["reason"]), mark=pair("　", "; "))
    return row | {"said": said}


def called_off_occurrence(row: Json) -> Words:
    """Which occurrence was postponed or cancelled, without the reason."""
    moved = row["status"] == "postponed"
    days = plain(row["planned_for"] or "")
    if moved:
        days = pair(
            f"原定 {row['first_planned_for']}，改为 {row['planned_for']}",
            f"first planned for {row['first_planned_for']}, now for {row['planned_for']}",
        )
    return joined(days if days["zh"] else None, row["unit"], row["what"])


def _service_day(week: FoldedWeek, event: Event, day: str) -> Json:
    name, unit = both(event["data"]["name"]), unit_name(week, event["orgunit"])
    return {
        "kind": KINDS[SERVICE_DAY],
        "orgunit": event["orgunit"],
        "unit": unit,
        "what": name,
        "planned_for": day,
        "first_planned_for": None,
        "status": "planned",
        "reason": None,
        "said": joined(day, unit, name),
    }
