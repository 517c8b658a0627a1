"""Groups, the plan and the platforms."""

from collections.abc import Iterable

from services.supervision.briefing.sections.group_reports import NIL, PROGRESS, SILENT, TEXTS
from services.supervision.outline.blocks import (
    BAD,
    GOOD,
    WARN,
    Bar,
    Bars,
    Block,
    Heading,
    Item,
    Items,
    Paragraph,
)
from services.supervision.outline.language import Language
from shared.domain.types import Json

# State → the words for the weeks in which it was so.
_WEEKS = {PROGRESS: "progress_weeks", NIL: NIL, SILENT: SILENT}
TONES = {"done": GOOD, "in_progress": WARN, SILENT: BAD}


def lines(document: Json, w: Language) -> list[str]:
    """How many groups there are, which of them reported, and how far the platforms are that changed
    this week."""
    moved = [
        w.spaced(w.of(it["name"]), f"{it['done']}/{it['of']}")
        for it in document["platforms"]
        if it["of"] and it["this_week"]
    ]
    said, reports = _special(document["groups"]["special"], w), _reporting(document, w)
    if not (reports or _part(document, w, True)):
        said = w.clauses(said, w("nothing_changed"))
    return [said, *reports, *([w.clauses(*moved)] if moved else [])]


def _special(special: Json, w: Language) -> str:
    """How many special groups there are, and how many the plan counts."""
    if special["planned"] is None:
        return w("special_unknown", special["named"])
    return w("special_groups", special["planned"], special["named"], special["not_yet_named"])


def _reporting(document: Json, w: Language) -> list[str]:
    """How many groups reported progress, and which ones nil or nothing; none where no group had to
    report."""
    names: dict[str, list[str]] = {PROGRESS: [], NIL: [], SILENT: []}
    for row in document["groups"]["reports"]:
        names[row["state"]["code"]].append(w.of(row["name"]))
    if not any(names.values()):
        return []
    quiet = [w.labelled(w(it), w.listed(names[it])) for it in (NIL, SILENT) if names[it]]
    said = w.clauses(w(PROGRESS, len(names[PROGRESS])), *quiet, _missed(document, w))
    return [w.labelled(w("group_reports"), said)]


def _missed(document: Json, w: Language) -> str | None:
    """Of a longer period: the groups that reported in some weeks and not in others."""
    missed = [
        f"{w.of(row['name'])} {len(row['weeks'][SILENT])}"
        for row in document["groups"]["reports"]
        if row["state"]["code"] != SILENT and row.get("weeks", {}).get(SILENT)
    ]
    return w.labelled(w("missed_weeks"), w.listed(missed)) if missed else None


def _progress(platforms: Iterable[Json], w: Language) -> Bars:
    rows = [
        Bar(w.of(it["name"]), percent(it["done"], it["of"]), f"{it['done']}/{it['of']}")
        for it in platforms
    ]
    return Bars("platforms", w("platforms"), w("platforms_desc"), rows)


def percent(part: int, whole: int) -> str:
    """With one decimal, for the length of a bar."""
    return f"{round(100 * part / whole, 1)}"


def details(document: Json, w: Language) -> list[Block]:
    """The plan, groups and platforms, with everything that is known of them, for the annex."""
    blocks: list[Block] = []
    reports = [_report(row, w) for row in document["groups"]["reports"]]
    blocks += w.section(w("group_reports"), reports)
    for name, this_week in (("groups_changed", True), ("groups_unchanged", False)):
        found = _part(document, w, this_week)
        blocks += [Heading(w(name)), *found] if found else []
    platforms = [it for it in document["platforms"] if it["of"]]
    blocks += [_progress(platforms, w)] if platforms else []
    return [*blocks, *w.more(document["more"]["platforms"])]


def _part(document: Json, w: Language, this_week: bool) -> list[Block]:
    """The plan, groups and platforms that changed this week, or those that didn't."""
    plan = document["groups"]["plan"]
    blocks: list[Block] = []
    if plan and plan["this_week"] == this_week:
        blocks += _plan(plan, w)
    rows = [_group(row, w) for row in document["groups"]["rows"] if row["this_week"] == this_week]
    if rows:
        blocks += [Heading(w("groups"), 2), Items(rows)]
    for platform in document["platforms"]:
        if platform["this_week"] == this_week:
            done = w("milestones_done", platform["done"], platform["of"])
            blocks.append(Heading(w.labelled(w.of(platform["name"]), done), 2))
            blocks.append(Items([_milestone(row, w) for row in platform["milestones"]]))
    return blocks


def _plan(plan: Json, w: Language) -> list[Block]:
    said = w.clauses(w.of(plan["name"]), w("version", plan["version"]), w.of(plan["status"]))
    rhythm = [Item(w.labelled(w.of(row["every"]), w.of(row["what"]))) for row in plan["rhythm"]]
    return [Heading(w("plan"), 2), Paragraph(said), *([Items(rhythm)] if rhythm else [])]


def _report(row: Json, w: Language) -> Item:
    """A group's report of the week, or that there is none; of a longer period, its weeks and the
    last report of progress."""
    weeks = [w.labelled(w(_WEEKS[it]), w.weeks(found)) for it, found in _weeks(row) if found]
    details = [w.labelled(w(f"group_{it}"), w.of(row[it])) for it in TEXTS if row[it]]
    if row.get("week") and details:
        details[0] = w.spaced(w.period(row["week"]), details[0])
    details = [*([w.clauses(*weeks)] if weeks else []), *details]
    state = row["state"]
    return Item(w.of(row["name"]), details, w.of(state), TONES.get(state["code"], ""))


def _weeks(row: Json) -> Iterable[tuple[str, list[str]]]:
    return row["weeks"].items() if "weeks" in row else ()


def _group(row: Json, w: Language) -> Item:
    actions = row["actions"]
    work = w("group_actions", actions["open"], actions["done"]) if any(actions.values()) else None
    known = [
        ("responsible_unit", row["responsible_unit"]),
        ("responsible_person", row["responsible_person"]),
        ("staff", row["staff"] and w.of(row["staff"])),
        ("members", w.listed(row["member_units"])),
        ("duties", w.clauses(*map(w.of, row["duties"]))),
        ("vacant", w.listed(map(w.of, row["vacant"]))),
    ]
    details = [w.labelled(w(name), text) for name, text in known if text]
    return Item(
        w.clauses(
            w.labelled(
                w.of(row["kind"]),
                w.of(row["name"]),
            ),
            work,
        ),
        details,
    )


def _milestone(row: Json, w: Language) -> Item:
    what = w.of(row["what"]) + (f" × {row['count']}" if row["count"] is not None else "")
    when = None
    if row["reached_on"]:
        when = f"{w('reached')} {row['reached_on']}"
    elif row["target"]:
        when = f"{w('target')} {row['target']}"
    why = w.labelled(w("reason"), row["reason"]) if row["reason"] else None
    tone = TONES.get(row["status"]["code"], "")
    return Item(w.clauses(what, when, why), label=w.of(row["status"]), tone=tone)
