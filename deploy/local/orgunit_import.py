"""A list of org units beside the registry: what is new is entered, what differs is listed with the
command that would make the registry say what the file says."""

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from deploy.local import orgunit_list
from deploy.local.orgunit_list import Row
from deploy.local.service_calls import error_text
from shared.domain.errors import DeadlineExceeded, WarmError
from shared.domain.types import Json
from shared.service.rpc_client import RpcClient

# Needs no quotes in a shell; Chinese needs none.
_PLAIN = re.compile(r"[\w…./-]+\Z")


class Import:
    """`retired` says that the list is one of retired units. `refused` has the error of each code
    that supervision refused."""

    def __init__(self, rpc: RpcClient, rows: Iterable[Row], retired: bool = False) -> None:
        self.rows = list(rows)
        self.retired = retired
        self.refused: dict[str, str] = {}
        self._rpc = rpc
        self._units = orgunit_list.registry(self._rpc)
        self._new = [row for row in self.rows if self._is_new(row)]

    def new(self) -> list[Row]:
        """The rows of units that aren't in the registry, or aren't retired in it."""
        return self._new

    def enter(self, row: Row) -> None:
        """Enter a new row; what is refused is kept in `refused`. Raises DeadlineExceeded."""
        try:
            if row["code"] not in self._units:
                orgunit_list.register(self._rpc, row)
            if self.retired:
                orgunit_list.retire(self._rpc, row)
        except DeadlineExceeded:
            raise
        except WarmError as error:
            self.refused[row["code"]] = error_text(error)

    def differences(self) -> Iterator[str]:
        """What the registry says otherwise, as text: a line for each difference."""
        entered, self._units = self._units, orgunit_list.registry(self._rpc)
        for row in self.rows:
            code = row["code"]
            if code in self.refused:
                yield f"refused  {code} {row['name']}: {self.refused[code]}"
            elif code in self._units:
                yield from self._of(row, self._units[code])
            if code not in entered:
                yield from self._moved(row)

    def _is_new(self, row: Row) -> bool:
        unit = self._units.get(row["code"])
        return unit is None or (self.retired and not unit["retired"])

    def _of(self, row: Row, unit: Json) -> Iterator[str]:
        code = row["code"]
        if row["name"] != unit["name"]:
            change = command("change", code, row["name"])
            correct = command("correct", code, name=row["name"], reason="…")
            yield _differs(
                code, "name", row["name"], unit["name"], f"{change} (or, if it never had the other"
                f" name: {correct})"
            )  # fmt: skip
        for name in ("parent", "level"):
            if (row.get(name) or None) != unit[name]:
                remedy = "the code decides this: correct the file"
                yield _differs(code, name, row.get(name) or "none", unit[name] or "none", remedy)
        if self.retired != unit["retired"]:
            yield self._retirement(row, unit)
        for name in ("valid_from", "split_from", *(("valid_to", "successor") * self.retired)):
            if row.get(name) and row[name] != unit.get(name):
                correct = command("correct", code, **{name: row[name]}, reason="…")
                yield _differs(code, name, row[name], unit.get(name) or "none", correct)

    def _retirement(self, row: Row, unit: Json) -> str:
        code = row["code"]
        if self.retired:
            more = {name: row[name] for name in ("valid_to", "successor") if row.get(name)}
            return _differs(code, "", "retired", "valid", command("retire", code, **more))
        since = f" since {unit['valid_to']}" if unit["valid_to"] else ""
        after = f", followed by {unit['successor']}" if unit["successor"] else ""
        remedy = command("correct", code, not_retired=True, reason="…")
        return _differs(code, "", "valid", f"retired{since}{after}", remedy)

    def _moved(self, row: Row) -> Iterator[str]:
        """Units with the name of a new one that the file no longer has."""
        listed = {other["code"] for other in self.rows}
        for code, unit in self._units.items():
            same = (unit["name"], unit["level"]) == (row["name"], row["level"])
            if same and code not in listed and not unit["retired"]:
                remedy = command("retire", code, valid_to="DAY", successor=row["code"])
                yield _differs(
                    code, "", f"not there; {row['code']} has its name", "valid",
                    f"{remedy} (if it moved)",
                )  # fmt: skip


def command(verb: str, *arguments: str, **options: Any) -> str:
    """A command of `./warm orgunit`, as a person would write it."""
    words = ["./warm", "orgunit", verb, *arguments]
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        words += [option] if value is True else [option, value]
    return " ".join(word if _PLAIN.match(word) else shlex.quote(word) for word in words)


def _differs(code: str, name: str, file: str, registry: str, remedy: str) -> str:
    what = f" {name}" if name else ""
    return f"differs  {code}{what}: file {file} / registry {registry} → {remedy}"
