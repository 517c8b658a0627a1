"""What was done, in a public edition: occasions that were open to all, without small groups."""

from collections.abc import Callable, Iterable
from typing import Any

from services.supervision.briefing.sections import clinics, jobfairs
from services.supervision.briefing.sections.rows import (
    CLAUSE,
    COMMA,
    counted,
    joined,
    labelled,
    pair,
)
from services.supervision.briefing.sections.volunteering import PARTICIPANTS, done_on_the_day
from services.supervision.editions.classified import KEEP, Each, LeaveOut, Unclassified, treated
from services.supervision.editions.protection import Figure, Threshold
from services.supervision.editions.texts import counts_people
from shared.domain.absence import SUPPRESSED, both
from shared.domain.types import Json

# The figures of an occasion that don't count people.
OF_THINGS = (
    "institutions",
    "departments",
    "hours",
    "leaflets",
    "employers",
    "vacancies",
    "gatherings",
    "findings",
)
# Kind of an item → the figure that says how many people the occasion was for.
ATTENDANCE = {
    "activity": "participants",
    "gathering": "participants",
    "clinic": "consultations",
    "fair": "seekers",
}
# Kind of an item and figure → the indicator that sums it.
SUMMED = {
    ("activity", "participants"): "volunteering.participants",
    **{("clinic", name): f"clinics.{name}" for name in ("staff", "consultations", "prescriptions")},
    **{("fair", name): f"jobfairs.{name}" for name in ("seekers", "intents")},
}

FIGURE = dict.fromkeys(("value", "qualifier", "unit", "zh", "en"), KEEP)
_PLACE = dict.fromkeys(("kind", "orgunit", "unit", "held_on", "said"), KEEP) | {
    "details": LeaveOut([])
}
_OCCASION = _PLACE | {"figures": Each(FIGURE)}
FINDING = _PLACE | {
    "finding": KEEP,
    "status": KEEP,
    **dict.fromkeys(("due", "due_note", "repeat", "reopened", "responsible"), KEEP),
    **dict.fromkeys(("reported_on", "rectified_on", "closed_on", "overdue"), KEEP),
    # Entered about a place, which may be somebody's home.
    **{name: LeaveOut() for name in ("what", "asset", "reason")},
}
# Kind of an item → its parts. None: the items are left out.
KINDS: dict[str, Any] = {
    "activity": _OCCASION | dict.fromkeys(("name", "category", "communities", "taking_part"), KEEP),
    "gathering": _OCCASION | {"name": KEEP, "invited": KEEP},
    "service_day": _PLACE | {"name": KEEP, "activities": KEEP},
    "clinic": _OCCASION
    | dict.fromkeys(("venue", "named_institutions", "named_departments"), KEEP)
    | {"services": KEEP, "next_steps": KEEP, "warnings": LeaveOut([])},
    "fair": _OCCASION
    | dict.fromkeys(("venue", "theme", "audience", "named_employers", "services"), KEEP)
    | {"postings": {"employer": KEEP, "job": KEEP, "openings": FIGURE}, "warnings": LeaveOut([])},
    "patrol": _OCCASION | {"patrol": KEEP, "every": KEEP},
    "finding": FINDING,
    "meeting": _PLACE | {"meeting": KEEP, "heard": KEEP},
    # One resident's need, one unit's round of visits, one report of people hired; a second
    # breakdown of the orders raised; a team.
    **dict.fromkeys(("order", "order_categories", "visit", "hires", "patrol_team")),
}

# Indicator and unit → the cell that is printed there.
Cells = dict[tuple[str, str], Json]


def public_items(rows: Iterable[Json], cells: Cells, least: int) -> list[Json]:
    """The items of a section. `cells` are the public ones by indicator and unit.

    Raises Unclassified for a kind that isn't in KINDS.
    """
    found = []
    for row in rows:
        kind = row["kind"]
        if kind not in KINDS:
            raise Unclassified(f"sections[].items[]: the kind {kind} is not classified")
        if KINDS[kind] is None or _is_small(row, least) or counts_people(row["said"]):
            continue
        made = treated(row, KINDS[kind], None, f"sections[].items[] ({kind})")
        if "figures" in made:
            made["figures"] = _figures(made, cells, least)
        found.append(made | DETAILS[kind](made))
    return found


def _is_small(row: Json, least: int) -> bool:
    """Was it for fewer people than the threshold? Its name would name a small group."""
    people = row.get("figures", {}).get(ATTENDANCE.get(row["kind"]))
    return people is not None and not _is_safe(people, least)


def _is_safe(figure: Json, least: int) -> bool:
    return Threshold(least).is_safe(Figure.of(figure | {"denominator": 1}))


def _figures(row: Json, cells: Cells, least: int) -> Json:
    return {
        name: figure if _is_public(row, name, figure, cells, least) else suppressed(figure["unit"])
        for name, figure in row["figures"].items()
    }


def _is_public(row: Json, name: str, figure: Json, cells: Cells, least: int) -> bool:
    """A number of people that is part of a sum is printed only where the unit's printed cell has
    the same: then it says nothing new."""
    if name in OF_THINGS or figure["value"] is None:
        return True
    indicator = SUMMED.get((row["kind"], name))
    if indicator is None:
        return _is_safe(figure, least)
    cell = cells.get((indicator, row["orgunit"]), {})
    return all(cell.get(part) == figure[part] for part in ("value", "qualifier"))


def suppressed(unit: str) -> Json:
    """A suppressed figure with its words."""
    return {"value": None, "qualifier": SUPPRESSED, "unit": unit, **both(SUPPRESSED)}


def finding_words(row: Json) -> Json:
    """The words of a finding: where, of which kind, and its state."""
    kind = row["finding"] if row["finding"]["code"] != "other" else pair("问题", "finding")
    return {"said": joined(row["unit"], kind, row["status"]), "what": kind}


def _activity(row: Json) -> Json:
    people = counted(PARTICIPANTS, row["figures"]["participants"])
    who = labelled(pair("参加人员", "from"), joined(*row["taking_part"], mark=COMMA))
    return {"details": [people, *([who] if row["taking_part"] else [])]}


def _gathering(row: Json) -> Json:
    number = counted(pair("场次", "gatherings"), row["figures"]["gatherings"], noun=True)
    who = labelled(pair("邀请对象", "invited"), joined(*row["invited"], mark=COMMA))
    return {"details": [number, *([who] if row["invited"] else [])]}


def _patrol(row: Json) -> Json:
    return {
        "details": [counted(pair("发现问题", "findings"), row["figures"]["findings"], noun=True)]
    }


def _clinic(row: Json) -> Json:
    steps = [step for step in row["next_steps"] if not counts_people(step)]
    lines = clinics.details(row, row["figures"], row["services"], steps, [])
    return {"next_steps": steps, "details": list(lines)}


def _fair(row: Json) -> Json:
    texts = {
        name: None if counts_people(row[name]) else row[name] for name in ("theme", "audience")
    }
    return texts | {"details": list(jobfairs.details(row | texts))}


def _meeting(row: Json) -> Json:
    heard = labelled(pair("听取汇报", "heard"), joined(*row["heard"], mark=CLAUSE))
    return {"details": [heard] if row["heard"] else []}


# Kind → the parts that are made again from what is public.
DETAILS: dict[str, Callable[[Json], Json]] = {
    "activity": _activity,
    "gathering": _gathering,
    "service_day": lambda row: {"details": [done_on_the_day(row["activities"])]},
    "clinic": _clinic,
    "fair": _fair,
    "patrol": _patrol,
    "finding": finding_words,
    "meeting": _meeting,
}
