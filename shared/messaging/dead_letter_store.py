"""Parked messages: what couldn't be understood or handled, kept whole, with its reason."""

import hashlib
from datetime import datetime, timedelta

from bson import Binary
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from shared.domain.clock import Clock
from shared.domain.errors import NotFound
from shared.domain.periods import format_instant
from shared.domain.types import Document, Json
from shared.messaging.deliveries import Delivery

# A cause that may pass by itself is tried again after these waits, then left parked.
WAITS = [timedelta(seconds=seconds) for seconds in (1, 5, 30, 300, 3600)]
# A document of the database holds 16 MiB, the broker takes messages as long.
LONGEST_KEPT = 15_000_000
PASSING = frozenset({"unknown_orgunit", "handler_failed"})
UNRESOLVED = ("waiting", "parked")
BATCH = 100
# A replay that is later than this goes on at its rate instead of doing at once what it missed.
LATE = timedelta(seconds=5)


class DeadLetterStore:
    """States: `waiting` (tried again at `next_try`), `parked`, `resolved`, `discarded`.

    What people do about them is in shared/messaging/dead_letter_actions.py.
    """

    def __init__(self, collection: Collection[Document], clock: Clock) -> None:
        self.collection = collection
        self.clock = clock

    def park(
        self, delivery: Delivery, reason: str, detail: str = "", orgunit: str | None = None
    ) -> None:
        """Keep the message. The same message parked again is one entry, seen once more, and one
        that was discarded stays so."""
        now, known = self.clock.now(), identity(delivery)
        try:
            self._keep(known, now, delivery, reason, detail, orgunit)
        except DuplicateKeyError:
            seen_again = {"$set": {"last_seen": now}, "$inc": {"seen": 1}}
            self.collection.update_one({"_id": known}, seen_again)

    def _keep(
        self,
        known: str,
        now: datetime,
        delivery: Delivery,
        reason: str,
        detail: str,
        orgunit: str | None,
    ) -> None:
        passing = reason in PASSING
        self.collection.update_one(
            {"_id": known, "state": {"$ne": "discarded"}},
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
        """Some of the waiting entries whose time has come, without their bodies."""
        now = self.clock.now()
        self._put_off_replays(now)
        found = self.collection.find(_due(now), {"body": 0})
        return list(found.sort("next_try", 1).limit(BATCH))

    def overdue(self) -> int:
        """How many waiting entries' time has come."""
        return self.collection.count_documents(_due(self.clock.now()))

    def body(self, entry: Document) -> bytes:
        found = self.collection.find_one({"_id": entry["_id"]}, {"body": 1})
        return bytes(found["body"]) if found else b""

    def _put_off_replays(self, now: datetime) -> None:
        """Whatever held a replay up, its rate holds, and other retries don't wait behind it."""
        untried = {"state": "waiting", "replay": {"$exists": True}, "attempts": 0}
        late = untried | {"next_try": {"$lt": now - LATE}}
        for replay in self.collection.distinct("replay", late):
            one = untried | {"replay": replay}
            first = self.collection.find_one(one, {"next_try": 1}, sort=[("next_try", 1)])
            if first:
                milliseconds = (now - first["next_try"]) // timedelta(milliseconds=1)
                later = {"$add": ["$next_try", milliseconds]}
                self.collection.update_many(one, [{"$set": {"next_try": later}}])

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
            {"reason": "unknown_orgunit", "orgunit": code, "state": {"$in": UNRESOLVED}},
            {"$set": {"state": "waiting", "next_try": self.clock.now(), "attempts": 0}},
        )

    def count(self) -> int:
        return self.collection.count_documents({"state": {"$in": UNRESOLVED}})

    def by_reason(self) -> dict[str, int]:
        """How many entries are unresolved, by their reason."""
        return {group["reason"]: group["messages"] for group in self.groups()}

    def groups(self) -> list[Json]:
        """The unresolved entries by their reason: how many, how many of them will be tried again,
        and when the first and the last of them came."""
        again = {"$cond": [{"$eq": ["$state", "waiting"]}, 1, 0]}
        stages: list[Json] = [
            {"$match": {"state": {"$in": UNRESOLVED}}},
            {
                "$group": {
                    "_id": "$reason",
                    "messages": {"$sum": 1},
                    "waiting": {"$sum": again},
                    "first_seen": {"$min": "$first_seen"},
                    "last_seen": {"$max": "$last_seen"},
                }
            },
            {"$sort": {"_id": 1}},
        ]
        return [
            {"reason": group.pop("_id"), **with_plain_times(group)}
            for group in self.collection.aggregate(stages)
        ]

    def list(self, limit: int = 100, reason: str | None = None) -> list[Json]:
        """The unresolved entries, of one reason or all, newest first, without their bodies."""
        query = {"state": {"$in": UNRESOLVED}} | ({"reason": reason} if reason else {})
        found = self.collection.find(query, {"body": 0})
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


def with_plain_times(entry: Document) -> Json:
    """The document with its instants as text."""
    return {
        name: format_instant(value) if isinstance(value, datetime) else value
        for name, value in entry.items()
    }


def _due(now: datetime) -> Json:
    return {"state": "waiting", "next_try": {"$lte": now}}


def _plain(entry: Document) -> Json:
    audit = [with_plain_times(act) for act in entry.pop("audit", ())]
    return {"id": entry.pop("_id"), **with_plain_times(entry), "audit": audit}
