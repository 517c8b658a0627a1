"""Codes of a closed list, whole numbers, yes and no."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import fields

from shared.contracts.fields.base import Said, nullable, one_of
from shared.contracts.fields.forms import WHOLE
from shared.domain.periods import PRECISIONS
from shared.domain.types import Json


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
        return nullable({"type": "string", "enum": list(self.choices)}, self)


class Precision(Choice):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(PRECISIONS, **kwargs)


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
        return nullable({"type": "integer", "minimum": self.least, "maximum": self.most}, self)


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
        return nullable({"type": "boolean"}, self)
