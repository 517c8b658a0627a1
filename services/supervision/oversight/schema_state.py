"""Aggregates that tell exactly what their published schema declares."""

from typing import ClassVar

from marshmallow import Schema


class Told:
    """`says` is the schema of the state: a field that it doesn't declare is never published."""

    says: ClassVar[type[Schema]]

    def state(self):
        return {name: _plain(getattr(self, name)) for name in self.says().fields}


def _plain(value):
    """A copy without MongoEngine's own lists and dicts, which later changes would reach."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
