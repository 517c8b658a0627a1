"""The repository of a service: all its aggregates; each command is one atomic write.

Besides its state, the document of an aggregate holds `version`, `commands` (those carried out) and
`pending` (events that the relay hasn't published yet, see messages.py). One write stores them all.
Of an aggregate with many commands, old ones are moved (command_archive.py); `moved` counts them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Protocol

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, OperationFailure, WriteError
from pymongo.read_concern import ReadConcern

from shared.aggregates.aggregate import (
    Aggregate,
    AnyAggregate,
    CarriedOut,
    Command,
    NewEvent,
    fingerprint,
    kinds,
    moment_of,
    new_id,
)
from shared.aggregates.command_archive import CommandArchive, is_forgotten
from shared.contracts.beginning import is_before_programme
from shared.contracts.envelope import new_event
from shared.contracts.events import EVENT_TYPES
from shared.contracts.messages import unsent
from shared.contracts.plausibility.common import BEFORE_PROGRAMME
from shared.contracts.reports import is_void
from shared.domain.clock import Clock
from shared.domain.errors import (
    Conflict,
    NeedsConfirmation,
    NotFound,
    ValidationFailed,
    WarmError,
)
from shared.domain.periods import Period, Week
from shared.domain.plausibility import Rule, confirmed_codes
from shared.domain.types import Document, Event, Json

# Attempts to write an aggregate that others write at the same time; one of them wins each time.
ATTEMPTS = 50
EXISTS = "exists already"
# Fields that no event carries, and that a repeated command brings back.
PERSONAL = ("personal", "identity")
FORGOTTEN = "carried out before, so long ago that its result is no longer kept"
FULL = "too many of its events aren't published yet: repeat the command when they are"
# The database's error codes for an update that would make a document longer than 16 MiB.
DOCUMENT_TOO_LARGE = (10334, 17419)


class EarlierCommands(Protocol):
    """See shared/messaging/earlier_commands.py."""

    def events(self, command_id: str) -> list[Event]: ...

    def lacks_personal(self, subject: str) -> bool: ...

    def has_personal(self, subject: str) -> None: ...


class Repository:
    """All aggregates of one `service`. `on_written` gets the pending events of each write;
    `first_week` is the programme's. `require_open` raises Unavailable while nothing may be written,
    `earlier` has the commands that a restored database has forgotten."""

    def __init__(
        self,
        collection: Collection[Document],
        clock: Clock,
        service: str,
        on_written: Callable[[list[Document]], None] = lambda pending: None,
        first_week: Period | None = None,
        require_open: Callable[[], None] = lambda: None,
        earlier: EarlierCommands | None = None,
    ) -> None:
        self.collection = collection
        self.clock = clock
        self.service = service
        self.first_week = first_week
        self._require_open = require_open
        self._earlier = earlier
        self.archive = CommandArchive(collection)
        self._on_written = on_written

    def command(
        self,
        method: str,
        command_id: str,
        actor: str,
        arguments: Json,
        cause: Json | None = None,
        confirms: bool = False,
        doubts: Iterable[Rule] = (),
    ) -> Command:
        """A command. `doubts` are the rules of plausibility that its arguments break; with
        `confirms` what is unlikely in it is taken."""
        return Command(
            id=command_id,
            actor=actor,
            method=method,
            arguments=fingerprint(method, {"actor": actor, **arguments}),
            recorded=self.clock.now(),
            cause=cause or {},
            confirms=confirms,
            doubts=tuple(doubts),
        )

    def done(self, command: Command) -> Json | None:
        """The result of the command if it was carried out before, else None.

        Raises Conflict if its id was used with other arguments.
        """
        document = self._holding(command.id)
        return self._done(document, command) if document else self._first_result(command)

    def carried_out(self, command_id: str) -> CarriedOut | None:
        """The command with this id as it was carried out, once the majority has it; None where none
        was."""
        document = self._holding(command_id)
        if document is None:
            return None
        self._await_majority(document)
        found = next(entry for entry in document["commands"] if entry["id"] == command_id)
        return CarriedOut(**{name: found[name] for name in CarriedOut._fields})

    def _holding(self, command_id: str) -> Document | None:
        """Where the entry of a command is, with `commands` holding it alone: in the document of its
        aggregate, or moved out of it."""
        return self.collection.find_one(
            {"commands.id": command_id}, {"commands": {"$elemMatch": {"id": command_id}}}
        )

    def once(self, command: Command, act: Callable[[], Json]) -> Json:
        """The first result of the command, or that of `act()`, which may check other aggregates
        before it writes.

        A repetition may overtake the call that it repeats: what that has written meanwhile is no
        reason to refuse it.
        """
        done = self.done(command)
        if done is not None:
            return done
        try:
            return act()
        except (Conflict, NeedsConfirmation, ValidationFailed):
            done = self.done(command)
            if done is None:
                raise
            return done

    def create(
        self,
        kind: type[AnyAggregate],
        command: Command,
        act: Callable[[AnyAggregate], object],
        /,
        identity: str | None = None,
        **state: Any,
    ) -> Json:
        """A new aggregate of `kind` with `state`, changed by `act` and then written.

        A repeated command gives the first result. Raises Conflict if `identity` or the command's id
        is taken, ValidationFailed for what can't be, NeedsConfirmation for what is unlikely.
        """
        aggregate = kind(id=identity or new_id(self.service, command.id), **state)
        if self._was_forgotten(command):
            return self._again(aggregate, command, act)
        act(aggregate)
        try:
            pending = self._new_pending(aggregate, command)
        except (ValidationFailed, NeedsConfirmation):
            done = self.done(command)
            if done is None:
                raise
            return done
        result = _result(aggregate)
        self._require_open()
        try:
            self.collection.insert_one(_new_document(aggregate, command, result, pending))
        except DuplicateKeyError:
            return self._repeated(command, aggregate)
        self._on_written(pending)
        return result

    def change(
        self,
        kind: type[AnyAggregate],
        identity: str,
        command: Command,
        act: Callable[[AnyAggregate], object],
    ) -> Json:
        """Load, `act`, write; repeated if another writer was faster. Raises NotFound, Conflict,
        ValidationFailed for what can't be, NeedsConfirmation for what is unlikely."""
        for _ in range(ATTEMPTS):
            document = self._find(kind, identity)
            done = self._done_on(document, command) or self._first_result(command)
            if done is not None:
                return done
            aggregate = kind.from_document(document)
            act(aggregate)
            pending = self._new_pending(aggregate, command)
            self._require_open()
            self._make_room(document)
            if self._push(aggregate, command, _update(aggregate, command, pending)):
                self._on_written(pending)
                return _result(aggregate)
        raise Conflict({"kind": kind.__name__.lower(), "id": identity, "reason": "too busy"})

    def note(self, kind: type[AnyAggregate], identity: str, command: Command) -> Json:
        """Store a command that had nothing to change: repeated, it gives the same result, even if
        the aggregate has changed since. Raises NotFound, Conflict."""
        for _ in range(ATTEMPTS):
            document = self._find(kind, identity)
            done = self._done_on(document, command)
            if done is not None:
                return done
            aggregate = kind.from_document(document)
            result = aggregate.result()
            self._require_open()
            self._make_room(document)
            if self._push(aggregate, command, {"$push": {"commands": _entry(command, result)}}):
                return result
        raise Conflict({"kind": kind.__name__.lower(), "id": identity, "reason": "too busy"})

    def put(
        self,
        kind: type[AnyAggregate],
        identity: str,
        command: Command,
        act: Callable[[AnyAggregate], object],
        /,
        **state: Any,
    ) -> Json:
        """`change` the aggregate, or `create` it with `state` if there is none."""
        for _ in range(ATTEMPTS):
            with suppress(NotFound):
                return self.change(kind, identity, command, act)
            try:
                return self.create(kind, command, act, identity=identity, **state)
            except Conflict as conflict:
                if conflict.data.get("reason") != EXISTS:
                    raise
        raise Conflict({"kind": kind.__name__.lower(), "id": identity, "reason": "too busy"})

    def get(self, kind: type[AnyAggregate], identity: str) -> AnyAggregate:
        """The aggregate. Raises NotFound."""
        return kind.from_document(self._find(kind, identity))

    def find(self, kind: type[AnyAggregate], **query: Any) -> list[AnyAggregate]:
        """The aggregates of `kind` that match `query`, by id."""
        return self.page(kind, None, None, **query)

    def page(
        self, kind: type[AnyAggregate], after: str | None, limit: int | None, **query: Any
    ) -> list[AnyAggregate]:
        """As `find`: up to `limit` aggregates with ids above `after`."""
        above = {"_id": {"$gt": after}} if after else {}
        found = self.collection.find({"_cls": kind.class_name(), **above, **query}, {"pending": 0})
        return list(map(kind.from_document, found.sort("_id", 1).limit(limit or 0)))

    def having(self, ids: Iterable[str]) -> list[Aggregate]:
        """The aggregates with these ids, each of its own kind."""
        found = self.collection.find({"_id": {"$in": sorted(ids)}}, {"pending": 0})
        return list(map(Aggregate.from_document, found))

    def fields(self, kind: type[Aggregate], names: Iterable[str], **query: Any) -> list[Document]:
        """Some fields of the aggregates of `kind` that match `query`."""
        wanted = {"_id": 0, **dict.fromkeys(names, 1)}
        return self.collection.find({"_cls": kind.class_name(), **query}, wanted).to_list()

    def ids(self, kind: type[Aggregate], **query: Any) -> list[str]:
        """The ids of the aggregates of `kind` that match `query`."""
        found = self.collection.find({"_cls": kind.class_name(), **query}, {"_id": 1})
        return [document["_id"] for document in found]

    def versions(self, kind: type[Aggregate]) -> dict[str, int]:
        """The version of each aggregate of `kind`, by id."""
        found = self.collection.find({"_cls": kind.class_name()}, {"version": 1})
        return {document["_id"]: document["version"] for document in found}

    def values(self, kind: type[Aggregate], field: str) -> set[Any]:
        """All values of one field of the aggregates of `kind`; read from an index, if any."""
        found = self.collection.find({"_cls": kind.class_name()}, {"_id": 0, field: 1})
        return {document[field] for document in found if document.get(field) is not None}

    def _find(self, kind: type[Aggregate], identity: str) -> Document:
        query = {"_id": identity, "_cls": kind.class_name()}
        document = self.collection.find_one(query, {"pending": 0})
        if document is None:
            raise NotFound({"kind": kind.__name__.lower(), "id": identity})
        return document

    def _done_on(self, document: Document, command: Command) -> Json | None:
        """The result of the command if it was carried out on the aggregate of this document."""
        done = self._done(document, command)
        if done is None and document.get("moved"):
            moved = self.archive.find(document["_id"], command.id)
            done = moved and self._done(moved, command)
        return done

    def _done(self, document: Document, command: Command) -> Json | None:
        """The result of the command, once the majority has it."""
        done = _done(document, command)
        if done is not None:
            self._await_majority(document)
        return done

    def _was_forgotten(self, command: Command) -> list[Event]:
        """The events of a command that was carried out, and that no aggregate remembers."""
        # Nothing is looked up where nothing was ever read back.
        events = self._earlier.events(command.id) if self._earlier else []
        return [] if events and self._holding(command.id) else events

    def _first_result(self, command: Command) -> Json | None:
        """The first result of a command that a restored database has forgotten. None also where
        personal data went with it that are lost: then the command is carried out for them."""
        events = self._was_forgotten(command)
        if not events or (self._earlier and self._earlier.lacks_personal(events[-1]["subject"])):
            return None
        return _result_of(self.service, events)

    def _again(
        self, aggregate: AnyAggregate, command: Command, act: Callable[[AnyAggregate], object]
    ) -> Json:
        """Take the personal data of a command whose events were restored without, and give its
        first result."""
        events, result = self._was_forgotten(command), self._first_result(command)
        subject = events[-1]["subject"]
        if result is None and self._earlier:
            with suppress(WarmError):
                act(aggregate)
            document = aggregate.to_mongo().to_dict()
            personal = {name: document[name] for name in PERSONAL if document.get(name)}
            if personal:
                known = {"_id": subject, **dict.fromkeys(personal, {"$exists": False})}
                self.collection.update_one(known, {"$set": personal})
            self._earlier.has_personal(subject)
        result = _result_of(self.service, events)
        entry = {"$push": {"commands": _entry(command, result)}}
        with suppress(DuplicateKeyError):
            self.collection.update_one({"_id": subject}, entry)
        return result

    def _await_majority(self, document: Document) -> None:
        """The attempt that wrote it may still wait for the majority, or have given up."""
        majority = self.collection.with_options(read_concern=ReadConcern("linearizable"))
        majority.find_one({"_id": document["_id"]}, {"_id": 1})

    def _make_room(self, document: Document) -> None:
        """Move old commands, if the background work is far behind: see command_archive.py."""
        if len(document["commands"]) > self.archive.most:
            # Other writers may be faster again and again. The next command tries again.
            with suppress(OperationFailure):
                self.archive.move(document["_id"])

    def _new_pending(self, aggregate: Aggregate, command: Command) -> list[Document]:
        """The events to publish; the first one says which unlikely values were confirmed."""
        doubts = [*command.doubts, *aggregate.doubts, *self._doubt_times(aggregate)]
        confirmed = confirmed_codes(doubts, command.confirms)
        events = (
            new_event(
                event.event_type,
                command_id=command.id,
                n=n,
                subject=aggregate.id,
                version=aggregate.version + n,
                moment=event.moment,
                recorded=command.recorded,
                orgunit=aggregate.orgunit,
                data=event.data,
                cause=command.cause,
                confirmed=confirmed if n == 1 else (),
            )
            for n, event in enumerate(aggregate.new_events, 1)
        )
        return list(map(unsent, events))

    def _doubt_times(self, aggregate: Aggregate) -> Iterator[Rule]:
        for event in aggregate.new_events:
            name, week = event.event_type.name, Week.of(event.moment.time)
            if is_before_programme(name, week, self.first_week) and not is_void(event.data):
                yield BEFORE_PROGRAMME

    def _push(self, aggregate: Aggregate, command: Command, update: Document) -> bool:
        try:
            written = self.collection.update_one(
                {"_id": aggregate.id, "version": aggregate.version}, update
            )
        except WriteError as error:
            if error.code in DOCUMENT_TOO_LARGE:
                kind = type(aggregate).__name__.lower()
                raise Conflict({"kind": kind, "id": aggregate.id, "reason": FULL}) from None
            if not isinstance(error, DuplicateKeyError):
                raise
            if self._holding(command.id):
                facts = {"command_id": command.id, "reason": "used for another command"}
                raise Conflict(facts) from None
            # Another writer took a unique value, such as an issue's number: try again.
            return False
        return written.matched_count == 1

    def _repeated(self, command: Command, aggregate: Aggregate) -> Json:
        done = self.done(command)
        if done is None:
            kind = type(aggregate).__name__.lower()
            raise Conflict({"kind": kind, "id": aggregate.id, "reason": EXISTS})
        return done


def _done(document: Document, command: Command) -> Json | None:
    for entry in document["commands"]:
        if entry["id"] == command.id:
            if is_forgotten(entry):
                raise Conflict({"command_id": command.id, "reason": FORGOTTEN})
            if entry["arguments"] not in (command.arguments, command.former):
                raise Conflict({"command_id": command.id, "reason": "used with other arguments"})
            result: Json = entry["result"]
            return result
    return None


def _result_of(service: str, events: list[Event]) -> Json:
    """The result of the command that recorded these events."""
    last = events[-1]
    aggregate = kinds(service)[str(last["type"]).rsplit(".", 1)[0]](id=last["subject"])
    aggregate.restore([last])
    # As it was when the command was carried out.
    aggregate.version -= len(events)
    aggregate.new_events = [
        NewEvent(EVENT_TYPES[event["type"]], moment_of(event), event["data"]) for event in events
    ]
    return aggregate.result()


def _result(aggregate: Aggregate) -> Json:
    # The events raise the version: a change without one would be invisible to concurrent writers.
    assert aggregate.new_events, "a command that changes an aggregate records an event"  # noqa: S101
    return aggregate.result()


def _entry(command: Command, result: Json) -> Json:
    return {
        "id": command.id,
        "method": command.method,
        "arguments": command.arguments,
        "actor": command.actor,
        "recorded": command.recorded,
        "result": result,
    }


def _new_document(
    aggregate: Aggregate, command: Command, result: Json, pending: list[Document]
) -> Document:
    return aggregate.to_document() | {
        "version": result["version"],
        "commands": [_entry(command, result)],
        "pending": pending,
    }


def _update(aggregate: Aggregate, command: Command, pending: list[Document]) -> Document:
    document = aggregate.to_document()
    emptied = aggregate.emptied_fields(document)
    result = _result(aggregate)
    state = {key: value for key, value in document.items() if key not in ("_id", "_cls")}
    return {
        "$set": {**state, "version": result["version"]},
        "$push": {
            "commands": _entry(command, result),
            "pending": {"$each": pending},
        },
        **({"$unset": dict.fromkeys(emptied, "")} if emptied else {}),
    }
