"""Strict marshmallow fields, for the arguments of RPC methods and the data of events.

Each field is declared twice, for marshmallow (`_deserialize`) and for JSON Schema
(`_jsonschema_type_mapping`); a property test compares the two verdicts. Nothing is coerced: "5" is
not 5, true is not 1.

Error messages are read by RPC callers. Each says what the field must be, with an example that the
field takes: "Must be a date, such as 2017-02-06." The few others are in SENTENCES.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from shared.domain.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    PRECISIONS,
    Period,
    parse_day,
    parse_instant,
)
from shared.domain.quantities import QUALIFIERS, Quantity
from shared.domain.types import Json
from shared.domain.units import DIVISIBLE, UNITS
from shared.domain.visible_text import visible
from shared.domain.wording import LANGUAGES

NAME = 100
TEXT = 500
LIST = 200
# Larger JSON numbers are not exact in every consumer's language.
WHOLE = 2**53 - 1

# Printable: no control characters and no lone surrogates, which the database refuses.
PRINTABLE = r"[^\x00-\x1f\x7f\ud800-\udfff]"
ID = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
ORGUNIT = r"[0-9]{6}(?:[0-9]{3}){0,2}"
ACTOR = rf"(?:person|service):{ID}"
COUNT = r"(?:0|[1-9][0-9]{0,14})"
DECIMAL = r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,5}[1-9])?"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME_OF_DAY = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
INSTANT = rf"{DATE}T{TIME_OF_DAY}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})"
DIGEST = r"[0-9a-f]{64}"
DIGEST_START = "[0-9a-f]{8,64}"
KEYID = "[0-9a-f]{16}"
FORM_NAME = "[a-z][a-z-]*"
ISSUE_URN = r"urn:warm:briefing:[0-9]{4}-W[0-9]{2}:r(?:0|[1-9][0-9]{0,3})"
SUBSCRIBER = r"[a-z][a-z0-9_-]{1,29}"
EVENT_PATTERN = r"[a-z]+\.(?:[a-z_]+|\*)\.(?:[a-z_]+|\*)"
# RabbitMQ's form: base64 of a salt of four bytes and a SHA-256.
SALTED_HASH = r"[A-Za-z0-9+/]{48}"
INDICATOR = r"[a-z]+\.[a-z_]+"

# What is said of a field that has no business there.
UNKNOWN = "Must be left out: there is no such field."
NO_STATUS = "Must be left out: this kind has no status."
SENTENCES = (UNKNOWN, NO_STATUS)
EXACTLY = "Must be exact, such as exact: this figure is counted."
# The same for a schema of arguments, in marshmallow's terms.
SCHEMA_MESSAGES = {"unknown": UNKNOWN, "type": "Must be an object, such as {}."}

PLAIN_FORM = "printable text that isn't blank, such as 示例"
# Pattern → its form in words, with an example.
FORMS = {
    ID: "letters, digits and any of . _ : -, with a letter or digit first, such as order-17",
    ORGUNIT: "a 6-, 9- or 12-digit division code, such as 410103005",
    ACTOR: "person:<id> or service:<name>, such as person:zhang.san",
    DIGEST: f"a SHA-256 of 64 hexadecimal digits in lower case, such as {'0' * 60}2edb",
    DIGEST_START: "the first 8 or more hexadecimal digits of a SHA-256, such as 2edb24d1",
    ISSUE_URN: "the urn of an issue, such as urn:warm:briefing:2017-W06:r0",
    KEYID: "the first 16 hexadecimal digits of a key's SHA-256, such as 18519ccb4bbb3584",
    FORM_NAME: "lower-case letters and hyphens, such as csv-dictionary",
    SUBSCRIBER: "2 to 30 small letters, digits, _ and -, with a letter first, such as website",
    EVENT_PATTERN: "<service>.<entity>.<verb>, the last two perhaps *, such as relief.order.*",
    SALTED_HASH: f"a salt and a SHA-256 in base64, 48 characters, such as {'A' * 48}",
    INDICATOR: "<service>.<indicator>, such as clinics.consultations",
    COUNT: 'a whole number as text without leading zeros, such as "500"',
    DECIMAL: 'a decimal as text without extra zeros, such as "2.5"',
}


def _nullable(schema: Json, field: fields.Field[Any]) -> Json:
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


class Part(Said, fields.Nested):
    """An object within the arguments of a method."""

    @property
    def schema(self) -> Schema:
        """Its schema with our words in place of marshmallow's."""
        found = super().schema
        found.error_messages |= SCHEMA_MESSAGES
        return found

    @property
    def example(self) -> Json:
        return object_example(self.schema)

    def wanted(self) -> str:
        names = ", ".join(self.schema.fields)
        return f"an object of the fields {names}, such as {shown(self.example)}"

    def _deserialize(
        self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("type")
        return super()._deserialize(value, attr, data, partial, **kwargs)


class Text(Said, fields.String):
    """Printable text of 1 to `longest` characters that isn't blank, or text of a pattern.

    Plain text is taken in normal form and without characters that nobody sees (visible_text.py).
    """

    def __init__(self, longest: int = NAME, pattern: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        self.pattern = pattern or rf"(?=.*\S){PRINTABLE}+"
        self._match = re.compile(rf"(?:{self.pattern})\Z").match
        self._form = FORMS.get(pattern, f"text of the form {pattern}") if pattern else PLAIN_FORM

    @property
    def example(self) -> str:
        return self._form.rsplit("such as ", 1)[1].strip('"')

    def wanted(self) -> str:
        return self._form

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > self.longest:
            longest = f"at most {self.longest} characters long"
            raise ValidationError(f"Must be {longest}: {self.wanted()}.")
        text = visible(value) if self._form is PLAIN_FORM else value
        if not self._match(text):
            raise ValidationError(f"Must be {self._form}.")
        return text

    def _jsonschema_type_mapping(self) -> Json:
        return _nullable(
            {"type": "string", "maxLength": self.longest, "pattern": rf"^(?:{self.pattern})$"}, self
        )


class Words(Said, fields.Field[Json]):
    """Text for people, in Chinese, English or both: {"zh": …, "en": …}, at least one of them."""

    def __init__(self, longest: int = TEXT, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = Text(longest=longest)

    @property
    def example(self) -> Json:
        return {"zh": "大米", "en": "rice"}

    def wanted(self) -> str:
        return f"an object with zh, en or both, such as {shown(self.example)}"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Json:
        if not isinstance(value, dict) or not value:
            raise self.make_error("invalid")
        unknown = {lang: [UNKNOWN] for lang in value if lang not in LANGUAGES}
        if unknown:
            raise ValidationError(unknown)
        return {lang: self._read(lang, value) for lang in value}

    def _read(self, lang: str, value: Json) -> Any:
        try:
            return self.text.deserialize(value[lang])
        except ValidationError as error:
            raise ValidationError({lang: error.messages}) from None

    def _jsonschema_type_mapping(self) -> Json:
        text = self.text._jsonschema_type_mapping()
        return _nullable(
            {
                "type": "object",
                "properties": dict.fromkeys(LANGUAGES, text),
                "minProperties": 1,
                "additionalProperties": False,
            },
            self,
        )


class Id(Text):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=64, pattern=ID, **kwargs)


class OrgUnit(Text):
    """A division code: district (6 digits), sub-district (9) or community (12)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=12, pattern=ORGUNIT, **kwargs)


class Actor(Text):
    """Who does it: `person:<id>` or `service:<name>`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=80, pattern=ACTOR, **kwargs)


class Digest(Text):
    """A SHA-256 in hexadecimal digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=64, pattern=DIGEST, **kwargs)


class DigestStart(Text):
    """The first 8 or more digits of a SHA-256: enough to tell which of two texts was read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=64, pattern=DIGEST_START, **kwargs)


class IndicatorCode(Text):
    """The code of an indicator, `<service>.<indicator>`. Supervision declares which exist."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=80, pattern=INDICATOR, **kwargs)


class Choice(Said, fields.String):
    """One of a closed list of codes. A mapping gives each code its name in Chinese and English."""

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple(choices)
        self.names: Mapping[str, Any] = choices if isinstance(choices, Mapping) else {}

    @property
    def example(self) -> str:
        return self.choices[0]

    def wanted(self) -> str:
        return one_of(self.choices)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise self.make_error("invalid")
        return value

    def _jsonschema_type_mapping(self) -> Json:
        return _nullable({"type": "string", "enum": list(self.choices)}, self)


class Whole(Said, fields.Integer):
    """A whole number from `least` to `most`."""

    def __init__(self, least: int = 0, most: int = WHOLE, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)
        self.least, self.most = least, most

    @property
    def example(self) -> int:
        return self.least

    def wanted(self) -> str:
        return f"a whole number from {self.least} to {self.most}, such as {self.example}"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise self.make_error("invalid")
        return value

    def _jsonschema_type_mapping(self) -> Json:
        return _nullable({"type": "integer", "minimum": self.least, "maximum": self.most}, self)


class Flag(Said, fields.Boolean):
    @property
    def example(self) -> bool:
        return True

    def wanted(self) -> str:
        return "true or false, such as true"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("invalid")
        return value

    def _jsonschema_type_mapping(self) -> Json:
        return _nullable({"type": "boolean"}, self)


class Many(Said, fields.List[Any]):
    """A JSON list of at most `most` items; of any length where `most` is None.

    Its length is checked first: an error for each of too many items would be many times as long.
    """

    def __init__(
        self, inner: fields.Field[Any], most: int | None = LIST, least: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(inner, **kwargs)
        self.least, self.most = least, most

    @property
    def example(self) -> list[Any]:
        return [example_of(self.inner)]

    def wanted(self) -> str:
        size = "" if self.most is None else f" of {self.least} to {self.most} values"
        return f"a list{size}, such as {shown(self.example)}"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        # The length first: a list that is too long isn't read.
        if not isinstance(value, list) or not self._fits(value):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)

    def _fits(self, value: list[Any]) -> bool:
        return self.least <= len(value) and (self.most is None or len(value) <= self.most)

    def _jsonschema_type_mapping(self, json_schema: Any, obj: Any) -> Json:
        items = json_schema._get_schema_for_field(obj, self.inner)
        longest = {} if self.most is None else {"maxItems": self.most}
        return _nullable({"type": "array", "items": items, "minItems": self.least} | longest, self)


class RawText(fields.String):
    """Text as it came, in an answer: it may be empty and hold any character."""

    def __init__(self, longest: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if self.longest is not None and len(value) > self.longest:
            raise ValidationError(f"Longer than {self.longest} characters.")
        return value

    def _jsonschema_type_mapping(self) -> Json:
        longest = {} if self.longest is None else {"maxLength": self.longest}
        return _nullable({"type": "string"} | longest, self)


class Map(fields.Field[Json]):
    """A JSON object that maps codes, which the field doesn't limit, to values of one kind."""

    def __init__(self, inner: fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Json:
        if not isinstance(value, dict):
            raise ValidationError("Must be an object.")
        errors, read = {}, {}
        for name, part in value.items():
            try:
                read[name] = self.inner.deserialize(part)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return read

    def _jsonschema_type_mapping(self, json_schema: Any, obj: Any) -> Json:
        values = json_schema._get_schema_for_field(obj, self.inner)
        return _nullable({"type": "object", "additionalProperties": values}, self)


class OneOf(fields.Field[Any]):
    """An object of one of several schemas."""

    def __init__(self, *schemas: type[Schema], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.schemas = schemas

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        for schema in self.schemas:
            try:
                return schema().load(value)
            except ValidationError:
                continue
        names = ", ".join(schema.__name__ for schema in self.schemas)
        raise ValidationError(f"Must be one of: {names}.")

    def _jsonschema_type_mapping(self, json_schema: Any, obj: Any) -> Json:
        nested = (fields.Nested(schema) for schema in self.schemas)
        return {"anyOf": [json_schema._get_schema_for_field(obj, one) for one in nested]}


class Anything(fields.Raw):
    """Any JSON value, such as a part of a stored document that somebody may have changed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)

    def _jsonschema_type_mapping(self) -> Json:
        return {}


class Checked(Said, fields.String):
    """Text of a pattern that `read` turns into a value, or refuses with a ValueError."""

    pattern = ""
    format = ""
    form = ""

    @staticmethod
    def read(text: str) -> object:
        raise NotImplementedError

    @property
    def example(self) -> str:
        return self.form.rsplit("such as ", 1)[1]

    def wanted(self) -> str:
        return self.form

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise self.make_error("invalid")
        try:
            return self.read(value)
        except ValueError as error:
            raise ValidationError(f"Must be {self.form}: {error}.") from error

    def _jsonschema_type_mapping(self) -> Json:
        return _nullable(
            {
                "type": "string",
                "pattern": rf"^(?:{self.pattern})$",
                "format": f"warm-{self.format}",
            },
            self,
        )


class Instant(Checked):
    """RFC 3339 with offset → aware datetime."""

    pattern, format, read = INSTANT, "instant", staticmethod(parse_instant)
    form = "an instant with its offset, such as 2017-02-06T09:30:00+08:00"


class Day(Checked):
    """A calendar date → `date`."""

    pattern, format, read = DATE, "date", staticmethod(parse_day)
    form = "a date, such as 2017-02-06"


class Week(Checked):
    """An ISO week such as 2017-W06 → Period, with a week before it and one after it."""

    pattern, format = r"[0-9]{4}-W[0-9]{2}", "week"
    form = "an ISO week, such as 2017-W06"

    @staticmethod
    def read(text: str) -> Period:
        period = Period.parse(text)
        if not FIRST_YEAR < period.year <= LAST_YEAR:
            raise ValueError(f"the week is outside {FIRST_YEAR + 1} to {LAST_YEAR}")
        return period


class Precision(Choice):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(PRECISIONS, **kwargs)


class Amount(Said, fields.Field[Quantity]):
    """A qualified quantity in one of `units` → Quantity."""

    def __init__(self, *units: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        unknown = set(units) - set(UNITS)
        if unknown:
            raise ValueError(f"unknown units: {unknown}")
        self.units = units
        self.number = DECIMAL if set(units) & set(DIVISIBLE) else COUNT

    @property
    def example(self) -> Json:
        return {"value": "2", "qualifier": "exact", "unit": self.units[0], "stated": None}

    def wanted(self) -> str:
        parts = "an object with value, qualifier, unit and stated"
        return f"{parts}, such as {shown(self.example)}"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Quantity:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        self._check_parts(value)
        return Quantity.from_json(value)

    def _check_parts(self, value: Json) -> None:
        parts = {"value", "qualifier", "unit", "stated"}
        errors = {
            name: [f"Must be given: {self._check_part(name, None, value)[1]}."]
            for name in parts - {"stated"} - value.keys()
        }
        errors |= {name: [UNKNOWN] for name in value.keys() - parts}
        for name in value.keys() & parts:
            fits, form = self._check_part(name, value[name], value)
            if not fits:
                errors[name] = [f"Must be {form}."]
        if errors:
            raise ValidationError(errors)

    def _check_part(self, name: str, part: Any, whole: Json) -> tuple[bool, str]:
        """Whether the part has the right form, and this form in words."""
        if name == "value" and whole.get("qualifier") == "not_stated":
            return part is None, "null where the qualifier is not_stated, such as null"
        if name == "value":
            return _matches(self.number, part), FORMS[self.number]
        if name in ("qualifier", "unit"):
            choices = QUALIFIERS if name == "qualifier" else self.units
            return isinstance(part, str) and part in choices, one_of(choices)
        printable = part is None or (_matches(rf"{PRINTABLE}+", part) and len(part) <= NAME)
        return printable, f"null or 1 to {NAME} printable characters, such as 500多人次"

    def _jsonschema_type_mapping(self) -> Json:
        stated = {"type": "string", "maxLength": NAME, "pattern": rf"^{PRINTABLE}+$"}
        either = [
            {
                "qualifier": {"enum": [q for q in QUALIFIERS if q != "not_stated"]},
                "value": {"type": "string", "pattern": rf"^(?:{self.number})$"},
            },
            {"qualifier": {"enum": ["not_stated"]}, "value": {"type": "null"}},
        ]
        return _nullable(
            {
                "type": "object",
                "required": ["value", "qualifier", "unit"],
                "properties": {
                    "value": {"type": ["string", "null"]},
                    "qualifier": {"type": "string"},
                    "unit": {"type": "string", "enum": list(self.units)},
                    "stated": {"anyOf": [stated, {"type": "null"}]},
                },
                "additionalProperties": False,
                "anyOf": [{"properties": properties} for properties in either],
            },
            self,
        )


def _matches(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None
