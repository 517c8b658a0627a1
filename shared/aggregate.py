"""Aggregates: what a service owns, and the commands that change it.

MongoEngine declares and checks an aggregate's state; shared/books.py writes it.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from mongoengine import Document, StringField

from shared.errors import Conflict
from shared.events import EVENT_TYPES


@dataclass(frozen=True)
class Command:
    """Who wants what: the identity that makes a repetition harmless."""

    id: str
    actor: str
    method: str
    arguments: str
    recorded: datetime
    cause: dict = field(default_factory=dict)


def fingerprint(method, arguments):
    """SHA-256 of a method and its JSON arguments, whatever their order."""
    text = json.dumps([method, arguments], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def new_id(command_id):
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

    def state(self):
        """The whole reported state: the `data` of every event of this aggregate."""
        raise NotImplementedError

    def record(self, event_type, moment):
        """Remember that something happened; the event is written with the new state."""
        self._happened.append((EVENT_TYPES[event_type], moment, self.state()))

    def refuse(self, **facts):
        """Raise the Conflict that says why this can't be done now."""
        raise Conflict({"kind": type(self).__name__.lower(), "id": self.id, **facts})

    def require(self, action, *statuses):
        """The state machine's guard: `action` is possible only from `statuses`."""
        if self.status not in statuses:
            self.refuse(action=action, status=self.status, possible_from=list(statuses))

    _happened: list
    version = 0
    _stored = frozenset()
