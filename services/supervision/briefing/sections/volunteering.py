"""Volunteers' activities, residents' gatherings, and the service day when it was this week."""

from collections.abc import Iterator

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.recurrence import occurrences
from services.supervision.briefing.sections.rows import (
    CLAUSE,
    COMMA,
    Words,
    counted,
    figure,
    in_order,
    item,
    joined,
    labelled,
    named,
    pair,
    plain,
    shortened,
    unit_name,
)
from shared.contracts.events.volunteering import ACTIVITY_CATEGORIES, TAKING_PART
from shared.domain.types import Event, Json
from shared.domain.wording import both

PARTICIPANTS = pair("参加", "taking part")

QUIET = {
    "station": pair("当日无活动的服务站", "stations with nothing on it"),
    "team": pair("当日无活动的服务队", "teams with nothing on it"),
}


def activities(week: FoldedWeek) -> list[Json]:
    found = week.counted_events("volunteering.activities_completed")
    return in_order([_activity(week, event) for event in found], "held_on", "orgunit")


def _activity(week: FoldedWeek, event: Event) -> Json:
    data = event["data"]
    name, category = both(data["name"]), named(ACTIVITY_CATEGORIES, data["category"])
    participants = figure(data["participants"])
    from_where = [named(TAKING_PART, code) for code in data["taking_part"]]
    summary = [counted(PARTICIPANTS, participants)]
    if data["communities"]:
        number = data["communities"]
        noun = "community" if number == 1 else "communities"
        summary.append(pair(f"涉及{number}个社区", f"{number} {noun}"))
    details = [joined(*summary, mark=CLAUSE), *_list(pair("参加人员", "from"), from_where)]
    return item(
        week,
        event,
        "activity",
        {lang: f"{name[lang]}{_in_brackets(category, lang)}" for lang in name},
        details,
        name=name,
        category=category,
        figures={"participants": participants},
        communities=data["communities"],
        taking_part=from_where,
    )


def gatherings(week: FoldedWeek) -> list[Json]:
    found = week.counted_events("volunteering.gatherings_held")
    return in_order([_gathering(week, event) for event in found], "held_on", "orgunit")


def _gathering(week: FoldedWeek, event: Event) -> Json:
    data = event["data"]
    name, invited = both(data["name"]), [named(TAKING_PART, code) for code in data["invited"]]
    figures = {field: figure(data[field]) for field in ("gatherings", "participants")}
    summary = [
        counted(pair("场次", "gatherings"), figures["gatherings"], noun=True),
        counted(PARTICIPANTS, figures["participants"]),
    ]
    details = [joined(*summary, mark=CLAUSE), *_list(pair("邀请对象", "invited"), invited)]
    return item(
        week, event, "gathering", name, details, name=name, figures=figures, invited=invited
    )


def service_days(week: FoldedWeek) -> list[Json]:
    """Each occurrence in the week, with the stations and teams without an activity on it."""
    found = [
        _service_day(week, event, day)
        for event in week.subjects("volunteering.service_day")
        for day in occurrences(event["data"]["rule"], event["data"]["first"], week.period)
    ]
    return in_order(found, "held_on", "orgunit")


def _service_day(week: FoldedWeek, event: Event, day: str) -> Json:
    name, unit = both(event["data"]["name"]), unit_name(week, event["orgunit"])
    held = [
        other["data"]
        for other in week.counted_events("volunteering.activities_completed")
        if other["data"]["held_on"] == day and other["orgunit"].startswith(event["orgunit"])
    ]
    number = len(held)
    return {
        "kind": "service_day",
        "orgunit": event["orgunit"],
        "unit": unit,
        "held_on": day,
        "said": joined(day, unit, name),
        "details": [done_on_the_day(number), *_all_quiet(week, event, held)],
        "name": name,
        "activities": number,
    }


def done_on_the_day(number: int) -> Words:
    """How many activities were completed on a service day."""
    noun = "activity" if number == 1 else "activities"
    return pair(f"当日完成志愿活动 {number}次", f"{number} {noun} completed on the day")


def _all_quiet(week: FoldedWeek, event: Event, held: list[Json]) -> Iterator[Words]:
    """A line for the stations and one for the teams without an activity among those `held`."""
    for kind, label in QUIET.items():
        names = _quiet(week, event, f"volunteering.{kind}", {data[kind] for data in held})
        if names:
            yield labelled(label, names)


def _quiet(week: FoldedWeek, event: Event, entity: str, active: set[str | None]) -> Words | None:
    """Names of the registered stations or teams below the unit that aren't `active` on the day;
    None where there are none."""
    names = sorted(
        f"{unit_name(week, other['orgunit'])} {other['data']['name']}"
        for other in week.subjects(entity, "open", "formed")
        if other["subject"] not in active and other["orgunit"].startswith(event["orgunit"])
    )
    shown, more = shortened(names)
    rest = pair(f"另有{more}个", f"and {more} more") if more else None
    return joined(*map(plain, shown), rest, mark=COMMA) if names else None


def _list(label: Words, words: list[Words]) -> list[Words]:
    return [labelled(label, joined(*words, mark=COMMA))] if words else []


def _in_brackets(words: Words, lang: str) -> str:
    return f"（{words['zh']}）" if lang == "zh" else f" ({words['en']})"
