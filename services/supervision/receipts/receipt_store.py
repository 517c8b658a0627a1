"""What is stored of subscribers: since when their queues are watched, their receipts, and which of
their messages came back too often."""

from collections.abc import Collection as Several

from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database

from services.supervision.receipts.standing import Word
from shared.domain.types import Document, Json
from shared.platform.database import Indexes

INDEXES: Indexes = {"receipts": [IndexModel([("subscriber", ASCENDING)])]}


class ReceiptStore:
    def __init__(self, database: Database[Document]) -> None:
        self._subscribers: Collection[Document] = database["subscribers"]
        self._receipts: Collection[Document] = database["receipts"]

    def watch(self, subscribers: Several[str], now: str) -> None:
        """The queues of these are watched from now on, unless they were before."""
        for name in subscribers:
            begun = {"$setOnInsert": {"since": now, "kept": []}}
            self._subscribers.update_one({"_id": name}, begun, upsert=True)

    def forget(self, name: str) -> None:
        """It is a subscriber no more: its receipts say nothing of a later one of its name."""
        self._subscribers.delete_one({"_id": name})
        self._receipts.delete_many({"subscriber": name})

    def subscriber(self, name: str) -> Document:
        return self._subscribers.find_one({"_id": name}) or {"since": "", "kept": []}

    def note_kept(self, name: str, found: Several[str], is_all: bool, now: str) -> None:
        """Which events are among the undelivered messages now; `is_all` unless there are more."""
        before = self.subscriber(name)["kept"]
        known = {it["event"]: it for it in before}
        # What comes there again is there since now.
        new = [it for it in found if not known.get(it, {}).get("there")]
        known |= {event: {"event": event, "at": now, "there": True} for event in new}
        gone = known.keys() - set(found) if is_all else ()
        known |= {event: {**known[event], "there": False} for event in gone}
        kept = sorted(known.values(), key=lambda it: (it["at"], it["event"]))
        if kept != before:
            self._subscribers.update_one({"_id": name}, {"$set": {"kept": kept}})

    def add(self, subscriber: str, receipt: Json, now: str) -> None:
        """The last receipt for an event counts."""
        stored = {
            "subscriber": subscriber,
            "event": receipt["event"],
            "outcome": receipt["outcome"],
            "reason": receipt.get("reason"),
            "at": now,
        }
        identity = f"{subscriber}:{receipt['event']}"
        self._receipts.replace_one({"_id": identity}, stored, upsert=True)

    def refuse(self, subscriber: str, why: str, now: str) -> None:
        """A receipt that counts for nothing: counted, with the last reason."""
        last = {"invalid.last": now, "invalid.why": why}
        change = {"$inc": {"invalid.messages": 1}, "$set": last}
        self._subscribers.update_one({"_id": subscriber}, change)

    def words(self, subscriber: str) -> dict[str, Word]:
        """Event → what the receipt for it says."""
        found = self._receipts.find({"subscriber": subscriber})
        return {it["event"]: Word(it["outcome"], it["at"], it["reason"]) for it in found}
