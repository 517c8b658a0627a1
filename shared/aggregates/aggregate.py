"""Aggregates: the documents that a service owns, and the commands that change them.

MongoEngine declares and validates the state; shared/aggregates/repository.py writes it.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, NoReturn, Self, TypeVar

import mongoengine
from mongoengine import MapField, StringField

from shared.contracts.envelope import Moment
from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.declare import EventType
from shared.contracts.plausibility.common import MOVED_FAR
from shared.domain.errors import Conflict, ValidationFailed
from shared.domain.periods import (
    SHANGHAI,
    Period,
    Week,
    format_instant,
    parse_instant,
    start_of_day,
)
from shared.domain.plausibility import Rule, StateRule, far_apart
from shared.domain.types import Document, Event, Json


@dataclass(frozen=True)
class Command:
    """Who gave which command. A repeated command has the same id and no second effect."""

    id: str
    actor: str
    method: str
    arguments: str
    recorded: datetime
    cause: Json = field(default_factory=dict)
    # Does it confirm unlikely values, and which rules do its arguments break?
    confirms: bool = False
    doubts: tuple[Rule, ...] = ()
    # The fingerprint as an earlier release stored it, where this one needs a key.
    former: str | None = None


# How many others an error names.
MOST_NAMED = 20


@dataclass(frozen=True)
class Step:
    """A transition of a state machine: possible in the statuses `before`, ends in `after`.

    `after` is None if the rules of the action decide, or if the status stays.
    """

    before: tuple[str, ...]
    after: str | None = None


class CarriedOut(NamedTuple):
    """A command as it was carried out; `result` is None while it is at work."""

    method: str
    actor: str
    recorded: datetime
    arguments: str
    result: Json | None


class NewEvent(NamedTuple):
    """An event that a command recorded; `data` is the aggregate's state after it, as this version
    of the type has it."""

    event_type: EventType
    moment: Moment
    data: Json


def fingerprint(method: str, arguments: Json) -> str:
    """SHA-256 of a method and its JSON arguments, independent of their order."""
    text = json.dumps([method, arguments], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def new_id(service: str, command_id: str) -> str:
    """The id of the aggregate that a command of a service creates: another one in each service.

    Aggregates of releases before 0.3 keep the id that they have: see `former_id`.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:warm:{service}:aggregate:{command_id}"))


def former_id(command_id: str) -> str:
    """The id of what a command created before 0.3: the same one in every service."""
    return derived_id(command_id)


def derived_id(name: str) -> str:
    """The id of a command that follows from others, or of what has one `name` for good."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:warm:aggregate:{name}"))


class Aggregate(mongoengine.Document):
    """One document, one consistency boundary. Subclasses add state and rules."""

    meta = {
        "collection": "aggregates",
        "allow_inheritance": True,
        "auto_create_index": False,
        "strict": False,
    }

    id = StringField(primary_key=True)
    orgunit = StringField(required=True)

    # The first two parts of its event types, such as "relief.order"; "*.nil" in every service.
    entity: ClassVar[str] = ""
    # Others of which the class has aggregates too.
    more_entities: ClassVar[tuple[str, ...]] = ()

    # The state machine: action → Step. A class that declares one has a `status`.
    steps: ClassVar[dict[str, Step]] = {}
    status: str
    # Was it entered by mistake, and taken back? A class whose events say so has the field.
    withdrawn = False

    # The order of what happened: the verb of an event → the verbs of its causes, before which it
    # can't have happened.
    follows: ClassVar[dict[str, tuple[str, ...]]] = {}
    # The verb of a correction → the verb of the event whose time it restates.
    restates: ClassVar[dict[str, str]] = {}
    # Verb → when such an event happened last, as `Moment.to_text` writes it.
    moments = MapField(StringField())
    # What is unlikely or impossible in its state.
    rules: ClassVar[tuple[StateRule, ...]] = ()

    # What no event carries: code of what is missing after a restore from events (docs/how-to/
    # bring-a-service-forward.md) → the verbs of the events that went with it.
    unreported: ClassVar[dict[str, tuple[str, ...]]] = {}

    version = 0

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        # Recorded since it was created or loaded.
        self.new_events: list[NewEvent] = []
        # The rules that these break. The repository refuses them, or asks for confirmation.
        self.doubts: list[Rule] = []
        self._state_before: Json = {}
        self._stored_fields: set[str] = set()

    @classmethod
    def class_name(cls) -> str:
        """The value of `_cls` in its documents."""
        name: str = cls._class_name
        return name

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """The aggregate of a document of the database."""
        aggregate: Self = cls._from_son(document)
        aggregate.version = document["version"]
        aggregate._stored_fields = set(document)
        if cls.rules:
            aggregate._state_before = aggregate.state()
        return aggregate

    def to_document(self) -> Document:
        """The state as a document for the database. Raises MongoEngine's ValidationError."""
        self.validate()
        document: Document = self.to_mongo().to_dict()
        return document

    def emptied_fields(self, document: Document) -> set[str]:
        """The stored fields that the new `document` lacks.

        Only fields that this class declares: a newer version of the service may have stored more.
        """
        declared = set(self._db_field_map.values())
        return (self._stored_fields & declared) - document.keys()

    def result(self) -> Json:
        """The result of its commands: id, version after the new events, status if it has one."""
        status = {"status": self.status} if "status" in self._fields else {}
        return {"id": self.id, "version": self.version + len(self.new_events), **status}

    def state(self) -> Json:
        """The whole published state: the `data` of every event of this aggregate, in the newest
        version of its type."""
        raise NotImplementedError

    def restore(self, events: Sequence[Event]) -> None:
        """Become what the last of these events reports. Its other events, those before the first of
        these, are in it already."""
        in_order = sorted(events, key=lambda event: int(event["subjectsequence"]))
        for event in in_order:
            self.restore_moment(_verb(event), moment_of(event))
        last = in_order[-1]
        self.orgunit, self.version = last["orgunit"], last["subjectsequence"]
        self.restore_state(last["data"], in_order)

    def restore_moment(self, verb: str, moment: Moment) -> None:
        """An event with this verb happened: keep when, as `record` does."""
        if self.follows or self.restates:
            self.moments[self.restates.get(verb, verb)] = moment.to_text()

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        """Take over the reported state `data`, the opposite of `state`, and what else follows from
        the events. The default takes each field that has a reported part of its name."""
        for name, value in data.items():
            if name in self._fields and name != "id":
                setattr(self, name, value)

    def still_missing(self, verbs: Collection[str]) -> list[str]:
        """What events with these verbs had with them and no event carries, as far as it is needed
        still."""
        return [name for name, by in self.unreported.items() if set(by) & set(verbs)]

    def record(self, event_type: str, moment: Moment) -> None:
        """Record an event with the present state; the repository writes both together.

        Raises ValidationFailed where it would have happened before one of its causes; a correction,
        where what it corrects would have happened after its effects.
        """
        self._keep_order(event_type.rsplit(".", 1)[1], moment)
        state = self.state()
        self._doubt_state(state)
        self.record_state(event_type, moment, state)

    def record_state(self, event_type: str, moment: Moment, state: Json) -> None:
        """Record an event of a type that reports this view of the present state. Where two versions
        of the type are published, it is one event of each, the earlier version first."""
        self.new_events += [
            NewEvent(version, moment, data)
            for version, data in EVENT_TYPES[event_type].written(state)
        ]

    def doubt(self, rule: Rule) -> None:
        """What the command states breaks this rule."""
        self.doubts.append(rule)

    def _doubt_state(self, state: Json) -> None:
        """Doubt what breaks a rule now; what a former command stated was confirmed then."""
        for rule in self.rules:
            changed = any(state[it] != self._state_before.get(it) for it in rule.looks_at)
            if changed and rule.broken(state):
                self.doubt(rule)

    def _keep_order(self, verb: str, moment: Moment) -> None:
        for cause in self.follows.get(verb, ()):
            known = self.moment_of(cause)
            if known and not moment.may_follow(known):
                _refuse_time("at or after", cause, known)
        restated = self.restates.get(verb)
        self._doubt_move(restated, moment)
        for effect in self._effects(restated):
            known = self.moment_of(effect)
            if known and not known.may_follow(moment):
                _refuse_time("at or before", effect, known)
        if self.follows or self.restates:
            self.moments[restated or verb] = moment.to_text()

    def _doubt_move(self, restated: str | None, moment: Moment) -> None:
        """Doubt a correction that moves it by more than a year."""
        # Releases before 0.3 stored the day on which it was held, if anything.
        known = restated and (self.moment_of(restated) or self.moment_of("held"))
        if known and far_apart(known.time.date(), moment.time.date()):
            self.doubt(MOVED_FAR)

    def _effects(self, cause: str | None) -> list[str]:
        return [effect for effect, causes in self.follows.items() if cause in causes]

    def moment_of(self, verb: str) -> Moment | None:
        """When the last event with this verb happened; None where there was none. Releases before
        0.3 stored only its day."""
        if verb in self.moments:
            return Moment.from_text(self.moments[verb])
        day = getattr(self, f"{verb}_on", None)
        return Moment(start_of_day(date.fromisoformat(day)), "day") if day else None

    def is_in(self, week: Period, verb: str) -> bool:
        """Does an event with this verb that happened in the week still stand, as far as the
        aggregate knows? A correction may have moved it or taken it back."""
        if verb not in {*self.restates, *self.restates.values()}:
            return True
        known = self.moment_of(self.restates.get(verb, verb))
        return known is None or Week.of(known.time) == week

    def refuse_while(self, action: str, reason: str, **resting: Sequence[str]) -> None:
        """What rests on something stands, or goes first: raise Conflict while there are ids of
        others that rest on this one, and name the first of them."""
        for kind, ids in resting.items():
            if ids:
                self.refuse(action=action, reason=reason, **{kind: list(ids[:MOST_NAMED])})

    def move_to(self, orgunit: str) -> None:
        """It belongs to another unit than was entered; a correction says so."""
        self.orgunit = orgunit

    def refuse(self, **facts: object) -> NoReturn:
        """Raise Conflict with kind, id and `facts`, which say why the command is refused now."""
        raise Conflict({"kind": type(self).__name__.lower(), "id": self.id, **facts})

    def require_there(self) -> None:
        """Raise Conflict if it was withdrawn: nothing can rest on it."""
        self.require_not_withdrawn()
        if "status" in self._fields and self.status == "withdrawn":
            self.refuse(status=self.status)

    def require_not_withdrawn(self) -> None:
        """Raise Conflict if it was entered by mistake and taken back."""
        if self.withdrawn:
            self.refuse(reason="it was entered by mistake and is withdrawn")

    def require(self, action: str) -> None:
        """Raise Conflict, with the possible statuses, if the action is impossible in this one."""
        self.require_not_withdrawn()
        before = self.steps[action].before
        if self.status not in before:
            self.refuse(action=action, status=self.status, possible_from=list(before))

    def step(self, action: str) -> None:
        """Make the transition of `action`. Raises Conflict if it is impossible now."""
        self.require(action)
        self.status = self.steps[action].after or self.status


def plain(value: Any) -> Any:
    """A copy without MongoEngine's own lists and dicts: later changes would reach into those."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def moment_of(event: Event) -> Moment:
    """When the event happened."""
    return Moment(parse_instant(event["time"]).astimezone(SHANGHAI), event["timeprecision"])


def _verb(event: Event) -> str:
    return str(event["type"].rsplit(".", 1)[1])


def kinds(service: str) -> dict[str, type[Aggregate]]:
    """The first two parts of an event type → the class of its aggregates, of those that were
    imported."""
    found: dict[str, type[Aggregate]] = {}
    waiting = list(Aggregate.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        for entity in (kind.entity, *kind.more_entities):
            owner, _, name = entity.partition(".")
            if owner in (service, "*"):
                found[f"{service}.{name}"] = kind
    return found


def _refuse_time(order: str, verb: str, known: Moment) -> NoReturn:
    when = f"it was {verb} ({known.in_words()}), such as {format_instant(known.time)}"
    raise ValidationFailed({"time": [f"Must be {order} the time when {when}."]})


AnyAggregate = TypeVar("AnyAggregate", bound=Aggregate)
