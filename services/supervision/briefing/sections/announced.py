"""What was announced: held or not, put off, called off; and what is announced for next week."""

from services.supervision.briefing.sections.recurrence import in_words, next_after, occurrences
from services.supervision.briefing.sections.rows import (
    both,
    in_order,
    joined,
    pair,
    plain,
    reason,
    unit_name,
)

# Service → what it announces, with the statuses that say it is still to be held.
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


def not_held(week, service):
    """Announced for a day of the week, and not said to be held by its end."""
    return _due(week, service, week.period)


def called_off(week, service, status):
    """What was postponed or cancelled in the week, with the reason."""
    if service not in ANNOUNCED:
        return []
    entity, _ = ANNOUNCED[service]
    found = [_called_off(_row(week, event, entity)) for event in week.changed(entity, status)]
    return in_order(found, "planned_for", "orgunit")


def next_week(week):
    """Clinics, fairs, activities and service days of the week after."""
    after = week.period.next()
    rows = [row for service in ANNOUNCED for row in _due(week, service, after)]
    rows += [
        _service_day(week, event, day)
        for event in week.of(SERVICE_DAY)
        for day in occurrences(event["data"]["rule"], event["data"]["first"], after)
    ]
    return in_order(rows, "planned_for", "orgunit")


def service_days(week):
    """Every day of service that recurs, with its next day after the week."""
    return in_order([_recurring(week, event) for event in week.of(SERVICE_DAY)], "orgunit")


def _recurring(week, event):
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


def _due(week, service, period):
    if service not in ANNOUNCED:
        return []
    entity, statuses = ANNOUNCED[service]
    first, last = period.first_day.isoformat(), period.last_day.isoformat()
    found = [
        _row(week, event, entity)
        for event in week.of(entity, *statuses)
        if first <= (event["data"]["planned_for"] or "") <= last
    ]
    return in_order(found, "planned_for", "orgunit")


def _row(week, event, entity):
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


def _called_off(row):
    moved = row["status"] == "postponed"
    days = plain(row["planned_for"] or "")
    if moved:
        days = pair(
            f"原定 {row['first_planned_for']}，改为 {row['planned_for']}",
            f"first planned for {row['first_planned_for']}, now for {row['planned_for']}",
        )
    said = joined(days if days["zh"] else None, row["unit"], row["what"])
    return row | {"said": joined(said, reason(row["reason"]), mark=pair("　", "; "))}


def _service_day(week, event, day):
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
