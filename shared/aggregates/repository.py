"""The repository of a service: all its aggregates; each command is one atomic write.

Besides its state, the document of an aggregate holds `version`, `commands` (those carried out) and
`pending` (events that the relay hasn't published yet, see messages.py). One write stores them all.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.aggregates.aggregate import Aggregate, AnyAggregate, Command, fingerprint, new_id
from shared.contracts.beginning import is_before_programme
from shared.contracts.envelope import new_event
from shared.contracts.messages import unsent
from shared.contracts.plausibility.common import BEFORE_PROGRAMME
from shared.contracts.reports import is_void
from shared.domain.clock import Clock
from shared.domain.errors import Conflict, NeedsConfirmation, NotFound, ValidationFailed
from shared.domain.periods import Period
from shared.domain.plausibility import Rule, confirmed_codes
from shared.domain.types import Document, Json

# Attempts to write an aggregate that others write at the same time; one of them wins each time.
ATTEMPTS = 50
EXISTS = "exists already"


class Repository:
    """All aggregates of one service. `on_written` gets the pending events of each write;
    `first_week` is the programme's."""

    def __init__(
        self,
        collection: Collection[Document],
        clock: Clock,
        on_written: Callable[[list[Document]], None] = lambda pending: None,
        first_week: Period | None = None,
    ) -> None:
        self.collection = collection
        self.clock = clock
        self.first_week = first_week
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
        document = self.collection.find_one({"commands.id": command.id}, {"commands": 1})
        return document and self._done(document, command)

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
        aggregate = kind(id=identity or new_id(command.id), **state)
        act(aggregate)
        try:
            pending = self._new_pending(aggregate, command)
        except (ValidationFailed, NeedsConfirmation):
            done = self.done(command)
            if done is None:
                raise
            return done
        result = _result(aggregate)
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
            done = self._done(document, command)
            if done is not None:
                return done
            aggregate = kind.from_document(document)
            act(aggregate)
            pending = self._new_pending(aggregate, command)
            if self._push(aggregate, command, _update(aggregate, command, pending)):
                self._on_written(pending)
                return _result(aggregate)
        raise Conflict({"kind": kind.__name__.lower(), "id": identity, "reason": "too busy"})

    def note(self, kind: type[AnyAggregate], identity: str, command: Command) -> Json:
        """Store a command that had nothing to change: repeated, it gives the same result, even if
        the aggregate has changed since. Raises NotFound, Conflict."""
        for _ in range(ATTEMPTS):
            document = self._find(kind, identity)
            done = self._done(document, command)
            if done is not None:
                return done
            aggregate = kind.from_document(document)
            result = aggregate.result()
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
        found = self.collection.find({"_cls": kind.class_name(), **query}, {"pending": 0})
        return [kind.from_document(document) for document in found.sort("_id", 1)]

    def having(self, ids: Iterable[str]) -> list[Aggregate]:
        """The aggregates with these ids, each of its own kind."""
        found = self.collection.find({"_id": {"$in": sorted(ids)}}, {"pending": 0})
        return list(map(Aggregate.from_document, found))

    def fields(self, kind: type[Aggregate], names: Iterable[str], **query: Any) -> list[Document]:
        """Some fields of the aggregates of `kind` that match `query`."""
        wanted = {"_id": 0, **dict.fromkeys(names, 1)}
        return self.collection.find({"_cls": kind.class_name(), **query}, wanted).to_list()

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

    def _done(self, document: Document, command: Command) -> Json | None:
        """The result of the command, once the majority has it: the attempt that wrote it may still
        wait for the majority, or have given up."""
        done = _done(document, command)
        if done is not None:
            majority = self.collection.with_options(read_concern=ReadConcern("linearizable"))
            majority.find_one({"_id": document["_id"]}, {"_id": 1})
        return done

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
            name, week = event.event_type.name, Period.of(event.moment.time)
            if is_before_programme(name, week, self.first_week) and not is_void(event.data):
                yield BEFORE_PROGRAMME

    def _push(self, aggregate: Aggregate, command: Command, update: Document) -> bool:
        try:
            written = self.collection.update_one(
                {"_id": aggregate.id, "version": aggregate.version}, update
            )
        except DuplicateKeyError:
            if self.collection.find_one({"commands.id": command.id}, {"_id": 1}):
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
            if entry["arguments"] not in (command.arguments, command.former):
                raise Conflict({"command_id": command.id, "reason": "used with other arguments"})
            result: Json = entry["result"]
            return result
    return None


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
