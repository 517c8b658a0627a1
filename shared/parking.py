"""Parked messages: what couldn't be understood or handled, kept whole, with its reason."""

import hashlib
from datetime import timedelta

from bson import Binary
from pymongo.collection import Collection

from shared.clock import Clock
from shared.deliveries import Delivery
from shared.errors import NotFound
from shared.types import Document, Json

# A cause that may pass by itself is tried again after these waits, then left parked.
WAITS = [timedelta(seconds=seconds) for seconds in (1, 5, 30, 300, 3600)]
# A document of the database holds 16 MiB, the broker takes messages as long.
LONGEST_KEPT = 15_000_000
PASSING = frozenset({"unknown_orgunit", "handler_failed"})


class Parking:
    """States: `waiting` (tried again at `next_try`), `parked`, `resolved`."""

    def __init__(self, collection: Collection[Document], clock: Clock) -> None:
        self.collection = collection
        self.clock = clock

    def park(
        self, delivery: Delivery, reason: str, detail: str = "", orgunit: str | None = None
    ) -> None:
        """Keep the message. The same message parked again is one entry, seen once more."""
        now = self.clock.now()
        passing = reason in PASSING
        self.collection.update_one(
            {"_id": identity(delivery)},
            {
                "$setOnInsert": {
                    "body": Binary(delivery.body[:LONGEST_KEPT]),
                    "size": len(delivery.body),
                    "exchange": delivery.exchange,
                    "routing_key": delivery.routing_key,
                    "properties": delivery.properties,
                    "first_seen": now,
                    "attempts": 0,
                },
                "$set": {
                    "reason": reason,
                    "detail": detail[:500],
                    "orgunit": orgunit,
                    "last_seen": now,
                    "state": "waiting" if passing else "parked",
                    "next_try": now + WAITS[0] if passing else None,
                },
                "$inc": {"seen": 1},
            },
            upsert=True,
        )

    def due(self) -> list[Document]:
        """Waiting entries whose time has come."""
        query = {"state": "waiting", "next_try": {"$lte": self.clock.now()}}
        return list(self.collection.find(query).sort("next_try", 1).limit(100))

    def failed_again(
        self, entry: Document, reason: str, detail: str = "", orgunit: str | None = None
    ) -> None:
        """Unless its time was set anew meanwhile: what it waited for may have come."""
        attempts = entry["attempts"] + 1
        left = attempts < len(WAITS) and reason in PASSING
        change = {
            "attempts": attempts,
            "reason": reason,
            "detail": detail[:500],
            "orgunit": orgunit,
            "state": "waiting" if left else "parked",
            "next_try": self.clock.now() + WAITS[attempts] if left else None,
        }
        seen = {name: entry[name] for name in ("_id", "attempts", "next_try")}
        self.collection.update_one(seen, {"$set": change})

    def resolved(self, entry: Document) -> None:
        change = {"state": "resolved", "next_try": None, "resolved": self.clock.now()}
        self.collection.update_one({"_id": entry["_id"]}, {"$set": change})

    def unit_registered(self, code: str) -> None:
        """Messages that waited for this unit are tried again now, even those given up."""
        self.collection.update_many(
            {"reason": "unknown_orgunit", "orgunit": code, "state": {"$ne": "resolved"}},
            {"$set": {"state": "waiting", "next_try": self.clock.now(), "attempts": 0}},
        )

    def count(self) -> int:
        return self.collection.count_documents({"state": {"$ne": "resolved"}})

    def by_reason(self) -> dict[str, int]:
        """How many entries are unresolved, by their reason."""
        groups: list[Json] = [
            {"$match": {"state": {"$ne": "resolved"}}},
            {"$group": {"_id": "$reason", "messages": {"$sum": 1}}},
        ]
        found = self.collection.aggregate(groups)
        return dict(sorted((group["_id"], group["messages"]) for group in found))

    def list(self, limit: int = 100) -> list[Json]:
        """The unresolved entries, newest first, without their bodies."""
        found = self.collection.find({"state": {"$ne": "resolved"}}, {"body": 0})
        return [_plain(entry) for entry in found.sort("last_seen", -1).limit(limit)]

    def show(self, identity: str) -> Json:
        """One entry with its body (as text where it is UTF-8). Raises NotFound."""
        entry = self.collection.find_one({"_id": identity})
        if entry is None:
            raise NotFound({"kind": "parked message", "id": identity})
        body = bytes(entry.pop("body"))
        return _plain(entry) | {"body": body[:100_000].decode("utf-8", "backslashreplace")}


def identity(delivery: Delivery) -> str:
    """The same bytes from the same place are the same message."""
    digest = hashlib.sha256()
    for part in (delivery.exchange, delivery.routing_key, delivery.message_id):
        digest.update(part.encode("utf-8", "backslashreplace") + b"\0")
    digest.update(delivery.body)
    return digest.hexdigest()[:32]


def _plain(entry: Document) -> Json:
    times = ("first_seen", "last_seen", "next_try", "resolved")
    shown = {name: entry[name].isoformat() for name in times if entry.get(name)}
    return {"id": entry["_id"]} | {k: v for k, v in entry.items() if k != "_id"} | shown
