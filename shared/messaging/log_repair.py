"""Repairs a log whose database was restored from an older copy, from what supervision has seen of
it.

What was seen keeps its numbers: others have counted and sealed it. An event that was recorded after
the restore, under a number that was used already, was taken by nobody: it is pending again, and
gets a new number. A number that nobody has an event for is given to an event that says so, so that
the numbers have no gap.

Each step may be interrupted and repeated.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NoReturn, Protocol, TypeVar

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from shared.contracts.messages import Message, event_of, unsent
from shared.domain.errors import Conflict
from shared.domain.types import Document, Event, Json
from shared.messaging.event_log import EventLog, entry
from shared.platform.database import duplicates

# Numbers that are compared at once, and events that are fetched at once.
NUMBERS = 10_000
EVENTS = 200
# More than a crash can lose: something else is wrong.
MOST_LOST = 10_000
LOST = ".number.lost"

Item = TypeVar("Item")


class Seen(Protocol):
    """What supervision has of one service's log."""

    def about(self) -> Json:
        """The answer of `seen`."""

    def numbers(self, after: int, limit: int) -> list[tuple[int, str]]:
        """Up to `limit` pairs of number and id with numbers above `after`, in order."""

    def events(self, numbers: list[int]) -> list[Event]:
        """The events with the first of these numbers, as many as an answer may have."""

    def unplaced(self) -> list[Event]:
        """Events that are dead letters because of their number alone."""


@dataclass
class Plan:
    """What has to be done. `missing` (number → id) is to be read back, the log's entries with a
    number in `contrary` are in the way, and nobody has an event for the numbers in `lost`. The
    events in `unplaced` were published with a number that another one had, and are in no log."""

    last: int
    seen: int
    missing: dict[int, str] = field(default_factory=dict)
    contrary: set[int] = field(default_factory=set)
    renumbered: set[int] = field(default_factory=set)
    lost: list[int] = field(default_factory=list)
    unplaced: list[Event] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.missing) + len(self.renumbered) + len(self.lost) + len(self.unplaced)

    @property
    def first(self) -> int:
        return min([*self.missing, *self.contrary, *self.lost], default=self.last + 1)


def contradiction(log: EventLog, aggregates: Collection[Document], about: Json) -> str | None:
    """In what the log differs from what supervision has; None where it doesn't."""
    newest = about["newest"]
    last = log.last()
    if newest and newest["number"] > last:
        return f"has {last}, seen {newest['number']}"
    for seen in [*([newest] if newest else []), *about["contested"]]:
        if seen["number"] > last or log.id_at(seen["number"]) != seen["id"]:
            return f"has {last}, another event was seen with number {seen['number']}"
    for identity in about["unplaced"]:
        if not is_known(log, aggregates, identity):
            return f"lacks the event {identity}, which was published"
    return None


def is_known(log: EventLog, aggregates: Collection[Document], identity: str) -> bool:
    """Is the event in the log, or pending?"""
    logged = log.collection.find_one({"id": identity}, {"_id": 1})
    return bool(logged or aggregates.find_one({"pending.id": identity}, {"_id": 1}))


def compare(log: EventLog, aggregates: Collection[Document], seen: Seen) -> Plan:
    """Compare the whole log. Raises Conflict where so many numbers have no event that something
    else is wrong."""
    newest = seen.about()["newest"]
    plan = Plan(last=log.last(), seen=newest["number"] if newest else 0)
    after, end = 0, max(plan.last, plan.seen)
    while after < end:
        page = seen.numbers(after, NUMBERS)
        until = page[-1][0] if len(page) == NUMBERS else end
        _compare(plan, _ids(log, after, until), dict(page), after, until)
        after = until
    _find_elsewhere(plan, log)
    for event in seen.unplaced():
        if not is_known(log, aggregates, event["id"]):
            plan.unplaced.append(event)
    return plan


def _compare(plan: Plan, ours: dict[int, str], theirs: dict[int, str], low: int, high: int) -> None:
    for number, identity in theirs.items():
        if ours.get(number) != identity:
            plan.missing[number] = identity
            if number in ours:
                plan.contrary.add(number)
    known = ours.keys() | theirs.keys()
    if high - low - len(known) > MOST_LOST:
        _refuse(f"no event is known for {high - low - len(known)} numbers up to {high}")
    plan.lost += [number for number in range(low + 1, high + 1) if number not in known]


def _ids(log: EventLog, after: int, until: int) -> dict[int, str]:
    found = log.collection.find({"_id": {"$gt": after, "$lte": until}}, {"id": 1})
    return {entry["_id"]: entry["id"] for entry in found}


def _find_elsewhere(plan: Plan, log: EventLog) -> None:
    """Events that were pending in the copy may have got another number now than then."""
    elsewhere: dict[int, str] = {}
    for ids in _some_of(plan.missing.values(), 1000):
        for found in log.collection.find({"id": {"$in": ids}}, {"id": 1}):
            elsewhere[found["_id"]] = found["id"]
    plan.lost = sorted({*plan.lost, *(elsewhere.keys() - plan.missing.keys())})
    plan.contrary |= elsewhere.keys()
    plan.renumbered = plan.contrary - elsewhere.keys()


class LogRepair:
    """`aggregates` are the service's, `lost_event(number)` makes the event for a lost number."""

    def __init__(
        self,
        service: str,
        log: EventLog,
        aggregates: Collection[Document],
        lost_event: Callable[[int], Event],
    ) -> None:
        self.service = service
        self.log = log
        self.aggregates = aggregates
        self._lost_event = lost_event

    def clear(self, plan: Plan) -> int:
        """Take what is in the way out of the log: it is pending again, unless it is seen under
        another number. Returns how many events get a new number."""
        seen = set(plan.missing.values())
        count = 0
        for number in sorted(plan.contrary):
            found = self.log.collection.find_one({"_id": number})
            # An attempt before may have removed it.
            if found and found["id"] != plan.missing.get(number):
                if found["id"] not in seen and not found["type"].endswith(LOST):
                    if not self._make_pending(event_of(found)):
                        _refuse(f"{found['id']} is the event of a subject that isn't there")
                    count += 1
                self.log.collection.delete_one({"_id": number, "id": found["id"]})
        self.log.forget_last()
        return count

    def read_back(self, plan: Plan, seen: Seen) -> Iterator[int]:
        """Insert the missing events, some at a time: how many."""
        left = sorted(plan.missing)
        while left:
            events = seen.events(left[:EVENTS])
            if not events:
                _refuse(f"supervision doesn't give the event with number {left[0]}")
            for event in events:
                self._check(event, plan.missing)
            self._insert(Message.of(event) for event in events)
            given = {event["sourcesequence"] for event in events}
            left = [number for number in left if number not in given]
            yield len(given)
        self.log.forget_last()

    def declare_lost(self, numbers: Iterable[int]) -> int:
        """Give the numbers that nobody has an event for to events that say so."""
        count = 0
        for some in _some_of(numbers, EVENTS):
            self._insert(Message.of(self._lost_event(number)) for number in some)
            count += len(some)
        self.log.forget_last()
        return count

    def place(self, event: Event) -> bool:
        """Let an event that no log has be numbered again. Returns whether that is possible."""
        return event["source"] == f"/warm/{self.service}" and self._make_pending(event)

    def since(self, number: int) -> dict[str, list[Event]]:
        """Subject → its events with this number or a higher one, and those that have none yet."""
        found: dict[str, list[Event]] = {}
        for logged in self.log.collection.find({"_id": {"$gte": number}}).sort("_id", 1):
            event = event_of(logged)
            found.setdefault(event["subject"], []).append(event)
        logged_ids = {event["id"] for events in found.values() for event in events}
        for document in self.aggregates.find({"pending.id": {"$exists": True}}, {"pending": 1}):
            for pending in document["pending"]:
                if pending["id"] not in logged_ids:
                    found.setdefault(document["_id"], []).append(event_of(pending))
        return found

    def _make_pending(self, event: Event) -> bool:
        """Returns whether its aggregate is there."""
        waiting = without_number(event)
        subject = {"_id": event["subject"]}
        self.aggregates.update_one(
            {**subject, "pending.id": {"$ne": waiting["id"]}}, {"$push": {"pending": waiting}}
        )
        return self.aggregates.find_one(subject, {"_id": 1}) is not None

    def _check(self, event: Event, wanted: dict[int, str]) -> None:
        number = event["sourcesequence"]
        if event["source"] != f"/warm/{self.service}" or event["id"] != wanted.get(number):
            _refuse(f"supervision gives another event for number {number}")

    def _insert(self, messages: Iterable[Message]) -> None:
        try:
            self.log.collection.insert_many(map(entry, messages), ordered=False)
        except BulkWriteError as error:
            # An attempt before has inserted some of them.
            duplicates(error)


def without_number(event: Event) -> Document:
    """The event as it was before it had a number."""
    return unsent({key: it for key, it in event.items() if key != "sourcesequence"})


def _some_of(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def _refuse(reason: str) -> NoReturn:
    raise Conflict({"kind": "log", "reason": reason})
