"""Entering a list of org units through supervision's RPC."""

import csv

LEVELS = ("district", "subdistrict", "community")
ACTOR = "service:import"


class BadList(Exception):
    """The list or a row of it can't be used: says which and why."""


def read_units(path):
    """Rows of a list of units, parents first. Raises BadList."""
    rows = _rows(path)
    for number, row in enumerate(rows, 2):
        missing = [name for name in ("code", "level", "name") if not row.get(name)]
        if missing or row["level"] not in LEVELS:
            raise BadList(f"{path}, line {number}: {', '.join(missing) or 'level'} is wrong")
    return sorted(rows, key=lambda row: (LEVELS.index(row["level"]), row["code"]))


def _rows(path):
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadList(f"{path} isn't a CSV file in UTF-8: {error}") from error
    if not rows:
        raise BadList(f"{path} has no rows below its headings")
    return rows


def enter_units(rpc, rows, retired=False, progress=lambda row: None):
    """Register each unit, and retire it where the list is one of `retired` units.

    Safe to repeat: a unit's command ids follow from its code.
    """
    for row in rows:
        rpc.call(
            "supervision",
            "register_orgunit",
            command_id=f"orgunit:{row['code']}",
            actor=ACTOR,
            code=row["code"],
            parent=row.get("parent") or None,
            level=row["level"],
            name=row["name"],
        )
        if retired:
            rpc.call(
                "supervision",
                "retire_orgunit",
                command_id=f"orgunit:{row['code']}:retire",
                actor=ACTOR,
                code=row["code"],
                valid_to=row.get("valid_to") or None,
                successor=row.get("successor") or None,
            )
        progress(row)
