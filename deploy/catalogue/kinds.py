"""What the fields of events, arguments and results are made of: ids, texts, instants, quantities.

Each kind is described once, with an example and its JSON Schema.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields

from deploy.catalogue.markdown import Row, anchor, code, codes, link, table
from shared.contracts.fields import (
    Actor,
    Amount,
    Day,
    Digest,
    HalfYear,
    Id,
    IndicatorCode,
    Instant,
    Month,
    OrgUnit,
    ReportPeriod,
    Text,
    Week,
    Whole,
    Words,
    Year,
)
from shared.contracts.fields.base import example_of
from shared.contracts.fields.published import (
    CHECKS,
    FRACTION,
    HALF_YEAR_FORMAT,
    INVISIBLE,
    MONTH_FORMAT,
    PERIOD_FORMAT,
    PLAIN_FORMAT,
    WEEK_FORMAT,
    YEAR_FORMAT,
    Beyond,
)
from shared.contracts.json_schema import DEFINITIONS, json_schema, published
from shared.contracts.rpc import DECLARED
from shared.domain.quantities import QUALIFIERS
from shared.domain.types import Json

BEYOND_HEADS = ("种类 kind", "服务另外拒绝 what the services refuse besides", "例如 such as")
# What marshmallow calls the methods of a schema that check a field, or several.
RULES = ("validates", "validates_schema")
BLANK = CHECKS[PLAIN_FORMAT].beyond


@dataclass(frozen=True)
class Kind:
    """`beyond` is what the services refuse though the published schema takes it."""

    name: str
    zh: str
    en: str
    about: str
    field: fields.Field[Any]
    beyond: tuple[Beyond, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.name}：{self.zh} {self.en}"

    @property
    def schema(self) -> Json:
        whole = json_schema(Schema.from_dict({"it": self.field}, name="Alone"))
        alone: Json = whole[DEFINITIONS]["Alone"]["properties"]["it"]
        return published(alone, f"urn:warm:kind:{self.name}")

    @property
    def example(self) -> Any:
        return example_of(self.field)

    def takes(self, value: Any) -> bool:
        """Whether a service takes this JSON value."""
        try:
            self.field.deserialize(value)
        except ValidationError:
            return False
        return True


KINDS = (
    Kind(
        "Id",
        "编号",
        "identifier",
        "The id of an aggregate, a command or an event. The caller that creates it chooses it."
        " Two ids are equal if their characters are.",
        Id(),
    ),
    Kind(
        "Text",
        "文本",
        "text",
        "Printable text of one line. Lengths count Unicode code points. It is stored in normal form"
        " C, without characters that nobody sees.",
        Text(),
        (BLANK, INVISIBLE),
    ),
    Kind(
        "Words",
        "双语文字",
        "words for people",
        "Text in Chinese (`zh`), in English (`en`) or in both.",
        Words(),
    ),
    Kind(
        "OrgUnit",
        "单位代码",
        "org unit",
        "The division code of a district (6 digits), a sub-district (9) or a community (12). The"
        " code of a unit begins with that of the unit above it.",
        OrgUnit(),
    ),
    Kind(
        "Actor",
        "操作者",
        "who does it",
        "A person or a service: `person:<id>` or `service:<name>`.",
        Actor(),
    ),
    Kind(
        "Instant",
        "时刻",
        "instant",
        "RFC 3339 with an offset from UTC. The services write it in the programme's zone, +08:00.",
        Instant(),
        (CHECKS["date-time"].beyond,),
    ),
    Kind(
        "Day",
        "日期",
        "calendar day",
        "A day in the programme's zone.",
        Day(),
        (CHECKS["date"].beyond,),
    ),
    Kind(
        "Week",
        "周",
        "ISO week",
        "A week of ISO 8601, from Monday 00:00 to Monday 00:00 in the programme's zone.",
        Week(),
        (CHECKS[WEEK_FORMAT].beyond,),
    ),
    Kind(
        "Month",
        "月",
        "month",
        "A month in the programme's zone. What is known only to a week belongs, as a whole, to the"
        " month of that week's Thursday.",
        Month(),
        (CHECKS[MONTH_FORMAT].beyond,),
    ),
    Kind(
        "HalfYear",
        "半年",
        "half-year",
        "January to June (`H1`) or July to December (`H2`) in the programme's zone. What is known"
        " only to a week belongs to the half-year of its Thursday.",
        HalfYear(),
        (CHECKS[HALF_YEAR_FORMAT].beyond,),
    ),
    Kind(
        "Year",
        "年",
        "year",
        "A calendar year in the programme's zone. What is known only to a week belongs to the year"
        " of its Thursday.",
        Year(),
        (CHECKS[YEAR_FORMAT].beyond,),
    ),
    Kind(
        "Period",
        "报告期",
        "period of a report",
        "A week, which has a briefing, a month, which has a summary, a half-year, which has an"
        " assessment, or a year, which has a commendation.",
        ReportPeriod(),
        (CHECKS[PERIOD_FORMAT].beyond,),
    ),
    Kind(
        "Whole",
        "整数",
        "whole number",
        "A JSON number without a fraction, at most 2^53 − 1: larger ones aren't exact in every"
        " language. Where a field has narrower limits, they are named there.",
        Whole(),
        (FRACTION,),
    ),
    Kind(
        "Quantity",
        "数量",
        "qualified quantity",
        f"`value` is a decimal as text, so that no reader rounds it. `qualifier` is one of"
        f" {', '.join(map(code, QUALIFIERS))}. With `not_stated` the value is `null`, which isn't"
        " 0. `unit` is one of those that the field names. `stated` is how the reporter wrote it.",
        Amount("visit"),
    ),
    Kind(
        "Digest",
        "摘要",
        "SHA-256",
        "A SHA-256 in 64 hexadecimal digits in lower case.",
        Digest(),
    ),
    Kind(
        "Indicator",
        "指标代码",
        "code of an indicator",
        "The code of an indicator, `<service>.<indicator>`: see [indicators](indicators.md).",
        IndicatorCode(),
    ),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


def reference(name: str, text: str) -> str:
    """A link to the description of a kind."""
    return link(text, f"kinds.md#{anchor(_BY_NAME[name].title)}")


def lines() -> Iterator[str]:
    yield from (
        "The JSON Schemas are draft 2020-12 and have the same verdict in every validator: their",
        "patterns are in the syntax that ECMAScript, Python, Rust and RE2 share, and their formats",
        "are standard ones, as annotations.",
        "",
        "## 服务更严之处 Where the services are stricter",
        "",
        "No portable schema can say these. A service refuses such an argument with",
        "`ValidationFailed`, and no service publishes such an event.",
        "",
        *table(BEYOND_HEADS, _stricter()),
        "Arguments of these methods have rules besides, such as a check digit, or an argument that",
        "depends on another one:",
        f"{codes(with_rules())}.",
        "",
    )
    for kind in KINDS:
        yield from (f"## {kind.title}", "", kind.about, "")
        yield from ("```json", _json(kind.example), "```", "")
        yield from ("```json", _json(kind.schema, indent=2), "```", "")


def with_rules() -> list[str]:
    """The methods with arguments that are checked by more than their kinds."""
    return sorted(
        f"{owner}.{name}"
        for owner, methods in DECLARED.items()
        for name, method in methods.items()
        if _has_rules(method.arguments())
    )


def _has_rules(schema: Schema) -> bool:
    nested = (getattr(field, "inner", field) for field in schema.fields.values())
    parts = (field.schema for field in nested if isinstance(field, fields.Nested))
    return any(schema._hooks[kind] for kind in RULES) or any(map(_has_rules, parts))


def _stricter() -> Iterator[Row]:
    for kind in KINDS:
        for beyond in kind.beyond:
            examples = ", ".join(code(json.dumps(it)) for it in beyond.examples)
            yield link(code(kind.name), f"#{anchor(kind.title)}"), beyond.refused, examples


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=indent is not None)
