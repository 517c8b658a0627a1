"""The district of the simulated year: its units, and what the office does to them."""

from dataclasses import dataclass
from datetime import date, timedelta

from shared.domain.periods import Week

DISTRICT = "410103"
# Of the year with a week 53.
FIRST = Week(2020, 1)
# Merged into HEIR in the fifth week.
MERGED, HEIR = "410103011", "410103012"
# In the ninth week PART is split off from ORIGIN.
ORIGIN, PART = "410103013", "410103017"
MISSPELT = "410103015"
# Has a community that is retired by mistake for two weeks, and one that ends.
SHRINKING = "410103016"
SUBDISTRICTS = (MERGED, HEIR, ORIGIN, MISSPELT, SHRINKING)
COMMUNITIES = tuple(f"{code}00{n}" for code in SUBDISTRICTS for n in (1, 2))
ACTOR = "person:registrar"


def day(week, weekday):
    """A day of the year: weeks from 0 on, Monday is 0."""
    return FIRST.first_day + timedelta(weeks=week, days=weekday)


@dataclass(frozen=True)
class Act:
    """A command on the registry, entered on a day."""

    entered: date
    method: str
    arguments: dict


MERGER, SPLIT, END = day(4, 2), day(8, 3), day(13, 0)
MISTAKEN, PUT_RIGHT = day(11, 0), day(13, 1)


def register(code, name=None, **more):
    level = {6: "district", 9: "subdistrict", 12: "community"}[len(code)]
    parent = code[:-3] if len(code) > 6 else None
    given = {"code": code, "parent": parent, "level": level, "name": name or f"单位{code[6:]}"}
    return "register_orgunit", given | more


def retire(code, valid_to, successor=None):
    return "retire_orgunit", {"code": code, "valid_to": str(valid_to), "successor": successor}


def correct(code, **parts):
    return "correct_orgunit", {"code": code, "reason": "录入有误", **parts}


BEGINNING = [register(code) for code in (DISTRICT, *SUBDISTRICTS, *COMMUNITIES)]

LATER = [
    Act(day(1, 1), "change_orgunit", {"code": MISSPELT, "name": "误写街道"}),
    Act(day(3, 0), *correct(MISSPELT, name="正名街道")),
    # Entered two days after the merger.
    *(
        Act(MERGER + timedelta(2), *retire(one, MERGER, other))
        for one, other in (
            (f"{MERGED}001", f"{HEIR}001"),
            (f"{MERGED}002", f"{HEIR}002"),
            (MERGED, HEIR),
        )
    ),
    Act(SPLIT, *register(PART, valid_from=str(SPLIT), split_from=ORIGIN)),
    Act(SPLIT, *register(f"{PART}001", valid_from=str(SPLIT), split_from=f"{ORIGIN}002")),
    Act(MISTAKEN, *retire(f"{SHRINKING}002", MISTAKEN)),
    Act(PUT_RIGHT, *correct(f"{SHRINKING}002", retired=False)),
    # With a wrong day first.
    Act(END, *retire(f"{SHRINKING}001", END + timedelta(3))),
    Act(END + timedelta(9), *correct(f"{SHRINKING}001", valid_to=str(END))),
]

# Unit → (first day, first day without it), where it doesn't last for the whole half-year.
LASTING = {
    MERGED: (date.min, MERGER),
    f"{MERGED}001": (date.min, MERGER),
    f"{MERGED}002": (date.min, MERGER),
    PART: (SPLIT, date.max),
    f"{PART}001": (SPLIT, date.max),
    f"{SHRINKING}001": (date.min, END),
    # What happens there while it is retired by mistake is left out.
    f"{SHRINKING}002": (date.min, MISTAKEN),
}


def units_on(today):
    """The sub-districts and communities that can report what happened on a day."""
    known = (*SUBDISTRICTS, *COMMUNITIES, PART, f"{PART}001")
    return [code for code in known if _first_day(code) <= today <= last_day(code)]


def _first_day(code):
    return LASTING.get(code, (date.min, date.max))[0]


def last_day(code):
    """The last day on which something may have happened in the unit."""
    return LASTING.get(code, (date.min, date.max))[1] - timedelta(1)
