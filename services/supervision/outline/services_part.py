"""Part four: a section for each service."""

from collections.abc import Iterable, Mapping

from services.supervision.briefing.completeness import reported_to
from services.supervision.outline.blocks import (
    Block,
    Heading,
    Item,
    Items,
    Paragraph,
    Part,
)
from services.supervision.outline.language import Language
from shared.domain.types import Json

# Items that are tables of numbers: all of it is in the annex.
TABLES = ("order_categories",)
NOT_HELD = ("not_held", "postponed", "cancelled")


def sections(document: Json, w: Language) -> Part:
    """What was done, a line each; the details are in the annex."""
    blocks: list[Block] = []
    table = {row["indicator"]: row for row in document["headline_table"]}
    for index, section in enumerate(document["sections"]):
        blocks.append(_heading(index, section, w))
        if not reported_to(document["completeness"], section["service"]):
            blocks.append(Paragraph(w("only_recorded"), quiet=True))
        blocks += _figures(section["lines"], table, w)
        blocks += _items(section, w)
    blocks += _all_held(document["sections"], w)
    return Part("sections", w("part_sections"), [*blocks, *_overlap(document["overlap"], w)])


def details(document: Json, w: Language) -> list[Block]:
    """What was done, with everything that is known of it, for the annex."""
    blocks: list[Block] = []
    for index, section in enumerate(document["sections"]):
        known = [
            Item(w.of(item["said"]), [w.of(line) for line in item["details"]])
            for item in section["items"]
            if item["details"]
        ]
        if known:
            blocks += [_heading(index, section, w), Items(known)]
    return blocks


def _heading(index: int, section: Json, w: Language) -> Heading:
    return Heading(f"{w.number(index)}{w.of(section['title'])}")


def _figures(lines: Iterable[Json], table: Mapping[str, Json], w: Language) -> list[Block]:
    """A line for each figure; one for all those in which nothing happened or changed."""
    moved, same, nothing = [], [], dict[str, list[str]]()
    for line in lines:
        row = table[line["indicator"]]
        if line["beside"] or line["stated"] or not _is_quiet(row):
            moved.append(Item(w.of(line), about=line["indicator"]))
        elif row["this"]["value"] in (None, "0"):
            nothing.setdefault(w.of(row["this"]), []).append(w.of(row["label"]))
        else:
            same.append(w.of(line))
    quiet = [w.labelled(words, w.listed(labels)) for words, labels in nothing.items()]
    if same:
        quiet.insert(0, w.labelled(w("unchanged"), w.listed(same)))
    blocks: list[Block] = [Items(moved, short=True)] if moved else []
    return [*blocks, *([Paragraph(w.clauses(*quiet), quiet=True)] if quiet else [])]


def _is_quiet(row: Json) -> bool:
    """Did nothing happen, or is it a level that is the same as last week?"""
    this, last = row["this"], row["last"]
    if row["last"]["issued"]:
        return False
    if this["value"] in (None, "0"):
        return last["value"] in (None, "0")
    is_level = row["cumulative"]["value"] is None
    return is_level and (this["value"], this["qualifier"]) == (last["value"], last["qualifier"])


def _items(section: Json, w: Language) -> list[Block]:
    """What was done, and what was planned and not done."""
    blocks: list[Block] = []
    done = [Item(w.of(item["said"])) for item in section["items"] if item.get("kind") not in TABLES]
    if done:
        blocks.append(Items(done))
    blocks += w.more(section["more"])
    for name in NOT_HELD:
        rows = [Item(w.of(item["said"])) for item in section[name]]
        if rows:
            blocks += [Heading(w(name), 2), Items(rows)]
    return blocks


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
