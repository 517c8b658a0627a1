"""Part four: a section for each service."""

from collections.abc import Iterable, Mapping

from services.supervision.briefing.completeness import reported_to
from services.supervision.briefing.sections.headlines import OVERDUE, POINTS
from services.supervision.briefing.sections.rows import on
from services.supervision.outline import organisation
from services.supervision.outline.blocks import (
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
)
from services.supervision.outline.front import HEADLINE_FIGURES
from services.supervision.outline.language import MOST_IN_TEXT, Language
from shared.domain import absence
from shared.domain.types import Json

# Items that are tables of numbers.
TABLES = ("order_categories",)
# What the main points and the headline figures say already.
ON_FRONT = {*HEADLINE_FIGURES, *OVERDUE, *(code for codes in POINTS for code in codes)}
NOT_HELD = ("not_held", "postponed", "cancelled")


def sections(document: Json, w: Language) -> Part:
    """What was done, a row for each service and one for groups and platforms; everything that is
    known of it is in the annex."""
    table = {row["indicator"]: row for row in document["headline_table"]}
    rows = [
        Row(w.of(section["title"]), [Cell("\n".join(_lines(section, document, table, w)))])
        for section in document["sections"]
    ]
    rows.append(Row(w("part_groups"), [Cell("\n".join(organisation.lines(document, w)))]))
    quiet = _quiet(table.values(), w)
    return Part(
        "sections",
        w("part_sections"),
        [
            Table(w("service"), [w("done")], [Group(rows)], prose=True),
            *([Paragraph(quiet, quiet=True)] if quiet else []),
        ],
    )


def _lines(section: Json, document: Json, table: Mapping[str, Json], w: Language) -> list[str]:
    """What happened or changed and isn't on the front page."""
    own = [table[line["indicator"]] for line in section["lines"]]
    moved = [row for row in own if not _is_quiet(row)]
    done = [f"· {_occurrence(it, w)}" for it in section["items"] if it.get("kind") not in TABLES]
    off = [w.labelled(w(name), w.of(row["said"])) for name in NOT_HELD for row in section[name]]
    said = [
        *_figures([row for row in moved if not _is_on_front(row)], w),
        *done[:MOST_IN_TEXT],
        *off[:MOST_IN_TEXT],
    ]
    rest = sum(max(0, len(rows) - MOST_IN_TEXT) for rows in (done, off)) + section["more"]
    said += [w("more_in_annex", rest)] if rest else []
    return said or _figures(moved, w) or [_why_empty(section, own, document, w)]


def _figures(rows: Iterable[Json], w: Language) -> list[str]:
    """Figures as one line; none without any."""
    said = w.clauses(*(w.labelled(w.of(row["label"]), w.of(row["this"])) for row in rows))
    return [said] if said else []


def _why_empty(section: Json, rows: Iterable[Json], document: Json, w: Language) -> str:
    """Nothing is said of a service: nobody reported, it isn't published, or nothing happened."""
    if not reported_to(document["completeness"], section["service"]):
        return w("nobody_reported")
    if any(row["this"]["qualifier"] == absence.SUPPRESSED for row in rows):
        return absence.words(absence.SUPPRESSED, w.lang)
    return w("none")


def _occurrence(item: Json, w: Language) -> str:
    """Where, when and what; that nobody gave the day is said in the annex."""
    said = w.of(item["said"])
    return said if item.get("held_on") else said.removeprefix(f"{w.of(on(None))}{w('space')}")


def _is_on_front(row: Json) -> bool:
    return row["indicator"] in ON_FRONT


def _quiet(rows: Iterable[Json], w: Language) -> str:
    """One line for all figures in which nothing happened or changed."""
    same, nothing = [], dict[str, list[str]]()
    for row in rows:
        if not _is_quiet(row) or _is_on_front(row):
            continue
        this, label = row["this"], w.of(row["label"])
        if this["value"] in (None, "0"):
            why = w("zero") if this["value"] else w("those", w.of(this))
            nothing.setdefault(why, []).append(label)
        else:
            same.append(label)
    unchanged = w.labelled(w("unchanged"), w.listed(same)) if same else None
    return w.clauses(unchanged, *(w.labelled(why, w.listed(it)) for why, it in nothing.items()))


def _is_quiet(row: Json) -> bool:
    """Did nothing happen, or is it a level that is the same as last week?"""
    this, last = row["this"], row["last"]
    if row["last"]["issued"]:
        return False
    if this["value"] in (None, "0"):
        return last["value"] in (None, "0")
    is_level = row["cumulative"]["value"] is None
    return is_level and (this["value"], this["qualifier"]) == (last["value"], last["qualifier"])


def details(document: Json, w: Language) -> list[Block]:
    """What was done, with everything that is known of it, for the annex."""
    blocks: list[Block] = []
    for index, section in enumerate(document["sections"]):
        blocks.append(_heading(index, section, w))
        if not reported_to(document["completeness"], section["service"]):
            blocks.append(Paragraph(w("only_recorded"), quiet=True))
        figures = [Item(w.of(line), about=line["indicator"]) for line in section["lines"]]
        done = [
            Item(w.of(item["said"]), [w.of(line) for line in item["details"]])
            for item in section["items"]
        ]
        blocks.append(Items(figures, short=True))
        blocks += [Items(done)] if done else []
        blocks += w.more(section["more"])
        for name in NOT_HELD:
            rows = [Item(w.of(item["said"])) for item in section[name]]
            blocks += [Heading(w(name), 2), Items(rows)] if rows else []
    blocks += _all_held(document["sections"], w)
    return [*blocks, *_overlap(document["overlap"], w)]


def _heading(index: int, section: Json, w: Language) -> Heading:
    return Heading(f"{w.number(index)}{w.of(section['title'])}")


def _all_held(sections: Iterable[Json], w: Language) -> list[Block]:
    """The services whose plans were all carried out, in one line."""
    names = [
        w.of(section["title"])
        for section in sections
        if section["announces"] and not any(section[name] for name in NOT_HELD)
    ]
    if not names:
        return []
    return [Paragraph(w.labelled(w.listed(names), w("all_held")), quiet=True)]


def _overlap(overlap: Json, w: Language) -> list[Block]:
    """Occasions that several services recorded."""
    rows = [Item(w.spaced(row["unit"], w.of(row["said"]))) for row in overlap["rows"]]
    if not rows:
        return []
    recorded, once = overlap["told"], overlap["occasions"]
    return [
        Heading(w("overlap")),
        Paragraph(w("occasions", recorded, recorded - once, once)),
        Items(rows),
    ]
