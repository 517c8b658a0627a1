"""Aggregates whose published state is exactly what a marshmallow schema declares."""

from typing import Any, ClassVar

from marshmallow import Schema

from shared.domain.types import Json


class SchemaState:
    """Mixin of an aggregate: fields that `state_schema` doesn't declare are never published."""

    state_schema: ClassVar[type[Schema]]

    def state(self) -> Json:
        return {name: plain(getattr(self, name)) for name in self.state_schema().fields}


def plain(value: Any) -> Any:
    """A copy without MongoEngine's own lists and dicts: later changes would reach into those."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value
