"""The annexes: every table and list in full, and the data notes."""

from collections.abc import Iterable
from itertools import groupby

from services.supervision.briefing import sentences
from services.supervision.outline import (
    assessment_part,
    commendation_part,
    follow_up_parts,
    organisation,
    ranking_part,
    services_part,
    trends,
)
from services.supervision.outline.blocks import (
    Bar,
    Bars,
    Block,
    Cell,
    Group,
    Heading,
    Item,
    Items,
    Paragraph,
    Part,
    Row,
    Table,
    Terms,
)
from services.supervision.outline.front import headline_table
from services.supervision.outline.language import Language
from shared.domain.types import Json

STATES = ("on_time", "late", "nil", "silent", "exempt")


def _notes(document: Json, w: Language) -> list[Block]:
    known, freeze = document["notes"], document["freeze"]
    versions = w.clauses(
        f"{w('rules')} {known['rules']}",
        f"{w('renderer')} {freeze['renderer']}",
        None if known["events_in_week"] is None else w("events_in_week", known["events_in_week"]),
    )
    begins = freeze.get("first_week")
    blocks: list[Block] = [Paragraph(versions)]
    if public := known.get("public"):
        blocks += [Heading(w("public_note")), Paragraph(w.of(public))]
    blocks += [Paragraph(w("programme_begins", w.period(begins)))] if begins else []
    blocks += _known_to_week(known["known_to_week"], w) if "known_to_week" in known else []
    blocks += w.section(w("edited_points"), edited) if (edited := _edited(document, w)) else []
    parked = [Item(w.labelled(w.of(row), row["messages"])) for row in known["parked"]]
    blocks += w.section(w("parked"), parked) or [_no_dead_letters(w)]
    unknown = [Item(w.labelled(row["type"], row["events"])) for row in known["unknown_types"]]
    blocks += w.section(w("unknown_types"), unknown)
    confirmed = [_confirmed(row, w) for row in known["confirmed"]["rows"]]
    blocks += w.section(w("confirmed"), confirmed, known["confirmed"]["more"])
    return [*blocks, *_definitions(document, w)]


def _known_to_week(found: Json, w: Language) -> list[Block]:
    """How many reports are known only to their week, and where those of a week went that lies in
    two periods. The public edition has no such numbers."""
    if found["events"] is None:
        return []
    rows = [
        Item(
            w(
                "week_in_two",
                *(w.period(row["week"]), row["first_day"], row["last_day"]),
                *(row["events"], w.period(row["period"])),
            )
        )
        for row in found["weeks"]
    ]
    return [Paragraph(w("known_to_week", found["events"])), *([Items(rows)] if rows else [])]


def _no_dead_letters(w: Language) -> Paragraph:
    return Paragraph(w.labelled(w("parked"), w("none")), quiet=True)


def _edited(document: Json, w: Language) -> list[Item]:
    """Who put which main point in other words, and what the rules had made of it."""
    return [
        Item(
            w.labelled(
                w("point_by", edit["point"], w.person(edit["editor"], "nobody")),
                w.of(edit["by_rules"]),
            )
        )
        for edit in document.get("edited_points", [])
    ]


def _confirmed(row: Json, w: Language) -> Item:
    when = row["happened_on"] or w.period(row["week"])
    rules = w.clauses(*(w.of(rule) for rule in row["rules"]))
    return Item(w.labelled(w.spaced(when, row["unit"], w.of(row["what"])), rules))


def annex(document: Json, w: Language) -> list[Part]:
    """The annexes that have anything in them."""
    found = [
        ("reports", _reports(document, w)),
        ("figures", _figures(document, w)),
        ("sheets", assessment_part.sheets(document, w)),
        ("trends", trends.week_by_week(document, w)),
        ("details", [*services_part.details(document, w), *organisation.details(document, w)]),
        ("lists", follow_up_parts.details(document, w)),
        ("commendation", commendation_part.details(document, w)),
        ("notes", _notes(document, w)),
    ]
    there = [(key, blocks) for key, blocks in found if blocks]
    return [
        Part(key, f"{w('annex', number)}{w(f'annex_{key}')}", blocks, annex=True)
        for number, (key, blocks) in enumerate(there, 1)
    ]


def _reports(document: Json, w: Language) -> list[Block]:
    """Who reported to which service: a row for each unit that reported to any."""
    found = document["completeness"]
    services = [row for row in found["services"] if row["service"] in found["summary"]]
    blocks: list[Block] = [Items([_service(row, found, w) for row in found["services"]])]
    blocks += _shares(services, found["summary"], w)
    some = [unit for unit in found["units"] if unit["unit"] not in found["silent"]["everywhere"]]
    rows = [
        Row(unit["unit"], [_state(unit["reports"][it["service"]], w) for it in services])
        for unit in some
    ]
    if found["silent"]["everywhere"]:
        names = w.listed(found["silent"]["everywhere"])
        blocks.append(Paragraph(w.labelled(w("silent_everywhere"), names)))
    if rows:
        blocks.append(
            Table(w("unit"), [w.of(it["title"]) for it in services], [Group(rows)], wide=True)
        )
    elif found["units"]:
        blocks.append(Paragraph(w("nobody_reported"), quiet=True))
    return blocks


def _service(row: Json, found: Json, w: Language) -> Item:
    """How many events a service has, and how many units reported to it."""
    count = found["summary"].get(row["service"])
    states = count and w.listed(f"{w(state)} {count[state]}" for state in STATES if count[state])
    said = w.clauses(
        None if row["events"] is None else w("events", row["events"]),
        w("had_to_report", len(found["units"])) if count else None,
        states,
        w.labelled(w("not_reconciled"), w.of(row["why"])) if row["why"] else None,
    )
    return Item(w.labelled(w.of(row["title"]), said))


def _state(state: str, w: Language) -> Cell:
    return Cell(w(state), state)


def _shares(services: Iterable[Json], summary: Json, w: Language) -> list[Block]:
    rows = []
    for row in services:
        count = summary[row["service"]]
        reported = count["on_time"] + count["late"] + count["nil"]
        had_to = reported + count["silent"]
        if had_to:
            share = organisation.percent(reported, had_to)
            rows.append(Bar(w.of(row["title"]), share, f"{reported}/{had_to}"))
    if not rows:
        return []
    return [Bars("reported", w("reported_share"), w("reported_desc"), rows)]


def _figures(document: Json, w: Language) -> list[Block]:
    return [
        *headline_table(document, w, document["headline_table"]),
        Paragraph(w("dash"), quiet=True),
        *_units(document, w),
        *ranking_part.details(document, w),
    ]


def _units(document: Json, w: Language) -> list[Block]:
    own = [
        cell for cell in document["cells"] if cell["orgunit"] != document["masthead"]["district"]
    ]
    if not own:
        return []
    order = {row["indicator"]: at for at, row in enumerate(document["headline_table"])}
    own = sorted(own, key=lambda cell: (cell["orgunit"], order[cell["indicator"]]))
    names, first = document["orgunits"], document["notes"]["first_week"]
    groups = [
        Group([_unit_row(cell, first, w) for cell in cells], names.get(code, code))
        for code, cells in groupby(own, key=lambda cell: cell["orgunit"])
    ]
    columns = [
        w(name)
        for name in ("this_week", "last_week", "cumulative")
        if not (first and name == "last_week")
    ]
    return [
        Heading(w("by_unit")),
        Paragraph(w("with_communities"), quiet=True),
        Table(w("indicator"), columns, groups),
    ]


def _unit_row(cell: Json, first_week: bool, w: Language) -> Row:
    last = "—" if cell["previous"] is None else _of_other_weeks(cell["previous"], cell["unit"], w)
    cells = [sentences.figure(cell, w.lang), *([] if first_week else [last])]
    cells.append(_of_other_weeks(cell["cumulative"], cell["unit"], w))
    return Row(sentences.label(cell, w.lang), [Cell(text) for text in cells])


def _of_other_weeks(shown: Json | None, unit: str, w: Language) -> str:
    """A level has no cumulative figure."""
    return w("a_dash") if shown is None else sentences.printed(shown, unit, w.lang)


def _definitions(document: Json, w: Language) -> list[Block]:
    entries = document["notes"]["definitions"]
    terms = [(w.of(entry["label"]), w.of(entry["definition"])) for entry in entries]
    counted = [
        f"{w.of(row['label'])} {len(source['events']) + source['left_out']}"
        for row in document["headline_table"]
        for source in [document["provenance"][row["indicator"]]]
        if source["left_out"] is not None
    ]
    where = f"{w('provenance')}{w.bracketed(w('where_ids'))}"
    return [
        Terms(w("definitions"), terms),
        Heading(where),
        Paragraph(w.listed(counted)),
    ]
