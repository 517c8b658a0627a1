"""Lists of org units in CSV files, entered through the RPC of supervision, which owns the
registry."""

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from shared.domain.types import Json
from shared.service.rpc_client import RpcClient

LEVELS = ("district", "subdistrict", "community")
ACTOR = "service:import"

# Values that no column has.
MORE = "more"
# Columns that need not be there; an empty value says nothing.
OPTIONAL = ("valid_from", "split_from")

# Column → value.
Row = dict[str, str]


class BadList(Exception):
    """The list can't be used: the message says where and why."""


def read_units(path: Path) -> list[Row]:
    """The rows of a list of units, parents first. Raises BadList."""
    rows = _rows(path)
    lines: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        missing = [name for name in ("code", "level", "name") if not row.get(name)]
        if missing:
            raise BadList(f"{path}, line {number}: {', '.join(missing)} is missing")
        if row["level"] not in LEVELS:
            raise BadList(f"{path}, line {number}: level must be one of {', '.join(LEVELS)}")
        code = row["code"]
        if code in lines:
            raise BadList(f"{path}, line {number}: {code} is given twice, first on {lines[code]}")
        lines[code] = number
    return sorted(rows, key=lambda row: (LEVELS.index(row["level"]), row["code"]))


def _rows(path: Path) -> list[Row]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey=MORE)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadList(f"{path} isn't a CSV file in UTF-8: {error}") from error
    if not rows:
        raise BadList(f"{path} has no rows below its headings")
    headings = list(reader.fieldnames or ())
    twice = [name for name, count in Counter(headings).items() if count > 1]
    if twice:
        raise BadList(f"{path}: the column {twice[0]} is given twice")
    for number, row in enumerate(rows, 2):
        if MORE in row:
            raise BadList(f"{path}, line {number}: it has more values than there are columns")
    return [{name: (value or "").strip() for name, value in row.items()} for row in rows]


def enter_units(rpc: RpcClient, rows: Iterable[Row], retired: bool = False) -> None:
    """Register each unit, and retire it where the list is one of `retired` units.

    Safe to repeat: the command ids of a unit follow from its code.
    """
    for row in rows:
        register(rpc, row)
        if retired:
            retire(rpc, row)


def registry(rpc: RpcClient) -> dict[str, Json]:
    """The states of all units of the registry by code."""
    found = rpc.call("supervision", "orgunits")
    return {unit["state"]["code"]: unit["state"] for unit in found}


def register(rpc: RpcClient, row: Row) -> None:
    """Register the unit of a row. Raises WarmError."""
    more: Json = {name: row[name] for name in OPTIONAL if row.get(name)}
    rpc.call(
        "supervision",
        "register_orgunit",
        command_id=f"orgunit:{row['code']}",
        actor=ACTOR,
        code=row["code"],
        parent=row.get("parent") or None,
        level=row["level"],
        name=row["name"],
        **more,
    )


def retire(rpc: RpcClient, row: Row) -> None:
    """Retire the unit of a row. Raises WarmError."""
    rpc.call(
        "supervision",
        "retire_orgunit",
        command_id=f"orgunit:{row['code']}:retire",
        actor=ACTOR,
        code=row["code"],
        valid_to=row.get("valid_to") or None,
        successor=row.get("successor") or None,
    )
