"""Objects and lists of other fields, and parts of any kind."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from shared.contracts.fields.base import (
    SCHEMA_MESSAGES,
    Said,
    example_of,
    nullable,
    object_example,
    shown,
)
from shared.contracts.fields.forms import LIST
from shared.domain.types import Json


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
        return nullable({"type": "array", "items": items, "minItems": self.least} | longest, self)


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
        return nullable({"type": "object", "additionalProperties": values}, self)


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
