"""Whom a year's report commends: in the text those who were chosen, in the annex everyone who was
considered."""

from services.supervision.outline.blocks import (
    BAD,
    GOOD,
    WARN,
    Block,
    Heading,
    Item,
    Items,
    Paragraph,
    Part,
)
from services.supervision.outline.language import Language
from shared.contracts.events.nominations import BY_PERSON, VOLUNTEER
from shared.domain.types import Json

TONES = {"chosen": GOOD, "nominated": WARN}


def commended(document: Json, w: Language) -> Part:
    """Those who were chosen, by category."""
    found = document.get("commendation")
    blocks = _chosen(found, document.get("edition") == "public", w) if found else []
    return Part("commendation", w("part_commendation"), blocks, front=True)


def _chosen(found: Json, public: bool, w: Language) -> list[Block]:
    if not found["rules"]:
        return [Paragraph(w("nobody_nominated"))]
    rules = w.labelled(w("commendation_rules"), w.of(found["rules"]["label"]))
    blocks: list[Block] = [Paragraph(w.spaced(rules, found["rules"]["version"]), quiet=True)]
    if found["undecided"]:
        blocks.append(Paragraph(w("undecided", found["undecided"])))
    for category in found["categories"]:
        blocks += _category(category, public, w)
    return blocks


def _category(category: Json, public: bool, w: Language) -> list[Block]:
    title = Heading(w.of(category["label"]))
    if public and category["kind"]["code"] == VOLUNTEER:
        return [title, Paragraph(w("names_elsewhere"), quiet=True)]
    rows = [_item(row, w) for row in category["chosen"]]
    return [title, Items(rows) if rows else Paragraph(w("nobody_chosen"), quiet=True)]


def _item(row: Json, w: Language, label: bool = False) -> Item:
    status = row["status"]
    return Item(
        w.spaced(*_who(row)),
        _details(row, w),
        w.of(status) if label else None,
        TONES.get(status["code"], BAD) if label else "",
    )


def _who(row: Json) -> list[str]:
    """Name and unit; the id where there is no name."""
    name = row["name"] or row["subject"]
    # Of a unit the two are the same.
    return [row["unit"]] if row["subject"] == row["orgunit"] else [name, row["unit"]]


def _details(row: Json, w: Language) -> list[str]:
    figure, evidence = row["figure"], row["evidence"]
    number = evidence and len(evidence["events"]) + evidence["more"]
    said = [
        row["by"] and f"{w.of(row['by'])}{_nominator(row, w)}",
        figure and w.labelled(w.of(figure["label"]), w.of(figure)),
        w("stands_no_more") if row["stands"] is False else None,
        row["grounds"] and w.labelled(w("grounds"), w.of(row["grounds"])),
        w("evidence_events", number) if number else None,
        row["decided_by"] and w.labelled(w("decided_by"), _office(row["decided_by"], w)),
        row["reason"] and w.labelled(w("reason"), w.of(row["reason"])),
    ]
    return [text for text in said if text]


def _nominator(row: Json, w: Language) -> str:
    """Nobody nominates what a rule does."""
    if row["by"]["code"] != BY_PERSON:
        return ""
    office = _office(row["nominated_by"], w)
    return w.bracketed(office) if office else ""


def _office(who: Json | None, w: Language) -> str:
    """The office of a person; empty in an edition that doesn't say who it was."""
    if who is None:
        return ""
    return w.of(who["office"]) if who["office"] else w("not_registered")


def details(document: Json, w: Language) -> list[Block]:
    """Everyone who was considered and not chosen, and whom nobody has nominated, for the annex."""
    found = document.get("commendation")
    blocks: list[Block] = []
    for category in found["categories"] if found else []:
        rows = [_item(row, w, label=True) for row in category["considered"]]
        rows += [_left_out(row, w) for row in category["not_nominated"]]
        blocks += w.section(w.of(category["label"]), rows)
    return blocks


def _left_out(row: Json, w: Language) -> Item:
    who = [row["unit"]] if row["subject"] == row["orgunit"] else [row["subject"], row["unit"]]
    return Item(w.spaced(*who), [w.of(row["figure"])], w("not_nominated"), BAD)
