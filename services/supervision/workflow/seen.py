"""What supervision has of the log of each service, for one whose database may be an older copy
(shared/messaging/log_repair.py)."""

from collections.abc import Callable, Iterable, Iterator

import msgspec
from pymongo import DESCENDING
from pymongo.collection import Collection

from shared.contracts.envelope import Unreadable, encode, read
from shared.contracts.messages import event_of
from shared.domain.canonical import event_digest
from shared.domain.types import Document, Event, Json
from shared.messaging.dead_letter_store import UNRESOLVED, DeadLetterStore
from shared.platform.declarations import events_exchange

# Reasons of dead letters with a number or an id that another event has.
CONTESTED = ("number_taken", "id_conflict")
# Of a service: how many are looked at.
LETTERS = 20
# Dead letters that are looked at in one turn.
TURN = 500
# An answer of this size, in bytes, takes no further event.
ANSWER = 2_000_000


class SeenLogs:
    """`waiting()` is the number of messages in supervision's inbox."""

    def __init__(
        self,
        facts: Collection[Document],
        dead_letters: DeadLetterStore,
        waiting: Callable[[], int],
    ) -> None:
        self.facts = facts
        self.dead_letters = dead_letters
        self._waiting = waiting

    def about(self, service: str) -> Json:
        """The answer of `seen`."""
        newest = self.facts.find_one({"source": service}, {"seq": 1}, sort=[("seq", DESCENDING)])
        return {
            "newest": newest and _numbered(newest),
            "contested": self._contested(service),
            "unplaced": [event["id"] for event in self.unplaced(service, LETTERS)],
            "waiting": self._waiting(),
        }

    def numbers(self, service: str, after: int, limit: int) -> list[tuple[int, str]]:
        """Pairs of number and id, in order."""
        found = self.facts.find({"source": service, "seq": {"$gt": after}}, {"seq": 1})
        return [(fact["seq"], fact["_id"]) for fact in found.sort("seq", 1).limit(limit)]

    def events(self, service: str, numbers: list[int]) -> list[Event]:
        """The events with the first of these numbers, as many as an answer may have."""
        found = self.facts.find({"source": service, "seq": {"$in": numbers}}, {"event": 1})
        return _fitting(map(event_of, found.sort("seq", 1)))

    def unplaced(self, service: str, limit: int = TURN) -> list[Event]:
        """The events of dead letters that are no facts, because another event has their number."""
        exchange = {"exchange": events_exchange(service), "reason": "number_taken"}
        found = {event["id"]: event for _, event in self._letters(exchange, limit)}
        known = self.facts.find({"_id": {"$in": list(found)}}, {"_id": 1})
        facts = {fact["_id"] for fact in known}
        return _fitting(event for identity, event in found.items() if identity not in facts)

    def settle(self) -> int:
        """Resolve the dead letters of events that got another number since and are facts by now.
        Returns how many."""
        settled = 0
        for entry, event in self._letters({}, TURN):
            fact = self.facts.find_one({"_id": event["id"]})
            if fact and _is_renumbered(event_of(fact), event) and self._is_taken(event):
                self.dead_letters.resolved(entry)
                settled += 1
        return settled

    def _contested(self, service: str) -> list[Json]:
        """The facts with a number or an id that a dead letter has too."""
        found: dict[int, Json] = {}
        exchange = {"exchange": events_exchange(service)}
        for _, event in self._letters(exchange, LETTERS):
            same = [{"_id": event["id"]}, {"seq": event["sourcesequence"]}]
            for fact in self.facts.find({"source": service, "$or": same}, {"seq": 1}):
                found[fact["seq"]] = _numbered(fact)
        return [found[number] for number in sorted(found)]

    def _letters(self, query: Document, limit: int) -> Iterator[tuple[Document, Event]]:
        """The newest unresolved dead letters with a contested number or id that can be read."""
        contested = {"reason": {"$in": CONTESTED}, "state": {"$in": UNRESOLVED}}
        letters = self.dead_letters.collection.find({**contested, **query})
        for entry in letters.sort("last_seen", DESCENDING).limit(limit):
            try:
                body = bytes(entry["body"])
                yield entry, read(body, entry["exchange"].removesuffix(".events")).event
            except (Unreadable, msgspec.DecodeError):
                continue

    def _is_taken(self, event: Event) -> bool:
        source = event["source"].rsplit("/", 1)[1]
        number = {"source": source, "seq": event["sourcesequence"]}
        return self.facts.find_one(number, {"_id": 1}) is not None


class OwnSeen:
    """Supervision's own facts of its own log."""

    def __init__(self, logs: SeenLogs, service: str) -> None:
        self._logs = logs
        self._service = service

    def about(self) -> Json:
        return self._logs.about(self._service)

    def numbers(self, after: int, limit: int) -> list[tuple[int, str]]:
        return self._logs.numbers(self._service, after, limit)

    def events(self, numbers: list[int]) -> list[Event]:
        return self._logs.events(self._service, numbers)

    def unplaced(self) -> list[Event]:
        return self._logs.unplaced(self._service)


def _fitting(events: Iterable[Event]) -> list[Event]:
    """The first of these events, as many as an answer may have."""
    found: list[Event] = []
    size = 0
    for event in events:
        size += len(encode(event))
        if found and size > ANSWER:
            break
        found.append(event)
    return found


def _numbered(fact: Document) -> Json:
    return {"number": fact["seq"], "id": fact["_id"]}


def _is_renumbered(one: Event, other: Event) -> bool:
    """The same event, but for its number?"""
    without = [{**event, "sourcesequence": 0} for event in (one, other)]
    same = event_digest(without[0]) == event_digest(without[1])
    return same and one["sourcesequence"] != other["sourcesequence"]
