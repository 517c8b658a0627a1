"""Reading one entry of a file of facts: every error names its place, and no field is ignored."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, Self

from marshmallow import ValidationError
from marshmallow.fields import Field

from deploy.local.facts.languages import completed, in_languages
from shared.contracts.fields import TEXT, WHOLE, OrgUnit, Text, Whole, Words
from shared.domain.quantities import Quantity, not_stated
from shared.domain.types import Json

# Ids in the file and codes of groups: command ids are made of them.
CODE = r"[A-Za-z0-9][A-Za-z0-9._-]*"
LONGEST_CODE = 40
MOST_DIGITS = 30
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
# A number as the core schema of YAML 1.2 writes it, but without bases and exponents.
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?\Z", re.ASCII)

# {"zh": …, "en": …}, at least one of them.
Bilingual = dict[str, str]


class Fields:
    """The named fields of an entry; `path` is their place in it.

    All methods raise ValueError that names the field. A field that no method has read is refused by
    `refuse_unread`: its content would be lost.
    """

    def __init__(self, given: Any, path: str = "") -> None:
        if not isinstance(given, dict):
            where = f"{path.rstrip('.')}: " if path else ""
            raise ValueError(f"{where}must have named fields")
        self.given: Json = given
        self.path = path
        self._read: set[str] = set()
        self._parts: dict[str | tuple[str, int], Self] = {}

    def get(self, name: str) -> Any:
        """The value as it stands in the file; None where there is none."""
        self._read.add(name)
        return self.given.get(name)

    def error(self, name: str, message: object) -> ValueError:
        """To be raised: an error in the field `name`."""
        return ValueError(f"{self.path}{name}: {message}")

    def require(self, name: str) -> Any:
        """The value; raises ValueError where it is missing or empty."""
        value = self.get(name)
        if value in (None, "", [], {}):
            raise ValueError(f"{self.path}{name} is missing")
        return value

    def checked(self, name: str, field: Field[Any]) -> Any:
        """The value as `field` reads it; None where there is none."""
        return self._check(name, self.get(name), field)

    def whole(self, name: str, least: int = 0, most: int = WHOLE) -> int | None:
        """A whole number; None where there is none."""
        value = self.get(name)
        if isinstance(value, str) and _NUMBER.match(value) and "." not in value:
            value = int(Decimal(value)) if len(value) < MOST_DIGITS else value
        whole: int | None = self._check(name, value, Whole(least, most))
        return whole

    def text(self, name: str, longest: int = 100) -> str | None:
        text: str | None = self.checked(name, Text(longest=longest))
        return text

    def code(self, name: str) -> str | None:
        """A short code of letters, digits and . _ - (ids consist of these)."""
        value = self.get(name)
        text = str(value) if isinstance(value, int) else value
        code: str | None = self._check(name, text, Text(longest=LONGEST_CODE, pattern=CODE))
        return code

    def codes(self, name: str) -> list[str]:
        return self.many(name, Text(longest=LONGEST_CODE, pattern=CODE))

    def flag(self, name: str) -> bool:
        """True or false; false where there is none."""
        value = self.get(name)
        if not isinstance(value, bool | None):
            raise self.error(name, f"must be true or false, not {value!r}")
        return bool(value)

    def orgunit(self, name: str = "orgunit") -> str:
        """A division code, which is required."""
        code: str = self._check(name, str(self.require(name)), OrgUnit())
        return code

    def day(self, name: str) -> date | None:
        """A calendar day; None where there is none."""
        value = self.get(name)
        if value is None:
            return None
        try:
            return _day(value)
        except ValueError:
            raise self.error(name, f"not a day like 2017-02-07: {value!r}") from None

    def iso_day(self, name: str) -> str | None:
        day = self.day(name)
        return day.isoformat() if day else None

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """One of the codes in `choices`; None where there is none."""
        value = self.get(name)
        return None if value is None else self._one_of(name, value, choices)

    def choices(self, name: str, choices: Collection[str]) -> list[str]:
        return [self._one_of(name, value, choices) for value in self.many(name)]

    def many(self, name: str, field: Field[Any] | None = None) -> list[Any]:
        """A list, each entry as `field` reads it; empty where there is none."""
        values = self.get(name)
        if values is None:
            return []
        if not isinstance(values, list):
            raise self.error(name, "must be a list")
        if None in values:
            raise self.error(name, "one of its entries is empty")
        return values if field is None else [self._check(name, value, field) for value in values]

    def words(self, name: str) -> Bilingual | None:
        """Text for people: {zh, en}, or plain text in either language; None where there is none."""
        return self._words(name, self.get(name))

    def many_words(self, name: str) -> list[Bilingual]:
        texts = (self._words(name, value) for value in self.many(name))
        return [words for words in texts if words]

    def name(self) -> Bilingual | None:
        """The {zh, en} among the fields themselves; None where there is neither."""
        given = {lang: self.get(lang) for lang in ("zh", "en")}
        return self._words("zh, en", {lang: text for lang, text in given.items() if text} or None)

    def part(self, name: str) -> Self:
        """The fields of a field; without fields where it isn't there."""
        value = self.get(name)
        return self._part(name, {} if value is None else value, f"{self.path}{name}.")

    def parts(self, name: str) -> list[Self]:
        """The entries of a list, each with its fields."""
        return [
            self._part((name, number), value, f"{self.path}{name} {number}.")
            for number, value in enumerate(self.many(name), 1)
        ]

    def counted(self, name: str) -> Self:
        """The fields beside a figure: a bare number is its `count`."""
        value = self.get(name)
        bare = {} if value is None else {"count": value}
        given = value if isinstance(value, dict) else bare
        return self._part(name, given, f"{self.path}{name}.")

    def amount(self, name: str, unit: str) -> Json:
        """The quantity of {count, qualifier, stated} or of a bare number, as JSON.

        It is not stated where the file gives none.
        """
        return self.counted(name).figure(name, unit, self)

    def figure(self, name: str, unit: str, holder: "Fields") -> Json:
        """The quantity that these fields of the figure `name` of `holder` give."""
        count, qualifier = self.get("count"), self.get("qualifier") or "exact"
        stated = self.text("stated")
        if count is None:
            return not_stated(unit).to_json()
        try:
            return Quantity(_number(count), qualifier, unit, stated).to_json()
        except ValueError as error:
            raise holder.error(name, error) from error

    def refuse_unread(self) -> None:
        """Raises ValueError for a field that was not read, here or further down."""
        unread = [str(name) for name in self.given if name not in self._read]
        if unread:
            raise self.error(unread[0], "there is no such field")
        for part in self._parts.values():
            part.refuse_unread()

    def _part(self, key: str | tuple[str, int], given: Any, path: str) -> Self:
        if key not in self._parts:
            self._parts[key] = type(self)(given, path)
        return self._parts[key]

    def _one_of(self, name: str, value: Any, choices: Collection[str]) -> str:
        if not isinstance(value, str) or value not in choices:
            raise self.error(name, f"{value!r} isn't one of {', '.join(choices)}")
        return value

    def _words(self, name: str, value: Any) -> Bilingual | None:
        if isinstance(value, str):
            value = in_languages(value)
        words: Bilingual | None = self._check(name, value, Words(longest=TEXT))
        return completed(words) if words else None

    def _check(self, name: str, value: Any, field: Field[Any]) -> Any:
        if value is None:
            return None
        try:
            return field.deserialize(value)
        except ValidationError as error:
            raise self.error(name, _one_line(error.messages)) from None


def _number(count: Any) -> Decimal:
    text = str(count)
    if isinstance(count, bool) or len(text) > MOST_DIGITS or not _NUMBER.match(text):
        raise ValueError(f"not a number: {text[:MOST_DIGITS]!r}")
    return Decimal(text)


def _day(value: Any) -> date:
    """Raises ValueError for what isn't written as a day: Python reads other forms too."""
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError
    return date.fromisoformat(value)


def _one_line(messages: Any) -> str:
    """marshmallow's messages in one line; they never repeat the value."""
    if isinstance(messages, dict):
        return "; ".join(f"{name}: {_one_line(inner)}" for name, inner in messages.items())
    return " ".join(map(str, messages))
