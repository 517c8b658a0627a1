"""The envelope: CloudEvents 1.0 in JSON, how events are written, and checked when read."""

import json
import math
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Self

import fastjsonschema
import msgspec
from marshmallow import EXCLUDE, Schema, fields

from shared.contracts import compiled_decoders
from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.declare import EventType
from shared.contracts.fields import Choice, Id, Instant, OrgUnit, Precision, Text, Whole
from shared.contracts.json_schema import DEFINITIONS, json_schema, opened, validator
from shared.contracts.limits import EVENT_DEPTH, LONGEST_EVENT
from shared.contracts.messages import Message
from shared.domain.nesting import too_deep
from shared.domain.periods import (
    Week,
    format_instant,
    interval_end,
    parse_instant,
)
from shared.domain.types import Event, Json

CONTENT_TYPE = "application/json"
# Codes of rules: unlikely values that the command confirmed (shared/contracts/plausibility/).
_CODE = "[a-z_]{1,60}"
# 20 at most, in two parts: RE2 refuses a repetition within another if it comes to more than 1,000.
CONFIRMED = f"{_CODE}(?:,{_CODE}){{0,10}}(?:,{_CODE}){{0,9}}"
DATASCHEMA = r"urn:warm:[a-z_.]+:[0-9]{1,6}"

# Why a message is a dead letter: reason → its meaning in Chinese and English.
REASONS = {
    "empty": ("消息为空", "the body is empty"),
    "too_large": (
        f"消息超过 {LONGEST_EVENT} 字节",
        f"the body is longer than {LONGEST_EVENT} bytes",
    ),
    "not_json": ("不是 UTF-8 编码的 JSON", "the body is not JSON in UTF-8"),
    "not_an_envelope": ("不是 CloudEvents 1.0 事件", "the body is not a CloudEvents 1.0 envelope"),
    "missing_field": ("缺少必填字段", "a required field is missing"),
    "wrong_type": ("字段类型或格式不符", "a field has the wrong type or form"),
    "time_without_offset": ("时间缺少时区", "a time has no offset"),
    "foreign_source": (
        "来源与所经交换机不符",
        "the source is not the service whose exchange it came through",
    ),
    "unknown_version": ("事件版本未知", "this version of the event type is not known here"),
    "id_conflict": ("事件编号已存在而内容不同", "the event id is known with other content"),
    "number_taken": (
        "编号已被同一来源的另一事件占用",
        "another event of the source has this number",
    ),
    "unknown_orgunit": ("单位未登记", "the org unit is not in the registry"),
    "cannot_be_stored": ("数据库拒绝该内容", "the database refuses the content"),
    "handler_failed": ("处理该消息时出错", "the handler failed on this message alone"),
    "dead_lettered": ("消息队列放弃投递", "the broker gave up delivering it"),
}


class Unreadable(Exception):
    """A message that can't be read as an event: `reason` is a key of REASONS."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class EnvelopeSchema(Schema):
    """The attributes of every event, whatever its type."""

    class Meta:
        unknown = EXCLUDE

    specversion = Choice(["1.0"], required=True)
    id = Id(required=True)
    source = Text(required=True, longest=70, pattern=r"/warm/[a-z]{1,40}")
    type = Text(required=True, pattern=r"[a-z]{1,40}(?:\.[a-z_]{1,40}){2}")
    subject = Id(required=True)
    time = Instant(required=True)
    timeprecision = Precision(required=True)
    recordedtime = Instant(required=True)
    orgunit = OrgUnit(required=True)
    subjectsequence = Whole(required=True, least=1)
    sourcesequence = Whole(required=True, least=1)
    correlationid = Id(required=True)
    causationid = Id(required=True)
    confirmed = Text(longest=500, pattern=CONFIRMED)
    traceparent = Text(pattern=r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
    dataschema = Text(required=True, longest=200, pattern=DATASCHEMA)
    datacontenttype = Choice([CONTENT_TYPE], required=True)
    data = fields.Dict(required=True)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, and how precisely that is known."""

    time: datetime
    precision: str = "second"

    @property
    def day(self) -> date | None:
        """The day it happened, or None if only the week is known."""
        return None if self.precision == "week" else self.time.date()

    @property
    def last_day(self) -> date:
        """The last day on which it may have happened."""
        return self.day or Week.of(self.time).last_day

    def may_follow(self, cause: Self) -> bool:
        """Can it have happened after `cause`, or at the same time? Each is known as an interval."""
        return self.time >= cause.time or interval_end(self.time, self.precision) > cause.time

    def to_text(self) -> str:
        return f"{format_instant(self.time)} {self.precision}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        time, precision = text.split()
        return cls(parse_instant(time), precision)

    def in_words(self) -> str:
        """As precisely as it is known: an instant, a day, or a week such as 2017-W06."""
        if self.precision == "week":
            return str(Week.of(self.time))
        text = format_instant(self.time)
        return text[:10] if self.precision == "day" else text[:16].replace("T", " ")


def event_id(service: str, command_id: str, n: int) -> str:
    """UUIDv5 of the command and of the event's position in it, so a repeat gives the same id.

    The same command id in another service is another command.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:warm:{service}:command:{command_id}:{n}"))


def new_event(
    event_type: EventType,
    *,
    command_id: str,
    n: int,
    subject: str,
    version: int,
    moment: Moment,
    recorded: datetime,
    orgunit: str,
    data: Json,
    cause: Json,
    confirmed: Sequence[str] = (),
) -> Event:
    """A new event as its aggregate stores it: complete except for its number in the service's log.
    `confirmed` are the codes of unlikely values that were confirmed.

    Raises marshmallow's ValidationError if `data` doesn't match the type's schema. Unknown fields
    are refused here; they are ignored when events are read.
    """
    _data_schema(event_type).load(data)
    identity = event_id(event_type.service, command_id, n)
    return {
        "specversion": "1.0",
        "id": identity,
        "source": f"/warm/{event_type.service}",
        "type": event_type.name,
        "subject": subject,
        "time": format_instant(moment.time),
        "timeprecision": moment.precision,
        "recordedtime": format_instant(recorded),
        "orgunit": orgunit,
        "subjectsequence": version,
        "correlationid": cause.get("correlationid") or identity,
        "causationid": cause.get("causationid") or identity,
        "dataschema": event_type.dataschema,
        "datacontenttype": CONTENT_TYPE,
        **({"confirmed": ",".join(confirmed)} if confirmed else {}),
        "data": data,
    }


@cache
def _data_schema(event_type: EventType) -> Schema:
    # Creating a schema takes as long as loading with it.
    return event_type.data()


def encode(event: Event) -> bytes:
    """The body of the event's message."""
    return msgspec.json.encode(event)


def read(body: bytes, service: str) -> Message:
    """The event in `body`, which came through the exchange of `service`.

    Raises Unreadable with one of REASONS. Events of an unknown type are valid: they are normal
    during an upgrade.
    """
    return _read_fast(body, service) or Message.of(_read_slowly(body, service))


def _read_fast(body: bytes, service: str) -> Message | None:
    """The event, if the compiled decoder accepts it."""
    if len(body) > LONGEST_EVENT:
        return None
    try:
        name = _TYPE.decode(body).type
        return Message(_reader(service, name)(body), body.decode())
    except (ValueError, KeyError, RecursionError):
        return None


class _Typed(msgspec.Struct):
    type: str


_TYPE = msgspec.json.Decoder(_Typed)


@cache
def _reader(service: str, name: str) -> compiled_decoders.Reader:
    """Raises KeyError if the service has no such event type."""
    event_type = EVENT_TYPES[name]
    if event_type.service != service:
        raise KeyError(name)
    return compiled_decoders.reader(EnvelopeSchema, event_type)


def _read_slowly(body: bytes, service: str) -> Event:
    event = _parse(body)
    if event.get("specversion") != "1.0" or not isinstance(event.get("type"), str):
        raise Unreadable("not_an_envelope", "specversion 1.0 and type are required")
    _check(_validator(_version_of(event)), event)
    if event["source"] != f"/warm/{service}" or event["type"].split(".", 1)[0] != service:
        raise Unreadable("foreign_source", f"{event['source']} through {service}.events")
    return event


def _version_of(event: Event) -> EventType | None:
    """The version of the event's type that its `dataschema` names. The newest one where it names
    none that is known: its schema refuses the event. None for an unknown type."""
    newest = EVENT_TYPES.get(event["type"])
    versions = newest.versions() if newest else ()
    named = event.get("dataschema")
    return next((it for it in versions if it.dataschema == named), newest)


def _parse(body: bytes) -> Event:
    if not body:
        raise Unreadable("empty")
    if len(body) > LONGEST_EVENT:
        raise Unreadable("too_large", f"{len(body)} bytes")
    try:
        event = json.loads(body.decode(), parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json", str(error)) from error
    if not isinstance(event, dict):
        raise Unreadable("not_an_envelope", f"JSON, but {type(event).__name__}")
    if too_deep(event, EVENT_DEPTH):
        raise Unreadable("wrong_type", f"more than {EVENT_DEPTH} lists and objects in each other")
    return event


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:20]} is out of range")
    return number


def _check(validate: Callable[[Event], object], event: Event) -> None:
    try:
        validate(event)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _unreadable(error) from error


def _unreadable(error: fastjsonschema.JsonSchemaValueException) -> Unreadable:
    field = ".".join(map(str, error.path[1:]))
    if error.rule == "required":
        missing = next(name for name in error.rule_definition if name not in error.value)
        return Unreadable("missing_field", ".".join(filter(None, (field, missing))))
    other_version = error.rule == "enum" and field == "dataschema"
    if other_version and re.fullmatch(DATASCHEMA, error.value):
        return Unreadable("unknown_version", error.value[:200])
    is_time = field in ("time", "recordedtime") and isinstance(error.value, str)
    if is_time and not _has_offset(error.value):
        return Unreadable("time_without_offset", field)
    return Unreadable("wrong_type", field)


def _has_offset(text: str) -> bool:
    return text[-1:] in ("Z", "z") or text[-6:-5] in ("+", "-")


def event_schema(event_type: EventType | None) -> Json:
    """JSON Schema of the whole event: the envelope with this type's data, open to unknown
    fields."""
    whole: Json = opened(json_schema(EnvelopeSchema))
    envelope = whole[DEFINITIONS]["EnvelopeSchema"]
    if event_type:
        data = opened(json_schema(event_type.data))
        # Checked first: the data of an unknown version are in another form.
        named = {"dataschema": {"type": "string", "enum": [event_type.dataschema]}}
        envelope["properties"] = named | envelope["properties"] | named
        envelope["properties"]["data"] = {"$ref": data["$ref"]}
        whole[DEFINITIONS] |= data[DEFINITIONS]
    return whole


@cache
def _validator(event_type: EventType | None) -> Callable[[Event], object]:
    return validator(event_schema(event_type))
