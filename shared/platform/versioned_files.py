"""Versioned files that a release brings, such as its rubrics: a YAML file for each version, named
by it."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from marshmallow import Schema, ValidationError

from shared.contracts.fields import SCHEMA_MESSAGES, one_of
from shared.domain.decimals import decimal_text
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json
from shared.platform.yaml_reader import BadYaml, parse

T = TypeVar("T")


class VersionedFiles(Generic[T]):
    """`schema` checks the content of a file, and `make` makes of it what is asked for. A problem of
    the whole file is put at `name`; `example` is a line of such a file."""

    def __init__(
        self,
        folder: Path,
        schema: type[Schema],
        make: Callable[[Json], T],
        name: str,
        example: str,
    ) -> None:
        self.folder = folder
        self._schema, self._make, self._name, self._example = schema, make, name, example
        # A version never changes.
        self.of = lru_cache(maxsize=16)(self._of)

    def versions(self) -> list[str]:
        """Those of this release, the oldest first."""
        return sorted((path.stem for path in self.folder.glob("*.yaml")), key=in_order)

    def _of(self, version: str) -> T:
        """What the file of this version says. Raises ValidationFailed for an unknown one."""
        if version not in self.versions():
            raise ValidationFailed({"version": [f"Must be {one_of(self.versions())}."]})
        content = self._parsed((self.folder / f"{version}.yaml").read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("version") != version:
            wanted = f"Must be that of the file's name, such as {version}."
            raise ValidationFailed({"version": [wanted]})
        return self.from_content(content)

    def read(self, text: str) -> T:
        """What the text of a file says. Raises ValidationFailed, with the place of each problem:
        numbers are places in a list, counted from 0."""
        return self.from_content(self._parsed(text))

    def from_content(self, content: Any) -> T:
        """What the content of a file says, or that of a document. Raises ValidationFailed like
        `read`."""
        schema = self._schema()
        schema.error_messages |= SCHEMA_MESSAGES
        try:
            return self._make(schema.load(content))
        except ValidationError as error:
            raise ValidationFailed(error.normalized_messages()) from None

    def _parsed(self, text: str) -> Any:
        try:
            return parse(text)
        except BadYaml as error:
            wanted = f"Must be YAML, such as `{self._example}`: {error}."
            raise ValidationFailed({self._name: [wanted]}) from None


def in_order(version: str) -> tuple[int, int]:
    """By which versions are sorted: 2017-2 is before 2017-10."""
    year, number = version.split("-")
    return int(year), int(number)


def plain(value: Any) -> Any:
    """What a schema has loaded, as plain JSON."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return decimal_text(value) if isinstance(value, Decimal) else value
