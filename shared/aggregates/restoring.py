"""Restores aggregates from their events, where the database is an older copy.

An event carries the whole reported state, so the last one is enough. What no event carries, such as
personal data, is listed for a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import mongoengine
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from shared.aggregates.aggregate import Aggregate
from shared.domain.types import Document, Event, Json

# Codes of what is missing, besides those that the classes declare.
STATE = "state"
FORKED = "forked"


class LeftOver(NamedTuple):
    """A subject that its events alone can't restore."""

    subject: str
    type: str
    version: int
    missing: list[str]
    events: list[str]


def restore(
    aggregates: Collection[Document],
    kinds: Mapping[str, type[Aggregate]],
    subject: str,
    events: Sequence[Event],
) -> tuple[bool, LeftOver | None]:
    """Bring one aggregate up to its last event. `events` are those since the copy, also those that
    were recorded after it. Returns whether it was changed, and what is missing.

    Repeating it changes nothing.
    """
    kind = kinds.get(str(events[0]["type"]).rsplit(".", 1)[0])
    if kind is None:
        return False, None
    newest = max(events, key=lambda event: int(event["subjectsequence"]))
    document = aggregates.find_one({"_id": subject}, {"pending": 0})
    is_behind = document is None or document["version"] < newest["subjectsequence"]
    missing = [FORKED] if _is_forked(events) else []
    aggregate = kind.from_document(document) if document else kind(id=subject)
    verbs = {str(event["type"]).rsplit(".", 1)[1] for event in events}
    if is_behind:
        missing += _write(aggregates, aggregate, document, _since(document, events))
    if STATE not in missing:
        missing += aggregate.still_missing(verbs)
    left = LeftOver(
        subject, newest["type"], newest["subjectsequence"], missing, [it["id"] for it in events]
    )
    return is_behind and STATE not in missing, left if missing else None


def _since(document: Document | None, events: Iterable[Event]) -> list[Event]:
    """The events that the stored state doesn't have."""
    version = document["version"] if document else 0
    return [event for event in events if event["subjectsequence"] > version]


def _is_forked(events: Iterable[Event]) -> bool:
    """Did a command change the older copy, which the events have changed otherwise?"""
    versions = [event["subjectsequence"] for event in events]
    return len(versions) > len(set(versions))


def _write(
    aggregates: Collection[Document],
    aggregate: Aggregate,
    document: Document | None,
    events: Sequence[Event],
) -> list[str]:
    """Returns [STATE] where it can't be made from its events."""
    try:
        aggregate.restore(events)
        state = aggregate.to_document()
    except (mongoengine.errors.ValidationError, KeyError, TypeError, ValueError, AttributeError):
        return [STATE]
    try:
        if document is None:
            aggregates.insert_one(_new(state, aggregate.version))
        else:
            aggregates.update_one(
                {"_id": document["_id"], "version": document["version"]},
                _update(aggregate, state),
            )
    except DuplicateKeyError:
        # Another one has a value that only one may have.
        return [STATE]
    return [] if _agrees(aggregate, events[-1]["data"]) else [STATE]


def _new(state: Document, version: int) -> Document:
    return {**state, "version": version, "commands": [], "pending": []}


def _update(aggregate: Aggregate, state: Document) -> Document:
    emptied = aggregate.emptied_fields(state)
    values = {key: value for key, value in state.items() if key not in ("_id", "_cls")}
    update: dict[str, Any] = {"$set": {**values, "version": aggregate.version}}
    return update | ({"$unset": dict.fromkeys(emptied, "")} if emptied else {})


def _agrees(aggregate: Aggregate, data: Json) -> bool:
    """Does it report what its last event did? Codes that follow from the rest, and fields that this
    release added, may differ."""
    state = aggregate.state()
    return all(state[name] == data[name] for name in state.keys() & data.keys() - {"warnings"})
