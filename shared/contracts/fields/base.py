"""What all fields have in common: how they complain, and how they write JSON Schema."""

import json
from collections.abc import Iterable
from typing import Any

from marshmallow import Schema, ValidationError, fields

from shared.domain.types import Json

# What is said of a field that has no business there.
UNKNOWN = "Must be left out: there is no such field."
NO_STATUS = "Must be left out: this kind has no status."
SENTENCES = (UNKNOWN, NO_STATUS)
EXACTLY = "Must be exact, such as exact: this figure is counted."
# The same for a schema of arguments, in marshmallow's terms.
SCHEMA_MESSAGES = {"unknown": UNKNOWN, "type": "Must be an object, such as {}."}


def nullable(schema: Json, field: fields.Field[Any]) -> Json:
    """`schema`, and null where the field allows it."""
    if not field.allow_none:
        return schema
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **choices}


class Said:
    """Mixin of the fields: every complaint says what is wanted."""

    @property
    def example(self) -> Any:
        """A value that the field takes, as JSON."""
        raise NotImplementedError

    def wanted(self) -> str:
        """The kind of the value, and an example."""
        raise NotImplementedError

    def make_error(self, key: str, **_: Any) -> ValidationError:
        """In place of marshmallow's own words."""
        given = "given: " if key == "required" else ""
        return ValidationError(f"Must be {given}{self.wanted()}.")


def example_of(field: fields.Field[Any]) -> Any:
    """A value that the field takes, as JSON."""
    if isinstance(field, Said):
        return field.example
    return object_example(field.schema) if isinstance(field, fields.Nested) else {}


def object_example(schema: Schema) -> Json:
    """An object with the required fields of a schema, or else with its first one."""
    known = schema.fields
    named = [name for name, part in known.items() if part.required] or list(known)[:1]
    return {name: example_of(known[name]) for name in named}


def shown(example: Any) -> str:
    """An example as it is printed: text as it is, other values as JSON."""
    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)


def one_of(choices: Iterable[str]) -> str:
    """A closed list in words."""
    codes = list(choices)
    return f"one of: {', '.join(codes)}, such as {codes[0]}"
