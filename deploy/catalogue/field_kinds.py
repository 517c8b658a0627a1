"""The kind of a field, in words: for events and for arguments."""

import json
import sys
from collections.abc import Collection, Iterator
from functools import singledispatch
from typing import Any

from marshmallow import Schema, fields, missing

from deploy.catalogue.markdown import Row, code, codes
from shared.contracts.fields import (
    WHOLE,
    Actor,
    Amount,
    Choice,
    Day,
    Digest,
    Flag,
    Id,
    IndicatorCode,
    Instant,
    Many,
    OrgUnit,
    Text,
    Week,
    Whole,
    Words,
)
from shared.domain.quantities import Quantity

Field = fields.Field[Any]

FIELD_HEADS = ("字段 field", "类型 kind", "必填 required")
ARGUMENT_HEADS = ("参数 argument", "类型 kind", "必填 required", "默认 default")
YES, NO = "是 yes", "—"

# Code → its name in Chinese and in English.
Names = dict[str, tuple[str, str]]


def field_rows(schema: type[Schema]) -> list[Row]:
    """Name, kind and whether it is required, of every field. The fields of an object follow it."""
    return [_described(name, field, owner) for name, field, owner in _flat(schema())]


def argument_rows(schema: type[Schema], left_out: Collection[str] = ()) -> list[Row]:
    """The same with the default of an argument; without the arguments in `left_out`."""
    return [
        (*_described(name, field, owner), _default(field))
        for name, field, owner in _flat(schema())
        if name not in left_out
    ]


def words(schema: Schema, choices: tuple[str, ...]) -> Names:
    """Code → (Chinese, English), as declared in the module of the schema.

    {} where no declaration has these codes, or several that differ.
    """
    for cls in type(schema).__mro__:
        declared = vars(sys.modules[cls.__module__]).values()
        found = [value for value in declared if _names(value, choices)]
        if found:
            return found[0] if all(other == found[0] for other in found) else {}
    return {}


def _names(value: object, choices: tuple[str, ...]) -> bool:
    return (
        isinstance(value, dict)
        and tuple(value) == choices
        and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value.values())
    )


def _flat(schema: Schema, before: str = "") -> Iterator[tuple[str, Field, Schema]]:
    for name, field in schema.fields.items():
        yield f"{before}{name}", field, schema
        inner = getattr(field, "inner", field)
        if isinstance(inner, fields.Nested):
            yield from _flat(inner.schema, f"{before}{name}{'' if inner is field else '[]'}.")


def _described(name: str, field: Field, owner: Schema) -> tuple[str, str, str]:
    description = kind(field, owner) + ("; or `null`" if field.allow_none else "")
    return code(name), description, YES if field.required else NO


def _default(field: Field) -> str:
    if field.load_default is missing:
        return NO
    value = field.load_default() if callable(field.load_default) else field.load_default
    return code(json.dumps(value, ensure_ascii=False, default=Quantity.to_json))


@singledispatch
def kind(field: Field, owner: Schema) -> str:
    """The kind of a field of the schema `owner`. Raises TypeError for an unknown class of field."""
    raise TypeError(f"no description of {type(field).__name__}: add one in {__name__}")


@kind.register
def _(field: Text, owner: Schema) -> str:
    return f"text, up to {field.longest} characters"


@kind.register
def _(field: Words, owner: Schema) -> str:
    return f"`{{zh, en}}`, at least one, each up to {field.text.longest} characters"


@kind.register
def _(field: Choice, owner: Schema) -> str:
    names = words(owner, field.choices)
    if not names:
        return f"one of {codes(field.choices)}"
    return "one of " + ", ".join(f"{code(name)} {zh}" for name, (zh, _) in names.items())


@kind.register
def _(field: Whole, owner: Schema) -> str:
    if field.most == WHOLE:
        return f"whole number from {field.least}"
    return f"whole number from {field.least} to {field.most}"


@kind.register
def _(field: Amount, owner: Schema) -> str:
    return f"quantity in {codes(field.units)}"


@kind.register
def _(field: Many, owner: Schema) -> str:
    size = f"up to {field.most}" if not field.least else f"{field.least} to {field.most}"
    return f"list of {size}: {kind(field.inner, owner)}"


@kind.register
def _(field: fields.Nested, owner: Schema) -> str:
    return "object"


def _simple(cls: type[Field], description: str) -> None:
    kind.register(cls, lambda field, owner: description)


_simple(Id, "id")
_simple(OrgUnit, "org unit code (6, 9 or 12 digits)")
_simple(Actor, "`person:<id>` or `service:<name>`")
_simple(IndicatorCode, "code of an indicator (see indicators.md)")
_simple(Digest, "SHA-256 in hexadecimal digits")
_simple(Flag, "`true` or `false`")
_simple(Instant, "instant (RFC 3339 with offset)")
_simple(Day, "day (`2017-02-10`)")
_simple(Week, "ISO week (`2017-W06`)")
