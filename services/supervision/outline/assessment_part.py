"""The assessment of a half-year: ranks in the text, and a sheet for each unit in the annex."""

from collections.abc import Iterable, Iterator

from services.supervision.indicators import EVER
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
from shared.domain.wording import LANGUAGES, both, say

ASSESSMENT = "assessment"
# Language → code → label, of the figures that no report defines because none prints them.
UNPRINTED = {
    lang: {code: getattr(it, lang) for code, it in EVER.items() if not it.printed}
    for lang in LANGUAGES
}


def assessment(document: Json, w: Language) -> Part:
    """The ranks of each group, the units that have none, and the rubric."""
    blocks = _assessment(document[ASSESSMENT], w) if ASSESSMENT in document else []
    return Part(ASSESSMENT, w("part_assessment"), blocks, front=True)


def _assessment(found: Json, w: Language) -> list[Block]:
    groups = [block for group in found["groups"] for block in _group(group, w)]
    return [
        Paragraph(_rubric(found["rubric"], w)),
        *groups,
        *_unranked(found, w),
        *_window(found, w),
        *([Paragraph(w("see_sheets"), quiet=True)] if found["sheets"] else []),
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
    """A sheet for each unit: the lines of its score, and what they were computed from; the method
    and the rubric's criteria first."""
    found = document.get(ASSESSMENT)
    if not found or not found["sheets"]:
        return []
    method = [Item(w.of(words)) for name, words in found["method"].items() if name != "version"]
    criteria = {it["code"]: it for it in found["rubric"]["criteria"]}
    sources = _sources(document, found["rubric"], w)
    return [
        Heading(w("method")),
        Items(method),
        Heading(w("criteria")),
        _criteria(found["rubric"]["criteria"], w),
        *(block for sheet in found["sheets"] for block in _sheet(sheet, criteria, sources, w)),
    ]


def _sources(document: Json, rubric: Json, w: Language) -> dict[str, str]:
    """Code of a figure → what it is called."""
    printed = [(it["indicator"], it["label"]) for it in document["notes"]["definitions"]]
    declared = [(it["code"], it["label"]) for it in rubric["declared"]]
    return UNPRINTED[w.lang] | {code: w.of(label) for code, label in (*printed, *declared)}


def _criteria(criteria: Iterable[Json], w: Language) -> Table:
    """What the rubric wants for full points. Only the sheets have the weights after sharing out."""
    columns = ("rubric_weight", "full_points", "least", "steps")
    rows = [
        Row(
            w.of(it["label"]),
            [
                Cell(it["weight"]),
                Cell(w.clauses(_full_points(it, w), it["cap"] and w("capped", it["cap"]))),
                Cell(it["least"] or "—"),
                Cell(w.clauses(*(_steps(it, name, w) for name in ("bonus", "deduction"))) or "—"),
            ],
        )
        for it in criteria
    ]
    return Table(w("criterion"), [w(name) for name in columns], [Group(rows)])


def _full_points(it: Json, w: Language) -> str:
    """A criterion has a target, two ends, or the scores of observers; otherwise ranks count."""
    if it["target"]:
        return w("at_target", it["target"])
    if it["full_at"]:
        return w("between", it["zero_at"], it["full_at"])
    return w("out_of", it["out_of"]) if it["out_of"] else w("by_rank")


def _steps(it: Json, name: str, w: Language) -> str | None:
    steps = it[name]
    if not steps:
        return None
    most = w.bracketed(w("steps_up_to", steps["points"], steps["up_to"]))
    return f"{w.labelled(w(f'line_{name}'), w.of(steps['label']))}{most}"


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
    yield Table(w("criterion"), columns, [Group(rows)])
    yield Items([Item(_figure(it, sources, w)) for it in sheet["figures"]], short=True)
    more = [
        *(Item(_observation(it, criteria, w)) for it in sheet["observations"]),
        *(Item(text) for it in sheet["appeals"] for text in _appeal(it, criteria, w)),
    ]
    if more:
        yield Items(more)


def _line(line: Json, names: Iterable[str], w: Language) -> list[Cell]:
    """In place of a figure that isn't scored stands why. Without weight, 0 would look like a bad
    score."""
    why = None if line["standing"]["code"] == "scored" else w.of(line["standing"])
    said = line | {"value": why or line["value"]}
    nothing = (None, "0") if line["weight"] == "0" else (None,)
    return [Cell("—" if said[name] in nothing else said[name]) for name in names]


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
