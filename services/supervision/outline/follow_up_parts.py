"""Practices and rectification, actions and next week, late arrivals; a list each."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

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
from services.supervision.outline.front import due_item, note_of, overdue
from services.supervision.outline.language import Language, clock
from shared.domain.types import Json

# Of actions and of commitments.
TONES = {"done": GOOD, "kept": GOOD, "late": BAD, "carried": WARN}


class _List(NamedTuple):
    """A list of the document. `rows` are those of the annex, `brief` what a leader needs of them;
    `more` rows aren't in the document. `source` is its name in the document."""

    source: str
    title: str
    rows: list[Item]
    brief: list[Item]
    more: int


def follow_up(document: Json, w: Language) -> Part:
    return _part("follow_up", _follow_up(document, w), w)


def actions(document: Json, w: Language) -> Part:
    return _part("actions", _actions(document, w), w)


def late(document: Json, w: Language) -> Part:
    return _part("late", _late(document, w), w)


def _part(key: str, lists: Iterable[_List], w: Language) -> Part:
    blocks = [
        block for it in lists for block in w.brief(w(it.title), it.brief, len(it.rows) + it.more)
    ]
    return Part(key, w(f"part_{key}"), blocks)


def others(document: Json, w: Language) -> Part:
    """One line for the lists that are in the annex alone, one for those in which there is nothing,
    and one for those that a public edition leaves out."""
    in_annex, empty = list[str](), list[str]()
    left_out = document.get("left_out", [])
    for it in _lists(document, w):
        if it.rows and not it.brief:
            in_annex.append(f"{w(it.title)} {len(it.rows) + it.more}")
        elif not it.rows and it.source not in left_out:
            empty.append(w(it.title))
    said = (("in_annex", in_annex), ("none", empty), ("not_public", [*map(w, left_out)]))
    lines = [
        Paragraph(w.labelled(w(name), w.listed(names)), quiet=True) for name, names in said if names
    ]
    return Part("others", w("part_others"), lines)


def details(document: Json, w: Language) -> list[Block]:
    """Everything that is overdue, and every list in full, for the annex."""
    blocks = [*overdue(document["overdue"], w), *w.more(document["more"]["overdue"])]
    for it in _lists(document, w):
        blocks += w.section(w(it.title), it.rows, it.more)
    return blocks


def _lists(document: Json, w: Language) -> Iterator[_List]:
    yield from _follow_up(document, w)
    yield from _actions(document, w)
    yield from _late(document, w)


def _follow_up(document: Json, w: Language) -> Iterator[_List]:
    more, findings = document["more"], document["rectification"]
    named = [it for it in findings if it["overdue"]]
    whole, brief = ([_finding(it, w, details) for it in named] for details in (True, False))
    yield _List("rectification", "rectification", whole, brief, 0)
    under_way = [_finding(it, w) for it in findings if not it["overdue"]]
    yield _List("rectification", "being_rectified", under_way, [], more["rectification"])
    if "rectified" in document:
        closed = [_closed(it, w) for it in document["rectified"]]
        yield _List("rectified", "rectified", closed, closed, more["rectified"])
    practices = [Item(w.spaced(row["unit"], w.of(row["what"]))) for row in document["practices"]]
    yield _List("practices", "practices", practices, practices, more["practices"])
    orders = [due_item(row, w) for row in document["open_orders"]]
    yield _List("open_orders", "open_orders", orders, [], more["open_orders"])


def _finding(row: Json, w: Language, details: bool = True) -> Item:
    due = f"{w('due')} {row['due']}{note_of(row, w)}"
    who = w.labelled(w("responsible"), row["responsible"] or w("nobody"))
    known = [w.clauses(due, who), *(map(w.of, row["details"]) if details else ())]
    label = w("is_overdue") if row["overdue"] else None
    return Item(w.of(row["said"]), known, label, BAD if label else "")


def _closed(row: Json, w: Language) -> Item:
    """With its state goes the day on which it was closed, where that is known."""
    return Item(w.spaced(*filter(None, (w.of(row["said"]), row["closed_on"]))))


def _actions(document: Json, w: Language) -> Iterator[_List]:
    more = document["more"]
    assigned = [_action(row, w) for row in document["actions"]]
    yield _List("actions", "actions", assigned, assigned, more["actions"])
    promised = document["commitments"]
    whole = [_commitment(row, w) for row in promised]
    # Of those under way there is nothing to say yet.
    brief = [_commitment(row, w) for row in promised if row["late"] or row["closed_on"]]
    yield _List("commitments", "commitments", whole, brief, more["commitments"])
    plan = [Item(w.of(row["said"]), label=w.of(row["kind"])) for row in document["plan"]]
    yield _List("plan", "next_week", plan, plan, more["plan"])
    days = [Item(w.of(row["said"])) for row in _not_in(document["service_days"], document["plan"])]
    yield _List("service_days", "service_days", days, [], more["service_days"])


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


def _late(document: Json, w: Language) -> Iterator[_List]:
    """The figures that a revision changes; and events of earlier weeks."""
    if document["late"]:
        changes = [_change(row, document["orgunits"], w) for row in document["late"]]
        yield _List("late", "corrected", changes, [Item(it.text) for it in changes], 0)
    arrivals = document["late_events"]
    rows = [_late_event(row, w) for row in arrivals["rows"]]
    yield _List("late_events", "late_events", rows, [], arrivals["more"])


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
        f"{w.spaced(w.period(row['week']), row['unit'], w.of(row['what']))}{before}",
        f"{w('entered')} {row['recorded_on']}",
        w.labelled(w("reason"), row["reason"]) if row["reason"] else None,
    )
    figures = [
        w.labelled(sentences.label(it, w.lang), f"{w.of(it['old'])} → {w.of(it['new'])}")
        for it in row["figures"]
    ]
    return Item(said, figures)
