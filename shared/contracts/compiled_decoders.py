"""The fast way to read events: decoders compiled from the schemas, for messages of the usual form.

Every message that a compiled decoder accepts, the schemas accept too (a property test checks it). A
message that it refuses may be invalid or only unusual: the slow way decides, and gives the reason.
"""

from collections.abc import Callable
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

import msgspec
from marshmallow import Schema
from marshmallow import fields as marshmallow_fields
from msgspec import UNSET, Meta, UnsetType

from shared.contracts import fields
from shared.contracts.events.declare import EventType
from shared.domain.quantities import QUALIFIERS
from shared.domain.wording import LANGUAGES

# Years, days and offsets that exist for certain, without any calculation.
_YEAR = r"(?:19[1-9][0-9]|20[0-9]{2})"
_DAY = (
    rf"{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?\+08:00"
_PERIODS = {
    fields.Week: rf"{_YEAR}-W(?:0[1-9]|[1-4][0-9]|5[0-2])",
    fields.Month: rf"{_YEAR}-(?:0[1-9]|1[0-2])",
    fields.HalfYear: rf"{_YEAR}-H[12]",
    fields.Year: _YEAR,
}
_PLAIN = {
    fields.Instant: rf"{_DAY}T{_TIME}",
    fields.Day: _DAY,
    **_PERIODS,
    fields.ReportPeriod: "|".join(_PERIODS.values()),
}

_CLOSED: dict[str, Any] = {"forbid_unknown_fields": True, "gc": False}

Reader = Callable[[bytes], Any]


@cache
def reader(envelope: type[Schema], event_type: EventType) -> Reader:
    """The decoder of an event type in all its versions: bytes → an object with the envelope's
    fields as attributes.

    It raises msgspec.DecodeError, or another ValueError, for a body that isn't an event of this
    type in the usual form. An unknown field is unusual.
    """
    newest = _decoder(envelope, event_type)
    return _or_else(newest, reader(envelope, event_type.earlier)) if event_type.earlier else newest


def _or_else(newest: Reader, earlier: Reader) -> Reader:
    """Usually an event of an earlier version is refused at its `dataschema`, before its data."""

    def read(body: bytes) -> Any:
        try:
            return newest(body)
        except msgspec.ValidationError:
            return earlier(body)

    return read


def _decoder(envelope: type[Schema], event_type: EventType) -> Reader:
    """That of one version."""
    fixed = {
        "type": Literal[event_type.name],
        "source": Literal[f"/warm/{event_type.service}"],
        "dataschema": Literal[event_type.dataschema],
        "data": _struct(event_type.data),
    }
    return msgspec.json.Decoder(_struct(envelope, **fixed)).decode


def _struct(schema: type[Schema], **fixed: Any) -> Any:
    parts: list[Any] = []
    for name, field in schema().fields.items():
        kind = fixed.get(name) or _type(field)
        parts.append((name, kind) if field.required else (name, kind | UnsetType, UNSET))
    # Fields with a default come last; their order in a message doesn't matter.
    return msgspec.defstruct(schema.__name__, sorted(parts, key=len), **_CLOSED)


def _type(field: Any) -> Any:
    make = next(make for kind, make in _MAKERS.items() if isinstance(field, kind))
    kind = make(field)
    return kind | None if field.allow_none else kind


def _checked(field: fields.Checked) -> Any:
    return _text(_PLAIN[type(field)])


def _text(pattern: str, longest: int | None = None) -> Any:
    # Not `$`, which matches before a line break.
    return Annotated[str, Meta(pattern=rf"\A(?:{pattern})\Z", max_length=longest)]


def _words(field: fields.Words) -> Any:
    keys: Any = Literal[LANGUAGES]
    return Annotated[dict[keys, _type(field.text)], Meta(min_length=1)]  # type: ignore[misc]


def _amount(field: fields.Amount) -> Any:
    stated = _text(f"{fields.PRINTABLE}+", fields.NAME)
    rest: list[Any] = [
        ("unit", Literal[field.units]),
        ("stated", stated | UnsetType | None, UNSET),
    ]

    def tagged(qualifier: str, value: Any) -> Any:
        parts = [("value", value), *rest]
        name = f"Amount_{qualifier}"
        return msgspec.defstruct(name, parts, tag_field="qualifier", tag=qualifier, **_CLOSED)

    number = _text(field.number)
    kinds = [tagged(name, None if name == "not_stated" else number) for name in QUALIFIERS]
    return reduce(or_, kinds)


def _many(field: fields.Many) -> Any:
    return Annotated[
        list[_type(field.inner)], Meta(min_length=field.least, max_length=field.most)  # type: ignore[misc]
    ]


# The first class that a field is an instance of decides.
_MAKERS: dict[type, Callable[[Any], Any]] = {
    fields.Choice: lambda field: Literal[field.choices],
    fields.Text: lambda field: _text(field.pattern, field.longest),
    fields.Whole: lambda field: Annotated[int, Meta(ge=field.least, le=field.most)],
    fields.Flag: lambda field: bool,
    fields.Checked: _checked,
    fields.Words: _words,
    fields.Amount: _amount,
    fields.Many: _many,
    marshmallow_fields.Nested: lambda field: _struct(type(field.schema)),
}
