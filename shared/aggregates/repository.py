"""The books of a service: all its aggregates, each command one atomic write.

The document of an aggregate holds three things that are not state: `version`, `commands` (done)
and `pending` (unsent events that the relay hasn't taken yet, see messages.py). All are written with
the state, or none.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.aggregates.aggregate import Aggregate, AnyAggregate, Command, fingerprint, new_id
from shared.contracts.envelope import born
from shared.contracts.messages import unsent
from shared.domain.clock import Clock
from shared.domain.errors import Conflict, NotFound
from shared.domain.types import Document, Json

# Writers of one aggregate at once: each lost race means that another one won.
ATTEMPTS = 50
EXISTS = "exists already"


class Repository:
    """All aggregates of one service."""

    def __init__(
        self,
        collection: Collection[Document],
        clock: Clock,
        written: Callable[[list[Document]], None] = lambda waiting: None,
    ) -> None:
        self.collection = collection
        self.clock = clock
        self._written = written

    def command(
        self, method: str, command_id: str, actor: str, arguments: Json, cause: Json | None = None
    ) -> Command:
        return Command(
            id=command_id,
            actor=actor,
            method=method,
            arguments=fingerprint(method, {"actor": actor, **arguments}),
            recorded=self.clock.now(),
            cause=cause or {},
        )

    def done(self, command: Command) -> Json | None:
        """What the command gave when it was carried out; None where it hasn't been.

        Raises Conflict where its id was used with other arguments.
        """
        document = self.collection.find_one({"commands.id": command.id}, {"commands": 1})
        return document and self._done(document, command)

    def create(
        self,
        kind: type[AnyAggregate],
        command: Command,
        act: Callable[[AnyAggregate], object],
        /,
        identity: str | None = None,
        **state: Any,
    ) -> Json:
        """A new aggregate of `kind`, changed by `act` before it is written once.

        Repeated, it gives the first result. Raises Conflict when `identity` or the command's id
        is taken.
        """
        aggregate = kind(id=identity or new_id(command.id), **state)
        act(aggregate)
        result, waiting = _result(aggregate), _unsent(aggregate, command)
        try:
            self.collection.insert_one(_new_document(aggregate, command, result, waiting))
        except DuplicateKeyError:
            return self._repeated(command, aggregate)
        self._written(waiting)
        return result

    def change(
        self,
        kind: type[AnyAggregate],
        identity: str,
        command: Command,
        act: Callable[[AnyAggregate], object],
    ) -> Json:
        """Load, `act`, write; again when another writer was faster. Raises NotFound, Conflict."""
        for _ in range(ATTEMPTS):
            document = self._find(kind, identity)
            done = self._done(document, command)
            if done is not None:
                return done
            aggregate = kind.from_document(document)
            act(aggregate)
            waiting = _unsent(aggregate, command)
            if self._push(aggregate, command, _update(aggregate, command, waiting)):
                self._written(waiting)
                return _result(aggregate)
        raise Conflict({"kind": kind.__name__.lower(), "id": identity, "reason": "too busy"})

    def note(self, kind: type[AnyAggregate], identity: str, command: Command) -> Json:
        """Remember a command that found nothing left to do: repeated, it gives the same result,
        whatever has become of the aggregate since. Raises NotFound, Conflict."""
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
        """`change` it, or `create` it with `state` where there is none yet."""
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
        """The aggregate as it is. Raises NotFound."""
        return kind.from_document(self._find(kind, identity))

    def find(self, kind: type[AnyAggregate], **query: Any) -> list[AnyAggregate]:
        """All aggregates of `kind` that match, each as it is."""
        found = self.collection.find({"_cls": kind.class_name(), **query}, {"pending": 0})
        return [kind.from_document(document) for document in found.sort("_id", 1)]

    def values(self, kind: type[Aggregate], field: str) -> set[Any]:
        """What all aggregates of `kind` hold in one field: nothing else of them is read, where an
        index holds both."""
        found = self.collection.find({"_cls": kind.class_name()}, {"_id": 0, field: 1})
        return {document[field] for document in found if document.get(field) is not None}

    def _find(self, kind: type[Aggregate], identity: str) -> Document:
        query = {"_id": identity, "_cls": kind.class_name()}
        document = self.collection.find_one(query, {"pending": 0})
        if document is None:
            raise NotFound({"kind": kind.__name__.lower(), "id": identity})
        return document

    def _done(self, document: Document, command: Command) -> Json | None:
        """What the command gave, once the majority has it: the attempt that wrote it may be waiting
        for that still, or have given up."""
        done = _done(document, command)
        if done is not None:
            majority = self.collection.with_options(read_concern=ReadConcern("linearizable"))
            majority.find_one({"_id": document["_id"]}, {"_id": 1})
        return done

    def _push(self, aggregate: Aggregate, command: Command, update: Document) -> bool:
        try:
            written = self.collection.update_one(
                {"_id": aggregate.id, "version": aggregate.version}, update
            )
        except DuplicateKeyError:
            if self.collection.find_one({"commands.id": command.id}, {"_id": 1}):
                why = {"command_id": command.id, "reason": "used for another command"}
                raise Conflict(why) from None
            # Another writer took what has to be unique, such as an issue's number: act again.
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
            if entry["arguments"] != command.arguments:
                raise Conflict({"command_id": command.id, "reason": "used with other arguments"})
            result: Json = entry["result"]
            return result
    return None


def _result(aggregate: Aggregate) -> Json:
    # Version and events go together: a silent change would be invisible to concurrent writers.
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


def _unsent(aggregate: Aggregate, command: Command) -> list[Document]:
    events = (
        born(
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
        )
        for n, event in enumerate(aggregate.new_events, 1)
    )
    return list(map(unsent, events))


def _new_document(
    aggregate: Aggregate, command: Command, result: Json, waiting: list[Document]
) -> Document:
    return aggregate.to_document() | {
        "version": result["version"],
        "commands": [_entry(command, result)],
        "pending": waiting,
    }


def _update(aggregate: Aggregate, command: Command, waiting: list[Document]) -> Document:
    document = aggregate.to_document()
    emptied = aggregate.emptied_fields(document)
    result = _result(aggregate)
    state = {key: value for key, value in document.items() if key not in ("_id", "_cls")}
    return {
        "$set": {**state, "version": result["version"]},
        "$push": {
            "commands": _entry(command, result),
            "pending": {"$each": waiting},
        },
        **({"$unset": dict.fromkeys(emptied, "")} if emptied else {}),
    }
