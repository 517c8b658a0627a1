"""Aggregates: what a service owns, and the commands that change it.

MongoEngine declares and checks an aggregate's state; shared/aggregates/repository.py writes it.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, NoReturn, TypeVar

from mongoengine import Document, StringField

from shared.contracts.envelope import Moment
from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.declare import EventType
from shared.domain.errors import Conflict
from shared.domain.types import Json


@dataclass(frozen=True)
class Command:
    """Who wants what: the identity that makes a repetition harmless."""

    id: str
    actor: str
    method: str
    arguments: str
    recorded: datetime
    cause: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A move of a state machine: possible in the statuses `before`, ends in `after`.

    `after` is None where the rules of the action decide, or where the status stays.
    """

    before: tuple[str, ...]
    after: str | None = None


def fingerprint(method: str, arguments: Json) -> str:
    """SHA-256 of a method and its JSON arguments, whatever their order."""
    text = json.dumps([method, arguments], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def new_id(command_id: str) -> str:
    """The id of what a command creates: the same command creates the same thing."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:warm:aggregate:{command_id}"))


class Aggregate(Document):
    """One document, one consistency boundary. Subclasses add their state and their rules."""

    meta = {
        "collection": "aggregates",
        "allow_inheritance": True,
        "auto_create_index": False,
        "strict": False,
    }

    id = StringField(primary_key=True)
    orgunit = StringField(required=True)

    # The state machine, declared once: action → Step; whoever has one has a `status`.
    steps: ClassVar[dict[str, Step]] = {}
    status: str

    def state(self) -> Json:
        """The whole reported state: the `data` of every event of this aggregate."""
        raise NotImplementedError

    def record(self, event_type: str, moment: Moment) -> None:
        """Remember that something happened; the event is written with the new state."""
        self._happened.append((EVENT_TYPES[event_type], moment, self.state()))

    def refuse(self, **facts: object) -> NoReturn:
        """Raise the Conflict that says why this can't be done now."""
        raise Conflict({"kind": type(self).__name__.lower(), "id": self.id, **facts})

    def require(self, action: str) -> None:
        """The state machine's guard. Raises the Conflict that says from where it is possible."""
        before = self.steps[action].before
        if self.status not in before:
            self.refuse(action=action, status=self.status, possible_from=list(before))

    def step(self, action: str) -> None:
        """Do what the state machine says of `action`, or refuse it."""
        self.require(action)
        self.status = self.steps[action].after or self.status

    _happened: list[tuple[EventType, Moment, Json]]
    version = 0
    _stored: frozenset[str] = frozenset()


AnyAggregate = TypeVar("AnyAggregate", bound=Aggregate)
