"""The kind of a field, in words: for events, arguments and results."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import singledispatch
from typing import Any

from marshmallow import Schema, fields, missing

from deploy.catalogue.kinds import reference
from deploy.catalogue.markdown import Row, code, codes, summary
from services.supervision.assessment.number import Number
from shared.contracts.catalogue import default_of
from shared.contracts.fields import (
    WHOLE,
    Actor,
    Amount,
    Anything,
    Choice,
    Day,
    Digest,
    Flag,
    HalfYear,
    Id,
    IndicatorCode,
    Instant,
    Many,
    Map,
    Month,
    OneOf,
    OrgUnit,
    RawText,
    ReportPeriod,
    Text,
    Week,
    Whole,
    Words,
    Year,
)
from shared.contracts.rpc.declare import Result

Field = fields.Field[Any]

FIELD_HEADS = ("字段 field", "类型 kind", "必填 required")
ARGUMENT_HEADS = ("参数 argument", "类型 kind", "必填 required", "默认 default")
RESULT_HEADS = ("结果字段 field of the result", "类型 kind", "必有 always there")
YES, NO = "是 yes", "—"

# Code → its name in Chinese and in English.
Names = Mapping[str, tuple[str, str]]
# The name of a kind that kinds.py describes, and the text for it → the text, perhaps with a link.
Refer = Callable[[str, str], str]


def field_rows(schema: type[Schema]) -> list[Row]:
    """Name, kind and whether it is required, of every field. The fields of an object follow it."""
    return [_described(name, field) for name, field in _flat(schema())]


def argument_rows(schema: type[Schema], left_out: Collection[str] = ()) -> list[Row]:
    """The same with the default of an argument; without the arguments in `left_out`."""
    return [
        (*_described(name, field), _default(field))
        for name, field in _flat(schema())
        if name not in left_out
    ]


def result_about(result: Result) -> str:
    """The kind of a result, and the description of its schema."""
    field = _as_field(result)
    inner = getattr(field, "inner", field)
    about = summary(inner.schema) if isinstance(inner, fields.Nested) else ""
    return ". ".join(part.rstrip(".") for part in (kind(field, reference), about) if part) + "."


def result_rows(result: Result) -> list[Row]:
    """As `field_rows`, for a result; empty where it has no fields."""
    return [_described(name, field) for name, field in _below("", _as_field(result))]


def _as_field(result: Result) -> Field:
    return result if isinstance(result, fields.Field) else fields.Nested(result)


def names(field: Choice) -> Names:
    """Code → name in Chinese and English; {} where the codes have no names."""
    named = all(isinstance(pair, tuple) and len(pair) == 2 for pair in field.names.values())
    return field.names if named else {}


def _flat(schema: Schema, before: str = "") -> Iterator[tuple[str, Field]]:
    for name, field in schema.fields.items():
        yield f"{before}{name}", field
        yield from _below(f"{before}{name}", field)


def _below(name: str, field: Field) -> Iterator[tuple[str, Field]]:
    """The fields of the objects in the field `name`."""
    if isinstance(field, fields.Nested):
        yield from _flat(field.schema, f"{name}." if name else "")
    elif isinstance(field, Many | Map):
        yield from _below(f"{name}[]" if isinstance(field, Many) else f"{name}.*", field.inner)


def _described(name: str, field: Field) -> tuple[str, str, str]:
    about = kind(field, reference) + ("; or `null`" if field.allow_none else "")
    return code(name), about, YES if field.required else NO


def _default(field: Field) -> str:
    if field.load_default is missing:
        return NO
    return code(json.dumps(default_of(field), ensure_ascii=False))


def plain(name: str, text: str) -> str:
    """A kind without a link to its description."""
    return text


def kind(field: Field, refer: Refer = plain) -> str:
    """The kind of a field. Raises TypeError for an unknown class of field."""
    return _kind(field, refer)


@singledispatch
def _kind(field: Field, refer: Refer) -> str:
    raise TypeError(f"no description of {type(field).__name__}: add one in {__name__}")


@_kind.register
def _(field: Text, refer: Refer) -> str:
    return refer("Text", f"text, up to {field.longest} characters")


@_kind.register
def _(field: Words, refer: Refer) -> str:
    least = "`zh` always" if field.chinese else "at least one"
    form = f"`{{zh, en}}`, {least}, each up to {field.text.longest} characters"
    return refer("Words", form)


@_kind.register
def _(field: Choice, refer: Refer) -> str:
    named = names(field)
    if not named:
        return f"one of {codes(field.choices)}"
    return "one of " + ", ".join(f"{code(name)} {zh}" for name, (zh, _) in named.items())


@_kind.register
def _(field: Whole, refer: Refer) -> str:
    most = "" if field.most == WHOLE else f" to {field.most}"
    return refer("Whole", f"whole number from {field.least}{most}")


@_kind.register
def _(field: Number, refer: Refer) -> str:
    least = "above 0" if field.positive else "of at least 0"
    return f"number {least}, up to {field.places} decimal places"


@_kind.register
def _(field: Amount, refer: Refer) -> str:
    return f"{refer('Quantity', 'quantity')} in {codes(field.units)}"


@_kind.register
def _(field: Many, refer: Refer) -> str:
    if field.most is None:
        return f"list: {kind(field.inner, refer)}"
    size = f"up to {field.most}" if not field.least else f"{field.least} to {field.most}"
    return f"list of {size}: {kind(field.inner, refer)}"


@_kind.register
def _(field: Map, refer: Refer) -> str:
    return f"object of codes, each with: {kind(field.inner, refer)}"


@_kind.register
def _(field: OneOf, refer: Refer) -> str:
    return f"object, one of {codes(schema.__name__ for schema in field.schemas)} (see events.md)"


@_kind.register
def _(field: fields.Nested, refer: Refer) -> str:
    return "object"


def _simple(cls: type[Field], description: str, name: str = "") -> None:
    """`name` is that of its description in kinds.py."""
    _kind.register(cls, lambda field, refer: refer(name, description) if name else description)


_simple(Id, "id", "Id")
_simple(OrgUnit, "org unit code (6, 9 or 12 digits)", "OrgUnit")
_simple(Actor, "`person:<id>` or `service:<name>`", "Actor")
_simple(IndicatorCode, "code of an indicator", "Indicator")
_simple(Digest, "SHA-256 in hexadecimal digits", "Digest")
_simple(Flag, "`true` or `false`")
_simple(Instant, "instant (RFC 3339 with offset)", "Instant")
_simple(Day, "day (`2017-02-10`)", "Day")
_simple(Month, "month (`2017-02`)", "Month")
_simple(HalfYear, "half-year (`2017-H1`)", "HalfYear")
_simple(Year, "year (`2017`)", "Year")
_simple(
    ReportPeriod,
    "week, month, half-year or year (`2017-W06`, `2017-02`, `2017-H1`, `2017`)",
    "Period",
)
_simple(Week, "ISO week (`2017-W06`)", "Week")
_simple(RawText, "any text")
_simple(Anything, "any JSON")
_simple(fields.Dict, "any object")
