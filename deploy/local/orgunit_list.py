"""Lists of org units in CSV files, entered through the RPC of supervision, which owns the
registry."""

import csv
from collections.abc import Iterable
from pathlib import Path

from shared.service.rpc_client import RpcClient

LEVELS = ("district", "subdistrict", "community")
ACTOR = "service:import"

# Column → value.
Row = dict[str, str]


class BadList(Exception):
    """The list can't be used: the message says where and why."""


def read_units(path: Path) -> list[Row]:
    """The rows of a list of units, parents first. Raises BadList."""
    rows = _rows(path)
    for number, row in enumerate(rows, 2):
        missing = [name for name in ("code", "level", "name") if not row.get(name)]
        if missing:
            raise BadList(f"{path}, line {number}: {', '.join(missing)} is missing")
        if row["level"] not in LEVELS:
            raise BadList(f"{path}, line {number}: level must be one of {', '.join(LEVELS)}")
    return sorted(rows, key=lambda row: (LEVELS.index(row["level"]), row["code"]))


def _rows(path: Path) -> list[Row]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadList(f"{path} isn't a CSV file in UTF-8: {error}") from error
    if not rows:
        raise BadList(f"{path} has no rows below its headings")
    return rows


def enter_units(rpc: RpcClient, rows: Iterable[Row], retired: bool = False) -> None:
    """Register each unit, and retire it where the list is one of `retired` units.

    Safe to repeat: the command ids of a unit follow from its code.
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
