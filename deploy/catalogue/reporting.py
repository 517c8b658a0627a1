"""What a briefing reports beside its figures: which subjects, and how long."""

from collections.abc import Iterator

from deploy.catalogue.events import link_to_entity, reference
from deploy.catalogue.field_kinds import NO, Names, names
from deploy.catalogue.markdown import Row, code, table
from services.supervision.indicators.reporting import (
    ALWAYS,
    BEGINS,
    CARRIED_OVER,
    PERIODS_IN_MEAN,
    REPORTED,
    RESTATED,
)
from shared.contracts.events import EVENT_TYPES
from shared.contracts.fields import Choice
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year

REPORTED_HEADS = (
    "对象 entity",
    "本周无事件时仍通报的状态 statuses in which it is carried over",
)
RESTATED_HEADS = ("对象 entity", "被更正取代的事件 events that a correction replaces")

BEGINS_HEADS = ("对象 entity", "开始 beginning")


def lines() -> Iterator[str]:
    yield from (
        "声明于 declared in `services/supervision/indicators/reporting.py`。",
        "",
        "## 通报哪些对象 Which subjects",
        "",
        "某周通报一个对象，若该周发生过与它有关的事件，或该周结束时它处于第二列的状态之一。",
        "",
        "A week's briefing reports a subject if something happened to it in that week, or if it",
        "has one of the statuses of the second column at the week's end.",
        "",
        *table(REPORTED_HEADS, map(_reported, sorted(REPORTED))),
        "## 更正取代什么 What a correction replaces",
        "",
        "更正重述同一事实，所属周可能不同：被取代的事件不再计入。其他事件不受更正影响。",
        "",
        "A correction states the same facts again, perhaps of another week: the events that it",
        "replaces no longer count. It leaves all other events as they are.",
        "",
        *table(RESTATED_HEADS, map(_restated, sorted(RESTATED))),
        "以下对象的更正取代最近一次开始，以及此后的全部事件；仍然成立的，在更正之后重新记录。",
        "A correction of these replaces the last beginning and all after it. What still holds",
        "is recorded again after the correction.",
        "",
        *table(BEGINS_HEADS, map(_begins, sorted(BEGINS))),
        "## 涉及每一周的对象 Subjects of every week",
        "",
        "无论事件发生在何时，每周都要用到。 They are needed for every week, whenever their events",
        "happened:",
        "",
        *(f"- {link_to_entity(entity)}" for entity in ALWAYS),
        "",
        "## 均值 Mean",
        "",
        f"首要指标表中的均值取最近 {PERIODS_IN_MEAN[Week]} 周，",
        f"月小结取 {PERIODS_IN_MEAN[Month]} 个月，",
        f"半年考核取 {PERIODS_IN_MEAN[HalfYear]} 个半年，",
        f"年底表彰取 {PERIODS_IN_MEAN[Year]} 年，含本期。",
        f"The mean in the headline table is of the last {PERIODS_IN_MEAN[Week]} weeks, in a",
        f"monthly summary of the last {PERIODS_IN_MEAN[Month]} months, in an assessment of",
        f"{PERIODS_IN_MEAN[HalfYear]} half-years, in a commendation of",
        f"{PERIODS_IN_MEAN[Year]} years, the report's own period included.",
    )


def _reported(entity: str) -> Row:
    return link_to_entity(entity), _carried(entity) if entity in CARRIED_OVER else NO


def _carried(entity: str) -> str:
    statuses = CARRIED_OVER[entity]
    if statuses is None:
        return "任何状态 any status"
    named = _status_names(entity)
    return ", ".join(" ".join((code(it), *named[it])) for it in statuses)


def _status_names(entity: str) -> Names:
    """Status → its name in Chinese and English, from the events of the entity."""
    state = next(it.data for name, it in EVENT_TYPES.items() if name.startswith(f"{entity}."))
    status = state().fields["status"]
    return names(status) if isinstance(status, Choice) else {}


def _begins(entity: str) -> Row:
    return link_to_entity(entity), reference(f"{entity}.{BEGINS[entity]}")


def _restated(entity: str) -> Row:
    events = ", ".join(reference(f"{entity}.{verb}") for verb in RESTATED[entity])
    return link_to_entity(entity), events
