"""The first page: what a leader reads, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from services.supervision.briefing.completeness import that_reported
from services.supervision.briefing.sections.late import type_name
from services.supervision.outline.blocks import (
    BAD,
    WARN,
    Block,
    Cell,
    Explanation,
    Group,
    Item,
    Items,
    Paragraph,
    Part,
    Row,
    Table,
)
from services.supervision.outline.language import MOST_IN_TEXT, Language, clock
from services.supervision.outline.trends import not_whole
from shared.domain.periods import Week
from shared.domain.report_periods import parse_period
from shared.domain.types import Json
from shared.domain.wording import both

# One of each service, in the order of the services.
HEADLINE_FIGURES = (
    "volunteering.activities_completed",
    "relief.orders_delivered",
    "clinics.clinics_held",
    "jobfairs.fairs_held",
    "supervision.findings_reported",
)
# So many orders that aren't overdue are on the front page.
MOST_WAITING = 5
COLUMNS = ("this_week", "last_week", "change", "mean", "cumulative")


def title(document: Json, w: Language) -> str:
    number = w("issue", document["issue"]) if document["issue"] else ""
    revision = w("revision", document["revision"]) if document["revision"] else ""
    edition = w("public_edition") if _is_public(document) else ""
    return f"{w.of(document['masthead']['programme'])}{w('bulletin')}{number}{revision}{edition}"


def week(document: Json, w: Language) -> str:
    head = document["masthead"]
    days = w("days", head["first_day"], head["last_day"])
    return f"{w.spaced(head['district_name'], w.period(document['period']))}{days}"


def masthead(document: Json, w: Language) -> list[tuple[str, str]]:
    """Who, when and for whom."""
    head, before = document["masthead"], document["rules_before"]
    known: list[tuple[str, str | None]] = [
        ("status", w.status(document["status"])),
        ("cutoff", clock(head["cutoff"])),
        ("prepared_by", w.preparer(head)),
        ("approved_by", w.signer(head)),
        ("four_eyes", w("one_person") if head.get("four_eyes") is False else None),
        ("published_at", head["published_at"] and clock(head["published_at"])),
        ("to", w.of(head["to"])),
        ("replaces", document["replaces"]),
        ("why_revised", head["reason"] and w.of(both(head["reason"]))),
        ("rules_changed", before and _rules(document, w)),
    ]
    return [(w(name), text) for name, text in known if text]


def proof(document: Json, w: Language) -> list[tuple[str, str]]:
    """By which a person recognises the facts and the text; the content digest is the last line."""
    root = document["masthead"].get("facts_root")
    return [
        *([(w("facts_root"), root)] if root else []),
        (w("digest"), document["content_digest"]),
    ]


def note(document: Json, w: Language) -> str:
    """What a reader has to know before the text."""
    before_all = [w("in_chinese"), _of_the_public(w) if _is_public(document) else ""]
    return " ".join(words for words in before_all if words)


def _of_the_public(w: Language) -> str:
    """Why numbers are left out, and of a longer period than a week, where the others come from."""
    said = w("suppressed_means")
    return said if w.kind is Week else w("sums_of_weeks", said)


def _is_public(document: Json) -> bool:
    return document.get("edition") == "public"


def _rules(document: Json, w: Language) -> str:
    """Of a revision under newer rules: both versions."""
    before = w("rules_before", document["rules_before"])
    return f"{document['freeze']['rules']}{w.bracketed(before)}"


def completeness(document: Json, w: Language) -> Part:
    """How many units reported, who is silent, by name, and what agrees, in one sentence."""
    found = document["completeness"]
    units, silent = len(found["units"]), found["silent"]["everywhere"]
    problems = [
        w.labelled(w("not_reconciled"), f"{w.of(row['title'])}{w.bracketed(w.of(row['why']))}")
        for row in found["services"]
        if row["why"]
    ]
    unread = sum(row["messages"] for row in document["notes"]["parked"])
    sentence = w.clauses(
        w("units_reported", of=units, reported=that_reported(found)) if units else None,
        w.labelled(w("silent_everywhere"), w.listed(silent)) if silent else None,
        w("reconciled", reconciled=found["reconciled"], of=found["of"]),
        *problems,
        w("unread", unread) if unread else None,
    )
    return Part("completeness", w("part_completeness"), [Paragraph(sentence)], front=True)


def points(document: Json, w: Language) -> Part:
    rows = [Item(w.of(point)) for point in document["headlines"]]
    return Part("points", w("part_points"), [Items(rows, numbered=True)], front=True)


def figures(document: Json, w: Language) -> Part:
    """The five headline figures; all others are in the annex."""
    notes = document["notes"]
    rows = [row for row in document["headline_table"] if row["indicator"] in HEADLINE_FIGURES]
    blocks = headline_table(document, w, rows)
    if notes["first_week"]:
        blocks.append(Paragraph(w("first_week"), quiet=True))
    elif notes["mean_begins"]:
        blocks.append(Paragraph(w("no_mean_yet", w.period(notes["mean_begins"])), quiet=True))
    this = parse_period(document["period"])
    if partial := not_whole(document, w, map(str, (this, this.previous()))):
        blocks.append(Paragraph(partial, quiet=True))
    return Part("table", w("part_table"), blocks, front=True)


def headline_table(document: Json, w: Language, rows: Iterable[Json]) -> list[Block]:
    """Those rows, and what last week's issue printed otherwise."""
    rows, explained = list(rows), Explanations(document, w)
    columns = [name for name in COLUMNS if not _is_empty(name, document["notes"])]
    lines = [
        Row(w.of(row["label"]), [_cell(row, name, w, explained) for name in columns])
        for row in rows
    ]
    issued = _issued([row for row in rows if row["last"]["issued"]], w)
    return [Table(w("indicator"), [w(name) for name in columns], [Group(lines)]), *issued]


def _is_empty(column: str, notes: Json) -> bool:
    """Is there nothing in this column in the programme's first weeks?"""
    if column in ("last_week", "change"):
        return bool(notes["first_week"])
    return column == "mean" and bool(notes["first_week"] or notes["mean_begins"])


def _cell(row: Json, column: str, w: Language, explained: "Explanations") -> Cell:
    if column == "this_week":
        return Cell(w.of(row["this"]), explained=explained.of(row["indicator"]))
    if column == "last_week":
        return Cell(w.of(row["last"]), marked=bool(row["last"]["issued"]))
    return Cell(w.of(row[column]))


def _issued(rows: list[Json], w: Language) -> list[Block]:
    """What last week's issue printed, where that is another figure."""
    if not rows:
        return []
    said = [
        (w.of(row["label"]), w("was_issued", w.of(row["last"]["issued"]), w.of(row["last"])))
        for row in rows
    ]
    return [
        Paragraph(f"{w('mark')} {w('issued_otherwise')}", quiet=True),
        Items([Item(w.labelled(label, words)) for label, words in said]),
    ]


class Explanations:
    """How the district's figures come about."""

    def __init__(self, document: Json, w: Language) -> None:
        self.document, self.w = document, w
        self.definitions = {
            entry["indicator"]: w.of(entry["definition"])
            for entry in document["notes"]["definitions"]
        }

    def of(self, indicator: str) -> Explanation:
        source = self.document["provenance"][indicator]
        events = [self._event(event) for event in source["events"]]
        if source["left_out"]:
            events.append(Item(self.w("more_events", source["left_out"])))
        # The public edition doesn't say how many there are.
        without = self.w("not_public" if source["left_out"] is None else "none_counted")
        return Explanation(indicator, self.definitions[indicator], events, without)

    def _event(self, event: Json) -> Item:
        w, names = self.w, self.document["orgunits"]
        unit = names.get(event["orgunit"], event["orgunit"])
        said = w.spaced(w.of(event["value"]), unit, w.day(event), w.of(type_name(event["type"])))
        return Item(said, [f"{event['type']} {event['id']}"])


def waiting(document: Json, w: Language) -> Part:
    """What is overdue, the oldest first, and which orders wait for whom, the earliest promise
    first; all of it is in the annex. The public edition says elsewhere that it leaves this out."""
    blocks = list[Block]()
    for name, most, made in (
        ("overdue", MOST_IN_TEXT, overdue),
        ("open_orders", MOST_WAITING, waited_for),
    ):
        rows = document[name]
        blocks += made(rows[:most], w)
        blocks += w.in_annex(max(0, len(rows) - most) + document["more"][name])
        if not rows and name not in document.get("left_out", []):
            blocks.append(Paragraph(w(f"no_{name}")))
    return Part("waiting", w("part_waiting"), blocks, front=True)


def overdue(rows: Iterable[Json], w: Language) -> list[Block]:
    """Rows of what is overdue, apart from those for which only the resident's word is missing."""
    rows, blocks = list(rows), list[Block]()
    for name, unconfirmed, tone in (("overdue", False, BAD), ("unconfirmed", True, WARN)):
        found = [due_item(row, w, tone) for row in rows if row["unconfirmed"] is unconfirmed]
        blocks += w.section(w(name), found)
    return blocks


def waited_for(rows: Iterable[Json], w: Language) -> list[Block]:
    """Rows of what isn't overdue. Their label takes the place of a heading."""
    items = [replace(due_item(row, w), label=w("waiting")) for row in rows]
    return [Items(items)] if items else []


def due_item(row: Json, w: Language, tone: str = "") -> Item:
    """Something with a due date: what, where, since when, and who is waited for."""
    if row["waiting_for"]:
        who = w.of(row["waiting_for"])
    else:
        who = w.labelled(w("responsible"), w.listed(row["responsible"]) or w("nobody"))
    due = f"{w('due_by', row['due'])}{note_of(row, w)}"
    late = w("days_late", row["days_late"]) if row["days_late"] else None
    said = w.clauses(w.spaced(due, row["unit"], w.of(row["what"])), who, late)
    return Item(said, label=w.of(row["kind"]), tone=tone)


def note_of(row: Mapping[str, Any], w: Language) -> str:
    """What is to be said of a due date, such as that it is provisional."""
    return w.of(row["due_note"]) if "due_note" in row else ""
