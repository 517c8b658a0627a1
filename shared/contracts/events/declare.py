"""The declaration of an event type, with its earlier versions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from marshmallow import Schema

from shared.domain.types import Json


@dataclass(frozen=True)
class Beside:
    """An earlier version is published beside the version after it in every release before `until`.
    `data_from` makes its data from those of the version after it."""

    until: str
    data_from: Callable[[Json], Json]


@dataclass(frozen=True)
class EventType:
    """One version of an event type. `name` is `<service>.<entity>.<verb in the past>`, `data` the
    schema of the whole state.

    `earlier` is the version before it: facts of it are stored, so it is read for good. It is
    published as long as it has `beside`.
    """

    name: str
    version: int
    data: type[Schema]
    zh: str
    en: str
    earlier: "EventType | None" = None
    beside: Beside | None = None

    @property
    def service(self) -> str:
        return self.name.split(".", 1)[0]

    @property
    def routing_key(self) -> str:
        return self.name.split(".", 1)[1]

    @property
    def dataschema(self) -> str:
        return f"urn:warm:{self.name}:{self.version}"

    def versions(self) -> "Iterator[EventType]":
        """Every version that is read, this one first."""
        yield self
        if self.earlier:
            yield from self.earlier.versions()

    def published(self) -> "Iterator[EventType]":
        """Every version that is published, this one last."""
        if self.earlier and self.earlier.beside:
            yield from self.earlier.published()
        yield self

    def written(self, state: Json) -> "Iterator[tuple[EventType, Json]]":
        """The data of each version that is published, where `state` are those of this one."""
        if self.earlier and self.earlier.beside:
            yield from self.earlier.written(self.earlier.beside.data_from(state))
        yield self, state
