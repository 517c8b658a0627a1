"""TypeScript types of declared fields, for the Node client."""

import json
from collections.abc import Collection, Iterator
from functools import singledispatch
from typing import Any

from marshmallow import Schema, fields

from shared.contracts.fields import Amount, Anything, Choice, Many, Map, OneOf, Whole, Words
from shared.contracts.rpc.declare import Result
from shared.domain.quantities import QUALIFIERS

Field = fields.Field[Any]

STEP = "  "
# The types that the fields below name.
COMMON = (
    "/** A qualified quantity; `value` is a decimal number as text, null for `not_stated`. */",
    "export interface Quantity {",
    "  value: string | null;",
    f"  qualifier: {' | '.join(map(json.dumps, QUALIFIERS))};",
    "  unit: string;",
    "  stated?: string | null;",
    "}",
    "",
    "/** Text in Chinese, English or both. */",
    "export interface Words {",
    "  zh?: string;",
    "  en?: string;",
    "}",
    "",
)


def object_type(schema: Schema, indent: str = "", left_out: Collection[str] = ()) -> str:
    """The fields of a schema as an object type, without those in `left_out`."""
    known = {name: field for name, field in schema.fields.items() if name not in left_out}
    if not known:
        return "{}"
    inner = f"{indent}{STEP}"
    lines = (f"{inner}{line}" for line in _members(known, inner))
    return "\n".join(("{", *lines, f"{indent}}}"))


def result_type(result: Result, indent: str = "") -> str:
    return kind(result if isinstance(result, fields.Field) else fields.Nested(result), indent)


def optional(schema: Schema, left_out: Collection[str] = ()) -> bool:
    """Whether an object of the schema may lack every field."""
    return not any(it.required for name, it in schema.fields.items() if name not in left_out)


def _members(known: dict[str, Field], indent: str) -> Iterator[str]:
    for name, field in known.items():
        key = name if name.isidentifier() else json.dumps(name)
        yield f"{key}{'' if field.required else '?'}: {kind(field, indent)};"


def kind(field: Field, indent: str = "") -> str:
    """The type of a field; lines after the first begin with `indent`. Raises TypeError for an
    unknown class of field."""
    shown = _kind(field, indent)
    return f"{shown} | null" if field.allow_none and shown != "unknown" else shown


@singledispatch
def _kind(field: Field, indent: str) -> str:
    raise TypeError(f"no TypeScript type of {type(field).__name__}: add one in {__name__}")


@_kind.register
def _(field: fields.String, indent: str) -> str:
    return "string"


@_kind.register
def _(field: Choice, indent: str) -> str:
    return " | ".join(json.dumps(code, ensure_ascii=False) for code in field.choices)


@_kind.register
def _(field: Many, indent: str) -> str:
    return f"Array<{kind(field.inner, indent)}>"


@_kind.register
def _(field: Map, indent: str) -> str:
    return f"Record<string, {kind(field.inner, indent)}>"


@_kind.register
def _(field: OneOf, indent: str) -> str:
    return " | ".join(object_type(schema(), indent) for schema in field.schemas)


@_kind.register
def _(field: fields.Nested, indent: str) -> str:
    return object_type(field.schema, indent)


def _simple(cls: type[Field], name: str) -> None:
    _kind.register(cls, lambda field, indent: name)


_simple(Whole, "number")
_simple(fields.Boolean, "boolean")
_simple(Words, "Words")
_simple(Amount, "Quantity")
_simple(Anything, "unknown")
_simple(fields.Dict, "Record<string, unknown>")
