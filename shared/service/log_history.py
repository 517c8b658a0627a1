"""How often the service's log was brought forward: an aggregate of its own, so that others are told
by an event."""

from mongoengine import IntField

from shared.aggregates.aggregate import Aggregate
from shared.contracts.envelope import Moment
from shared.domain.types import Json

FIRST = 1


def history_id(service: str) -> str:
    return f"log:{service}"


class LogHistory(Aggregate):
    """The present incarnation of the log. The first one has no such document."""

    entity = "*.log"

    incarnation = IntField(required=True, default=FIRST)
    last = IntField(required=True, default=0)
    read_back = IntField(required=True, default=0)
    renumbered = IntField(required=True, default=0)
    lost = IntField(required=True, default=0)
    left = IntField(required=True, default=0)

    def state(self) -> Json:
        names = ("incarnation", "last", "read_back", "renumbered", "lost", "left")
        return {name: getattr(self, name) for name in names}

    def bring_forward(self, service: str, done: Json, moment: Moment) -> None:
        """`done` says how much of what was done."""
        self.incarnation += 1
        for name, value in done.items():
            setattr(self, name, value)
        self.record(f"{service}.log.brought_forward", moment)
