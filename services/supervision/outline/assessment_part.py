"""The assessment of a half-year: ranks in the text, and a sheet for each unit in the annex."""

from collections.abc import Iterable, Iterator

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
from services.supervision.outline.language import Language
from shared.domain.quantities import Quantity
from shared.domain.types import Json
from shared.domain.wording import both, say

ASSESSMENT = "assessment"


def assessment(document: Json, w: Language) -> Part:
    """The ranks of each group, the units that have none, and the rubric."""
    blocks = _assessment(document[ASSESSMENT], w) if ASSESSMENT in document else []
    return Part(ASSESSMENT, w("part_assessment"), blocks)


def _assessment(found: Json, w: Language) -> list[Block]:
    groups = [block for group in found["groups"] for block in _group(group, w)]
    return [
        Paragraph(_rubric(found["rubric"], w)),
        *groups,
        *_unranked(found, w),
        *_window(found, w),
    ]


def _rubric(rubric: Json, w: Language) -> str:
    named = w.spaced(w.of(rubric["label"]), rubric["version"])
    return w.clauses(w.labelled(w("rubric"), named), w.of(rubric["note"]))


def _group(group: Json, w: Language) -> list[Block]:
    if not group["rows"]:
        return []
    # The public edition has the ranks alone.
    scored = any(row["score"] is not None for row in group["rows"])
    columns = ["rank", "score", "rank_interval", "score_interval"] if scored else ["rank"]
    rows = [Row(row["unit"], _cells(row, scored, w)) for row in group["rows"]]
    return [
        Heading(w.of(group["label"])),
        Table(w("unit"), [w(name) for name in columns], [Group(rows)]),
    ]


def _cells(row: Json, scored: bool, w: Language) -> list[Cell]:
    rank = str(row["rank"]) if row["rank"] else w.of(row["standing"])
    if not scored:
        return [Cell(rank)]
    places = row["rank_interval"]
    likely = "—" if places is None else _span(places["best"], places["worst"])
    chance = row["chance"]
    return list(map(Cell, (rank, row["score"], likely, _span(chance["low"], chance["high"]))))


def _span(low: object, high: object) -> str:
    return str(low) if low == high else f"{low}–{high}"


def _unranked(found: Json, w: Language) -> list[Block]:
    left_out = [Item(_excluded(row, w)) for row in found["excluded"]]
    others = [row["unit"] for row in found["not_in_a_group"]]
    if others:
        left_out.append(Item(w.labelled(w("not_in_a_group"), w.listed(others))))
    return [Items(left_out)] if left_out else []


def _excluded(row: Json, w: Language) -> str:
    reason = w.of(both(row["reason"])) if row["reason"] else None
    approved = row["approved_by"] and w(
        "approved_by_on", w.actor(row["approved_by"]), row["approved_on"]
    )
    return w.clauses(w.labelled(w("not_assessed"), row["unit"]), reason, approved)


def _window(found: Json, w: Language) -> list[Block]:
    window = found["appeal_window"]
    if window is None:
        return []
    words = w("appeal_window", window["announced_on"], window["last_day"])
    waiting = w("open_appeals", window["open"]) if window["open"] else None
    return [Paragraph(w.clauses(words, waiting))]


def sheets(document: Json, w: Language) -> list[Block]:
    """A sheet for each unit: the lines of its score, and what they were computed from; the rubric's
    method first."""
    found = document.get(ASSESSMENT)
    if not found or not found["sheets"]:
        return []
    method = [Item(w.of(words)) for name, words in found["method"].items() if name != "version"]
    criteria = {it["code"]: it for it in found["rubric"]["criteria"]}
    sources = _sources(document, found["rubric"], w)
    return [
        Heading(w("method")),
        Items(method),
        *(block for sheet in found["sheets"] for block in _sheet(sheet, criteria, sources, w)),
    ]


def _sources(document: Json, rubric: Json, w: Language) -> dict[str, str]:
    """Code of a figure → what it is called: an indicator that isn't printed has its code alone."""
    printed = [(it["indicator"], it["label"]) for it in document["notes"]["definitions"]]
    declared = [(it["code"], it["label"]) for it in rubric["declared"]]
    return {code: w.of(label) for code, label in (*printed, *declared)}


def _sheet(
    sheet: Json, criteria: dict[str, Json], sources: dict[str, str], w: Language
) -> Iterator[Block]:
    yield Heading(w.labelled(sheet["unit"], w("points_of", sheet["score"])))
    names = ("points", "weight", "value", "base", "bonus", "deduction", "appeal")
    columns = [w(f"line_{name}") for name in names]
    rows = [
        Row(w.of(criteria[line["criterion"]]["label"]), _line(line, names, w))
        for line in sheet["lines"]
    ]
    yield Table(w("criterion"), columns, [Group(rows)], wide=True)
    yield Items([Item(_figure(it, sources, w)) for it in sheet["figures"]], short=True)
    more = [
        *(Item(_observation(it, criteria, w)) for it in sheet["observations"]),
        *(Item(text) for it in sheet["appeals"] for text in _appeal(it, criteria, w)),
    ]
    if more:
        yield Items(more)


def _line(line: Json, names: Iterable[str], w: Language) -> list[Cell]:
    """In place of a figure that isn't scored stands why."""
    why = None if line["standing"]["code"] == "scored" else w.of(line["standing"])
    said = line | {"value": why or line["value"]}
    return [Cell(said[name] or "—") for name in names]


def _figure(figure: Json, sources: dict[str, str], w: Language) -> str:
    said = say(Quantity.from_json(figure), w.lang)
    events = w("of_events", figure["events"])
    source: str = figure["source"]
    return f"{w.labelled(sources.get(source, source), said)}{w.bracketed(events)}"


def _observation(it: Json, criteria: dict[str, Json], w: Language) -> str:
    observers = w.listed(map(w.actor, it["observers"]))
    return w.clauses(
        w.labelled(w.spaced(it["day"], w.of(criteria[it["criterion"]]["label"])), it["score"]),
        w.of(both(it["occasion"])) if it["occasion"] else None,
        w.labelled(w("observers"), observers),
    )


def _appeal(it: Json, criteria: dict[str, Json], w: Language) -> Iterator[str]:
    title = w.spaced(it["lodged_on"], w("appeal"), w.of(criteria[it["criterion"]]["label"]))
    late = w("appeal_late") if it["late"] else None
    yield w.clauses(w.labelled(title, w.of(both(it["grounds"]))), late, w.of(it["outcome"]))
    if answer := it["answer"]:
        changed = answer["awarded"] and w("awarded", answer["computed"], answer["awarded"])
        reply = w.spaced(answer["answered_on"], w("appeal_answer"))
        yield w.clauses(w.labelled(reply, w.of(both(answer["reason"]))), changed)
