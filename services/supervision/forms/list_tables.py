"""The other tables: who reported, the ranking, everything to follow up, and the sources."""

from collections.abc import Callable, Iterable, Iterator

from services.supervision.forms.figure_tables import labels, measure_word
from services.supervision.forms.model import (
    TEXT,
    Field,
    Table,
    code,
    date,
    figure,
    number,
    table,
    text,
)
from services.supervision.forms.words import PLANNED, PRECISIONS, REPORT_STATES, word
from shared.domain.service_names import NAMES
from shared.domain.types import Json

UNIT = (code("orgunit"), text("unit"))


def sources(document: Json, lang: str) -> Table:
    """The services: how many events, and whether they agree with the seal."""
    rows = [
        row | {"service_code": row["service"], "service": row["title"]}
        for row in document["completeness"]["services"]
    ]
    fields = [
        code("service_code"),
        text("service"),
        number("events"),
        text("complete"),
        text("sealed"),
        text("why"),
    ]
    return table("sources", rows, fields, lang)


def reports(document: Json, lang: str) -> Table:
    """How many units reported to each service, and how."""
    completeness = document["completeness"]
    rows = [
        {
            "service_code": service,
            "service": _service(service),
            "units": len(completeness["units"]),
            **{f"units_{state}": count[state] for state in REPORT_STATES},
        }
        for service, count in completeness["summary"].items()
    ]
    counts = [number(f"units_{state}") for state in REPORT_STATES]
    fields = [code("service_code"), text("service"), *counts, number("units")]
    return table("reports", rows, fields, lang)


def _service(service: str) -> Json:
    zh, en = NAMES[service]
    return {"zh": zh, "en": en}


def completeness(document: Json, lang: str) -> Table:
    """Unit × service: on time, late, nil, silent or exempt."""
    units = document["completeness"]["units"]
    services = [service for service in NAMES if any(service in row["reports"] for row in units)]
    return table("completeness", units, [*UNIT, *map(_state_of, services)], lang)


def _state_of(service: str) -> Field:
    def state(row: Json, lang: str) -> str | None:
        found = row["reports"].get(service)
        return word(REPORT_STATES.get(found, (found, found)), lang) if found else None

    return Field(service, TEXT, state)


def league(document: Json, lang: str) -> Table:
    """Every measure with its units: numerator, denominator, share and rank."""
    fields = [
        code("measure"),
        text("title"),
        number("rank"),
        *UNIT,
        number("ranked_of", "numerator"),
        number("ranked_out_of", "denominator"),
        number("share"),
        number("share_low", "interval", "low"),
        number("share_high", "interval", "high"),
        text("standing"),
        number("least"),
    ]
    return table("league", _league(document, "rows"), fields, lang)


def left_out(document: Json, lang: str) -> Table:
    fields = [code("measure"), text("title"), *UNIT, text("reason")]
    return table("left_out", _league(document, "excluded"), fields, lang)


def _league(document: Json, part: str) -> Iterator[Json]:
    for measure in document["league"]:
        for row in measure[part]:
            yield {name: measure[name] for name in ("measure", "title", "least")} | row


def plan(document: Json, lang: str) -> Table:
    found = document["groups"]["plan"]
    rows = [found | row for row in found["rhythm"] or [{}]] if found else []
    fields = [
        code("orgunit"),
        text("plan_name", "name"),
        text("plan_status", "status"),
        number("version"),
        text("every"),
        text("what"),
    ]
    return table("plan", rows, fields, lang)


def groups(document: Json, lang: str) -> Table:
    fields = [
        text("kind"),
        text("group", "name"),
        text("unit"),
        text("responsible_unit"),
        text("responsible_person"),
        text("member_units"),
        text("duties"),
        text("staff"),
        text("vacant"),
        number("actions_open", "actions", "open"),
        number("actions_done", "actions", "done"),
        text("this_week"),
    ]
    return table("groups", document["groups"]["rows"], fields, lang)


def group_reports(document: Json, lang: str) -> Table:
    """The groups' reports of the week, and who was silent."""
    fields = [
        text("kind"),
        text("group", "name"),
        text("unit"),
        text("group_state", "state"),
        text("group_done", "done"),
        text("group_planned", "planned"),
        text("group_problems", "problems"),
    ]
    rows = document["groups"]["reports"]
    of_weeks = [
        code("group_week", "week"),
        *(code(f"weeks_{state}", "weeks", state) for state in ("progress", "nil", "silent")),
    ]
    return table("group_reports", rows, [*fields, *_where_given(of_weeks, rows)], lang)


def _where_given(fields: list[Field], rows: list[Json]) -> list[Field]:
    """Columns that only reports on longer periods have."""
    return fields if any("weeks" in row for row in rows) else []


def planned(document: Json, lang: str) -> Table:
    """What was planned for a longer period, and what came of it."""
    fields = [text("kind"), *(number(f"planned_{name}", name) for name in PLANNED)]
    return table("planned", document.get("planned", []), fields, lang)


def milestones(document: Json, lang: str) -> Table:
    rows = [
        row | {"orgunit": platform["orgunit"], "platform": platform["name"]}
        for platform in document["platforms"]
        for row in platform["milestones"] or [{}]
    ]
    fields = [
        code("orgunit"),
        text("platform"),
        text("milestone", "what"),
        text("status"),
        number("count"),
        date("target"),
        date("reached_on"),
        text("reason"),
        text("this_week"),
    ]
    return table("milestones", rows, fields, lang, document["more"]["platforms"])


DUE = (
    text("kind"),
    *UNIT,
    text("what"),
    date("due"),
    text("due_note"),
    number("days_late"),
    text("responsible"),
    text("waiting_for"),
)

# Part of the document → name of the table, and its columns.
LISTS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "overdue": ("overdue", (*DUE, text("unconfirmed"))),
    "open_orders": ("open_orders", DUE),
    "rectification": (
        "rectification",
        (
            *UNIT,
            text("what"),
            text("kind", "finding"),
            text("status"),
            text("asset"),
            date("due"),
            text("due_note"),
            text("overdue"),
            text("responsible"),
            date("reported_on"),
            date("rectified_on"),
            date("closed_on"),
            number("reopened"),
            text("repeat"),
            text("reason"),
        ),
    ),
    "rectified": (
        "rectified",
        (
            *UNIT,
            text("what"),
            text("kind", "finding"),
            text("asset"),
            text("responsible"),
            date("reported_on"),
            date("rectified_on"),
            date("closed_on"),
            number("reopened"),
            text("repeat"),
        ),
    ),
    "actions": (
        "actions",
        (
            code("orgunit"),
            text("what"),
            text("progress", "standing"),
            text("status"),
            text("responsible"),
            text("group"),
            date("assigned_on"),
            date("first_due"),
            date("due"),
            date("closed_on"),
            text("outcome"),
        ),
    ),
    "commitments": (
        "commitments",
        (
            *UNIT,
            text("what"),
            text("status"),
            date("announced_on"),
            date("due"),
            text("late"),
            date("closed_on"),
            text("reason"),
        ),
    ),
    "practices": ("practices", (*UNIT, text("what"))),
    "plan": (
        "next_week",
        (
            date("planned_for"),
            text("kind"),
            *UNIT,
            text("what"),
            date("first_planned_for"),
        ),
    ),
    "service_days": (
        "service_days",
        (*UNIT, text("what", "name"), code("rule"), date("next")),
    ),
}


def listed(document: Json, part: str, lang: str) -> Table:
    """One of LISTS."""
    name, fields = LISTS[part]
    return table(name, document[part], fields, lang, document["more"][part])


def overlap(document: Json, lang: str) -> Table:
    return table("overlap", document["overlap"]["rows"], [*UNIT, text("said")], lang)


def changes(document: Json, lang: str) -> Table:
    """The figures that a revision changes, old and new."""
    fields = [
        *_cell_of(document, lang),
        *figure("old"),
        *figure("new"),
        Field("measure_word", TEXT, _unit_of_change),
    ]
    return table("changes", document["late"], fields, lang)


def _cell_of(document: Json, lang: str) -> list[Field]:
    named, units = labels(document, lang), document["orgunits"]
    return [
        code("indicator"),
        Field("label", TEXT, lambda row, lang: named.get(row["indicator"])),
        code("orgunit"),
        Field("name", TEXT, lambda row, lang: units.get(row["orgunit"])),
    ]


def _unit_of_change(row: Json, lang: str) -> str | None:
    shown = row["new"] or row["old"]
    return measure_word(shown["unit"], lang) if shown else None


def change_causes(document: Json, lang: str) -> Table:
    """The events behind the changes of a revision."""
    rows = [
        {name: row[name] for name in ("indicator", "orgunit")} | event
        for row in document["late"]
        for event in row["because"]
    ]
    fields = [
        *_cell_of(document, lang),
        code("event", "id"),
        code("event_type", "type"),
        text("recorded", "recordedtime"),
        text("reason"),
    ]
    return table("change_causes", rows, fields, lang)


def late_events(document: Json, lang: str) -> Table:
    """What was entered late, and the figures of reports that it changed: a row for each figure."""
    named, late = labels(document, lang), document["late_events"]
    rows = [row | {"figure": changed} for row in late["rows"] for changed in row["figures"] or [{}]]
    fields = [
        code("event_week", "week"),
        date("happened_on"),
        date("recorded_on"),
        *UNIT,
        code("event_type", "type"),
        text("what"),
        text("before_programme"),
        text("reason"),
        code("indicator", "figure", "indicator"),
        Field("label", TEXT, lambda row, lang: named.get(row["figure"].get("indicator"))),
        code("figure_week", "figure", "week"),
        *figure("old", "figure", "old"),
        *figure("new", "figure", "new"),
    ]
    return table("late_events", rows, fields, lang, late["more"])


def confirmed(document: Json, lang: str) -> Table:
    """Unlikely values that somebody has confirmed."""
    found = document["notes"].get("confirmed", {"rows": [], "more": 0})
    fields = [
        code("event_week", "week"),
        date("happened_on"),
        *UNIT,
        code("event_type", "type"),
        text("what"),
        text("rules"),
    ]
    return table("confirmed", found["rows"], fields, lang, found["more"])


def provenance(document: Json, lang: str) -> Table:
    """The events behind each figure of the district."""
    named = labels(document, lang)
    rows = [
        event | {"indicator": indicator}
        for indicator, found in document["provenance"].items()
        for event in found["events"]
    ]
    fields = [
        code("indicator"),
        Field("label", TEXT, lambda row, lang: named.get(row["indicator"])),
        code("event", "id"),
        code("event_type", "type"),
        code("orgunit"),
        text("time"),
        Field("precision", TEXT, _precision),
        text("counted", "value"),
    ]
    more = sum(found["left_out"] or 0 for found in document["provenance"].values())
    return table("provenance", rows, fields, lang, more)


def _precision(row: Json, lang: str) -> str:
    precision = row["timeprecision"]
    return word(PRECISIONS.get(precision, (precision, precision)), lang)


def provenance_counts(document: Json, lang: str) -> Table:
    """How many events are behind each figure."""
    named = labels(document, lang)
    rows = [
        {
            "indicator": indicator,
            # Of a protected figure the public edition doesn't say how many there are.
            "listed": None if found["left_out"] is None else len(found["events"]),
            "not_listed": found["left_out"],
        }
        for indicator, found in document["provenance"].items()
    ]
    fields = [
        code("indicator"),
        Field("label", TEXT, lambda row, lang: named.get(row["indicator"])),
        number("listed"),
        number("not_listed"),
    ]
    return table("provenance_counts", rows, fields, lang)


_Make = Callable[[Json, str], Table]

REPORTING: tuple[_Make, ...] = (sources, reports, completeness, league, left_out)
ORGANISATION: tuple[_Make, ...] = (plan, groups, group_reports, milestones)
LATE: tuple[_Make, ...] = (changes, change_causes, late_events, confirmed)
PROVENANCE: tuple[_Make, ...] = (provenance_counts, provenance)


def of(makers: Iterable[_Make], document: Json, lang: str) -> Iterator[Table]:
    return (make(document, lang) for make in makers)


def follow_up(document: Json, lang: str) -> Iterator[Table]:
    """Overdue, open orders, rectification and the other lists, in the order of LISTS."""
    return (listed(document, part, lang) for part in LISTS if part in document)
