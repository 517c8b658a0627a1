"""JSON Schemas (draft 2020-12) of marshmallow schemas: as the services check, and as published."""

import copy
from collections.abc import Callable
from typing import Any

import fastjsonschema
from marshmallow import Schema
from marshmallow_jsonschema import JSONSchema

from shared.contracts.fields.published import CHECKS, OWN
from shared.domain.types import Json

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# Where a schema keeps the schemas that its `$ref`s name.
DEFINITIONS = "$defs"
# What fastjsonschema takes for it. Its drafts end with 7, whose keywords ours are too; in draft 4
# alone 1.0 is no integer, and the services take 1 only.
_STRICT = "http://json-schema.org/draft-04/schema#"


def json_schema(schema: type[Schema]) -> Json:
    """The JSON Schema of a marshmallow schema, with the formats that only the services check."""
    whole: Json = JSONSchema(definitions_path=DEFINITIONS).dump(schema())
    del whole["$schema"]
    return whole


def validator(schema: Json) -> Callable[[Any], object]:
    """What checks a value as the services do. It raises fastjsonschema's JsonSchemaValueException.

    `schema` is of `json_schema`."""
    return fastjsonschema.compile(
        {**schema, "$schema": _STRICT}, formats=_formats(), use_default=False
    )


def published(schema: Json, identity: str) -> Json:
    """The schema as it is published under an id: whole, and alike in every validator."""
    return {"$schema": DRAFT, "$id": identity} | _portable(schema)


def opened(schema: Any) -> Any:
    """The JSON Schema as readers see it: they ignore unknown fields, so that a publisher may add
    some."""
    return _without(schema, lambda key, value: key == "additionalProperties" and value is False)


def _portable(schema: Json) -> Json:
    """Without the formats of our own, which no other validator knows."""
    portable: Json = _without(schema, lambda key, value: key == "format" and _is_own(value))
    return portable


def _is_own(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(OWN)


def _without(schema: Any, left_out: Callable[[str, Any], bool]) -> Any:
    if isinstance(schema, dict):
        return {
            key: _without(value, left_out)
            for key, value in schema.items()
            if not left_out(key, value)
        }
    if isinstance(schema, list):
        return [_without(item, left_out) for item in schema]
    return copy.copy(schema)


def _formats() -> dict[str, Callable[[str], bool]]:
    """What the formats check, by their names."""

    def accepts(read: Callable[[str], object]) -> Callable[[str], bool]:
        def check(text: str) -> bool:
            try:
                read(text)
            except ValueError:
                return False
            return True

        return check

    return {name: accepts(check.read) for name, check in CHECKS.items()}
