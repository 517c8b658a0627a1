"""The declaration of an event type."""

from dataclasses import dataclass

from marshmallow import Schema


@dataclass(frozen=True)
class EventType:
    """`name` is `<service>.<entity>.<verb in the past>`, `data` the schema of the whole state."""

    name: str
    version: int
    data: type[Schema]
    zh: str
    en: str

    @property
    def service(self) -> str:
        return self.name.split(".", 1)[0]

    @property
    def routing_key(self) -> str:
        return self.name.split(".", 1)[1]

    @property
    def dataschema(self) -> str:
        return f"urn:warm:{self.name}:{self.version}"
