"""Parts seven to nine: practices and rectification, actions and next week, late arrivals."""

from collections.abc import Iterable

from services.supervision.briefing import sentences
from services.supervision.briefing.sections import late as late_part
from services.supervision.outline.blocks import (
    BAD,
    GOOD,
    WARN,
    Block,
    Item,
    Paragraph,
    Part,
)
from services.supervision.outline.front import due_item, note_of, why_empty
from services.supervision.outline.language import Language, clock
from shared.domain.types import Json

# Of actions and of commitments.
TONES = {"done": GOOD, "kept": GOOD, "late": BAD, "carried": WARN}

# The part of the document, its title, its rows, and how many more there are.
List = tuple[str, str, list[Item], int]


def _lists(document: Json, lists: Iterable[List], w: Language) -> list[Block]:
    """Each list under its title, and one line for all in which there is nothing."""
    blocks: list[Block] = []
    empty: dict[str, list[str]] = {}
    for part, title, rows, left_out in lists:
        if rows:
            blocks += w.section(w(title), rows, left_out)
        else:
            empty.setdefault(w(why_empty(document, part)), []).append(w(title))
    none = w.clauses(*(w.labelled(why, w.listed(titles)) for why, titles in empty.items()))
    return [*blocks, *([Paragraph(none, quiet=True)] if none else [])]


def follow_up(document: Json, w: Language) -> Part:
    more, findings = document["more"], document["rectification"]
    named, under_way = (
        [_finding(it, w) for it in findings if it["overdue"] is state] for state in (True, False)
    )
    practices = [Item(w.spaced(row["unit"], w.of(row["what"]))) for row in document["practices"]]
    orders = [due_item(row, w) for row in document["open_orders"]]
    lists = [
        ("practices", "practices", practices, more["practices"]),
        ("rectification", "rectification", named, 0),
        ("rectification", "being_rectified", under_way, more["rectification"]),
        ("open_orders", "open_orders", orders, more["open_orders"]),
    ]
    return Part("follow_up", w("part_follow_up"), _lists(document, lists, w))


def _finding(row: Json, w: Language) -> Item:
    due = f"{w('due')} {row['due']}{note_of(row, w)}"
    who = w.labelled(w("responsible"), row["responsible"] or w("nobody"))
    details = [w.clauses(due, who), *map(w.of, row["details"])]
    label = w("is_overdue") if row["overdue"] else None
    return Item(w.of(row["said"]), details, label, BAD if label else "")


def actions(document: Json, w: Language) -> Part:
    more = document["more"]
    plan = [Item(w.of(row["said"]), label=w.of(row["kind"])) for row in document["plan"]]
    days = [Item(w.of(row["said"])) for row in _not_in(document["service_days"], document["plan"])]
    promised = [_commitment(row, w) for row in document["commitments"]]
    assigned = [_action(row, w) for row in document["actions"]]
    lists = [
        ("actions", "actions", assigned, more["actions"]),
        ("commitments", "commitments", promised, more["commitments"]),
        ("plan", "next_week", plan, more["plan"]),
        ("service_days", "service_days", days, more["service_days"]),
    ]
    return Part("actions", w("part_actions"), _lists(document, lists, w))


def _not_in(service_days: Iterable[Json], plan: Iterable[Json]) -> list[Json]:
    """The recurring days of which next week's plan has none."""
    planned = [(row["planned_for"], row["orgunit"]) for row in plan]
    return [row for row in service_days if (row["next"], row["orgunit"]) not in planned]


def _action(row: Json, w: Language) -> Item:
    moved = f"{w('first_due')} {row['first_due']}" if row["first_due"] != row["due"] else None
    outcome = w.labelled(w("outcome"), w.of(row["outcome"])) if row["outcome"] else None
    who = w.labelled(w("responsible"), row["responsible"])
    said = w.clauses(w.of(row["what"]), who, f"{w('due')} {row['due']}", moved, outcome)
    return Item(said, label=w.of(row["standing"]), tone=TONES.get(row["standing"]["code"], ""))


def _commitment(row: Json, w: Language) -> Item:
    said = w.clauses(
        w.spaced(row["unit"], w.of(row["what"])),
        f"{w('due')} {row['due']}" if row["due"] else None,
        w("is_overdue") if row["late"] else None,
        w.labelled(w("reason"), row["reason"]) if row["reason"] else None,
    )
    return Item(said, label=w.of(row["status"]), tone=TONES.get(row["status"]["code"], ""))


def late(document: Json, w: Language) -> Part:
    changes = [_change(row, document["orgunits"], w) for row in document["late"]]
    blocks: list[Block] = w.section(w("corrected"), changes)
    arrivals = [_late_event(row, w) for row in document["late_events"]["rows"]]
    more = document["late_events"]["more"]
    blocks += _lists(document, [("late_events", "late_events", arrivals, more)], w)
    return Part("late", w("part_late"), blocks)


def _change(row: Json, names: Json, w: Language) -> Item:
    """A figure that a revision changes, and why."""
    unit = str(names.get(row["orgunit"], row["orgunit"]))
    old, new = (w.of(late_part.side_of_change(row[side])) for side in ("old", "new"))
    said = w.labelled(w.spaced(unit, sentences.label(row, w.lang)), f"{old} → {new}")
    return Item(said, [_cause(event, w) for event in row["because"]])


def _cause(event: Json, w: Language) -> str:
    return w.clauses(
        w.labelled(w("because"), event["id"]),
        w.of(late_part.type_name(event["type"])),
        f"{w('entered')} {clock(event['recordedtime'])}",
        w.labelled(w("reason"), event["reason"] or w("no_reason")),
    )


def _late_event(row: Json, w: Language) -> Item:
    before = w.bracketed(w("before_programme")) if row["before_programme"] else ""
    said = w.clauses(
        f"{w.spaced(w.week(row['week']), row['unit'], w.of(row['what']))}{before}",
        f"{w('entered')} {row['recorded_on']}",
        w.labelled(w("reason"), row["reason"]) if row["reason"] else None,
    )
    figures = [
        w.labelled(sentences.label(it, w.lang), f"{w.of(it['old'])} → {w.of(it['new'])}")
        for it in row["figures"]
    ]
    return Item(said, figures)
