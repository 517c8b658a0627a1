"""Dead letters: messages that couldn't be read or handled, stored whole, with the reason."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from bson import Binary
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from shared.contracts.limits import page
from shared.contracts.rpc import requests
from shared.domain.clock import Clock
from shared.domain.errors import NotFound
from shared.domain.periods import format_instant
from shared.domain.types import Document, Json
from shared.messaging.deliveries import Delivery

# Retries of a message whose reason may be temporary; after the last one it stays parked.
RETRY_DELAYS = [timedelta(seconds=seconds) for seconds in (1, 5, 30, 300, 3600)]
# A document of the database has at most 16 MiB. The broker takes no messages of this size, but
# before version 0.3 it took larger ones, which may still be in a queue.
MAX_BODY_BYTES = 15_000_000
TEMPORARY = frozenset({"unknown_orgunit", "handler_failed"})
UNRESOLVED = ("waiting", "parked")
UNKNOWN = "there was none, or it was resolved or discarded long ago and is removed"
BATCH = 100
# A replay that is later than this goes on at its rate, instead of catching up at once.
LATE = timedelta(seconds=5)


class DeadLetterStore:
    """The dead letters of one service.

    States: `waiting` (retried at `next_try`), `parked`, `resolved`, `discarded`. The actions of
    people are in shared/messaging/dead_letter_actions.py.
    """

    def __init__(self, collection: Collection[Document], clock: Clock) -> None:
        self.collection = collection
        self.clock = clock

    def add(
        self,
        delivery: Delivery,
        reason: str,
        detail: str = "",
        orgunit: str | None = None,
        times: int = 1,
    ) -> None:
        """Store the message, which came so many `times`. If it is stored already, its entry is
        updated, `seen` counts it, and a discarded entry stays discarded."""
        now, key = self.clock.now(), identity(delivery)
        try:
            self._store(key, now, delivery, reason, detail, orgunit, times)
        except DuplicateKeyError:
            seen_again = {"$set": {"last_seen": now}, "$inc": {"seen": times}}
            self.collection.update_one({"_id": key}, seen_again)

    def _store(
        self,
        key: str,
        now: datetime,
        delivery: Delivery,
        reason: str,
        detail: str,
        orgunit: str | None,
        times: int,
    ) -> None:
        temporary = reason in TEMPORARY
        self.collection.update_one(
            {"_id": key, "state": {"$ne": "discarded"}},
            {
                "$setOnInsert": {
                    "size": len(delivery.body),
                    "exchange": delivery.exchange,
                    "routing_key": delivery.routing_key,
                    "properties": delivery.properties,
                    "first_seen": now,
                    "attempts": 0,
                },
                "$set": {
                    # Of a message that was resolved long ago it was removed.
                    "body": Binary(delivery.body[:MAX_BODY_BYTES]),
                    "reason": reason,
                    "detail": detail[:500],
                    "orgunit": orgunit,
                    "last_seen": now,
                    "state": "waiting" if temporary else "parked",
                    "next_try": now + RETRY_DELAYS[0] if temporary else None,
                },
                "$unset": {"body_removed": ""},
                "$inc": {"seen": times},
            },
            upsert=True,
        )

    def due(self) -> list[Document]:
        """Up to 100 of the waiting entries that are due, without their bodies."""
        now = self.clock.now()
        self._postpone_replays(now)
        found = self.collection.find(_due(now), {"body": 0})
        return list(found.sort("next_try", 1).limit(BATCH))

    def overdue(self) -> int:
        """The number of waiting entries that are due."""
        return self.collection.count_documents(_due(self.clock.now()))

    def body(self, entry: Document) -> bytes:
        found = self.collection.find_one({"_id": entry["_id"]}, {"body": 1})
        return bytes(found["body"]) if found else b""

    def _postpone_replays(self, now: datetime) -> None:
        """Move late replays to the present: they keep their rate, and don't block other retries."""
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
        """Store a failed retry, unless the entry was scheduled anew meanwhile."""
        attempts = entry["attempts"] + 1
        left = attempts < len(RETRY_DELAYS) and reason in TEMPORARY
        change = {
            "attempts": attempts,
            "reason": reason,
            "detail": detail[:500],
            "orgunit": orgunit,
            "state": "waiting" if left else "parked",
            "next_try": self.clock.now() + RETRY_DELAYS[attempts] if left else None,
        }
        seen = {name: entry[name] for name in ("_id", "attempts", "next_try")}
        self.collection.update_one(seen, {"$set": change})

    def resolved(self, entry: Document) -> None:
        change = {"state": "resolved", "next_try": None, "resolved": self.clock.now()}
        self.collection.update_one({"_id": entry["_id"]}, {"$set": change})

    def units_registered(self, codes: Iterable[str]) -> None:
        """Make the messages that wait for these units due now, also those without retries left."""
        waiting = {"reason": "unknown_orgunit", "state": {"$in": UNRESOLVED}}
        self.collection.update_many(
            waiting | {"orgunit": {"$in": sorted(set(codes))}},
            {"$set": {"state": "waiting", "next_try": self.clock.now(), "attempts": 0}},
        )

    def count(self) -> int:
        return self.collection.count_documents({"state": {"$in": UNRESOLVED}})

    def by_reason(self) -> dict[str, int]:
        """The number of unresolved entries by reason."""
        return {group["reason"]: group["messages"] for group in self.groups()}

    def groups(self) -> list[Json]:
        """The unresolved entries by reason: how many, how many of them wait for a retry, and when
        the first and the last of them arrived."""
        waiting = {"$cond": [{"$eq": ["$state", "waiting"]}, 1, 0]}
        stages: list[Json] = [
            {"$match": {"state": {"$in": UNRESOLVED}}},
            {
                "$group": {
                    "_id": "$reason",
                    "messages": {"$sum": 1},
                    "waiting": {"$sum": waiting},
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
        """The unresolved entries, of one reason or of all, newest first, without their bodies;
        fewer than `limit` where these are larger than PAGE_BYTES."""
        query = {"state": {"$in": UNRESOLVED}} | ({"reason": reason} if reason else {})
        found = self.collection.find(query, {"body": 0})
        entries = map(_plain, found.sort("last_seen", -1).limit(limit))
        return list(page(entries, lambda entry: len(requests.encoded(entry))))

    def show(self, identity: str) -> Json:
        """One entry with its body as text, bytes that aren't UTF-8 escaped; the body is empty where
        `body_removed` says since when. Raises NotFound."""
        entry = self.collection.find_one({"_id": identity})
        if entry is None:
            raise NotFound({"kind": "dead letter", "id": identity, "reason": UNKNOWN})
        body = bytes(entry.pop("body", b""))
        return _plain(entry) | {"body": body[:100_000].decode("utf-8", "backslashreplace")}


def identity(delivery: Delivery) -> str:
    """The id of a message's entry: the same bytes with the same routing give the same id."""
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
