"""Aggregates whose published state is exactly what a marshmallow schema declares."""

from typing import ClassVar

from marshmallow import Schema

from shared.aggregates.aggregate import plain
from shared.domain.types import Json


class SchemaState:
    """Mixin of an aggregate: fields that `state_schema` doesn't declare are never published."""

    state_schema: ClassVar[type[Schema]]

    def state(self) -> Json:
        return {name: plain(getattr(self, name)) for name in self.state_schema().fields}
