"""Qualified quantities."""

import re
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.fields.base import UNKNOWN, Said, nullable, one_of, shown
from shared.contracts.fields.forms import COUNT, DECIMAL, FORMS, NAME, PRINTABLE
from shared.contracts.fields.published import printable_text, text_of
from shared.domain.quantities import QUALIFIERS, Quantity
from shared.domain.types import Json
from shared.domain.units import DIVISIBLE, UNITS


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
        either = [
            {
                "qualifier": {"enum": [q for q in QUALIFIERS if q != "not_stated"]},
                "value": text_of(self.number),
            },
            {"qualifier": {"enum": ["not_stated"]}, "value": {"type": "null"}},
        ]
        return nullable(
            {
                "type": "object",
                "required": ["value", "qualifier", "unit"],
                "properties": {
                    "value": {"type": ["string", "null"]},
                    "qualifier": {"type": "string"},
                    "unit": {"type": "string", "enum": list(self.units)},
                    "stated": {"anyOf": [printable_text(NAME), {"type": "null"}]},
                },
                "additionalProperties": False,
                "anyOf": [{"properties": properties} for properties in either],
            },
            self,
        )


def _matches(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None
