"""How the entries of a file are known again: by id or content, and by the week in which they
happened.

The ids of an entry's commands begin with its key, so that a file entered again has no second
effect, whatever was put in front of an entry or taken out.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.periods import Period
from shared.domain.types import Json

# Hexadecimal digits that tell entries and parts of one entry apart.
OF_ENTRY, OF_PART = 16, 6
# A digest without a key would let names be found by trying.
PERSONAL = ("name", "phone", "address")


@dataclass(frozen=True)
class Key:
    """`label` names the entry in messages: its id, or its place in the list. Before 0.3 its command
    ids began with it. `name` is its id, or follows from its content. `given` says that the file
    gives the id."""

    label: str
    name: str
    week: Period
    given: bool = False

    def command_id(self, step: str) -> str:
        return f"{self.name}:{self.week}:{step}"

    def former_command_id(self, number: int) -> str:
        """The id of its command with this number, as releases before 0.3 gave it."""
        return f"{self.label}:{number}"

    def beside(self, kind: str, in_place_of: str) -> "Key":
        """The key of a further fact of the entry, whose kind stands in front."""
        label, name = (
            f"{kind}-{text.removeprefix(f'{in_place_of}-')}" for text in (self.label, self.name)
        )
        return replace(self, label=label, name=name)

    def numbered(self, kind: str, number: int) -> "Key":
        """The key of a further fact of the entry, one of several of this kind."""
        return replace(self, label=f"{self.label}-{kind}-{number}")


def key_by_content(prefix: str, number: int, entry: Json, week: Period) -> Key:
    """The key of an entry without an id, which is at the place `number` of its list."""
    return Key(f"{prefix}-{number}", f"{prefix}-{digest(entry, OF_ENTRY)}", week)


def part(verb: str, given: Any) -> str:
    """The name of a command about one of several parts of an entry, by what the part says."""
    return f"{verb}-{digest(given, OF_PART)}"


def digest(given: Any, digits: int) -> str:
    """Of what is said, independent of the order of fields and of quotes."""
    text = json.dumps(_said(given), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def _said(given: Any) -> Any:
    """Every value as text; without empty fields, and without the names of residents."""
    if isinstance(given, dict):
        return {name: _said(_impersonal(name, value)) for name, value in _filled(given)}
    return [_said(value) for value in given] if isinstance(given, list) else str(given)


def _filled(given: Json) -> Iterable[tuple[str, Any]]:
    return ((name, value) for name, value in given.items() if value is not None)


def _impersonal(name: str, value: Any) -> Any:
    if name != "beneficiary" or not isinstance(value, dict):
        return value
    return {part: inner for part, inner in value.items() if part not in PERSONAL}
