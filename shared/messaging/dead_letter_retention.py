"""How long dead letters are kept. An unresolved one is kept until somebody resolves it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ASCENDING
from pymongo.collection import Collection

from shared.domain.types import Document, Json

# How many documents of each kind are changed at once.
BATCH = 500


@dataclass(frozen=True)
class DeadLetterRetention:
    """`bodies`: how long a resolved message keeps its body; `resolved`: its entry. `discarded`: how
    long a discarded message is kept whole after it came last and was discarded, and how long
    actions are listed."""

    messages: Collection[Document]
    actions: Collection[Document]
    bodies: timedelta
    resolved: timedelta
    discarded: timedelta

    def sweep(self, now: datetime) -> int:
        """Remove some of what has been kept for long enough. Returns how much."""
        resolved = {"state": "resolved", "resolved": {"$lt": now - self.resolved}}
        before = now - self.discarded
        discarded = {
            "state": "discarded",
            "last_seen": {"$lt": before},
            # It may have been discarded long after it came.
            "audit.at": {"$not": {"$gte": before}},
        }
        return (
            self._remove_bodies(now)
            + _remove(self.messages, resolved, "resolved")
            + _remove(self.messages, discarded, "last_seen")
            + _remove(self.actions, {"at": {"$lt": before}}, "at")
        )

    def _remove_bodies(self, now: datetime) -> int:
        old = {"resolved": {"$lt": now - self.bodies}, "body_removed": None}
        query: Json = {"state": "resolved", **old}
        some = {**query, "_id": {"$in": _some(self.messages, query, "resolved")}}
        change = {"$unset": {"body": ""}, "$set": {"body_removed": now}}
        return self.messages.update_many(some, change).modified_count


def _remove(collection: Collection[Document], query: Json, oldest: str) -> int:
    # With the query again: a message that came once more meanwhile isn't old any more.
    some = {**query, "_id": {"$in": _some(collection, query, oldest)}}
    return collection.delete_many(some).deleted_count


def _some(collection: Collection[Document], query: Json, oldest: str) -> list[str]:
    found = collection.find(query, {"_id": 1}).sort(oldest, ASCENDING).limit(BATCH)
    return [document["_id"] for document in found]
