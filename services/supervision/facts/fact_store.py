"""The facts: every event that has arrived, stored once as it came, and never changed."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from datetime import timedelta
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, TypedDict

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from pymongo.write_concern import WriteConcern

from services.supervision.facts.stored_bytes import ahead, batches, decoded
from services.supervision.indicators.declare import Indicator
from services.supervision.indicators.reporting import TRACKED_TYPES
from shared.contracts.event_times import week_at, week_name
from shared.contracts.messages import Head, Message, event_of
from shared.domain.canonical import event_digest
from shared.domain.periods import Period, Week, parse_instant
from shared.domain.types import Document, Event, Json
from shared.messaging.deliveries import Rejection
from shared.platform.database import Indexes, duplicates

# A week and an org unit, both as text.
Cell = tuple[str, str]

REGISTRY = re.compile(r"^supervision\.orgunit\.")

# From a week's end to its cut-off. An event entered at exactly that instant is still in time.
TO_THE_CUTOFF = timedelta(hours=12, microseconds=1)

# How many subjects are read at once: the memory in use doesn't grow with the number of facts.
SLICE = 2000
# How many facts the database returns at once, where all of them are read.
BATCH = 1000

# The errors to which a stored document leads that was changed by hand.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)

_TRACKED = {"type": {"$in": sorted(TRACKED_TYPES)}}

CELL = ("period", "orgunit")
BY_CELL = [(name, ASCENDING) for name in (*CELL, "subject")]

INDEXES: Indexes = {
    "facts": [
        # The first two cover their queries, so that no fact is fetched for them.
        IndexModel([("subject", ASCENDING), ("period", ASCENDING), ("orgunit", ASCENDING)]),
        IndexModel(BY_CELL),
        IndexModel([("source", ASCENDING), ("seq", ASCENDING)], unique=True),
        IndexModel([("late", ASCENDING)], partialFilterExpression={"late": {"$exists": True}}),
    ],
}


def fact_of(event: Event) -> Document:
    """The stored form of an event."""
    return fact_from(Message.of(event))


def fact_from(message: Message) -> Document:
    """The stored form of a message. All of it follows from the text, so a changed field is noticed.

    The event is kept as text: reading it takes a third of the time of a nested document.
    """
    head, text = message.head, message.text
    late = late_in(head)
    return {
        "_id": head.id,
        "source": head.source.rsplit("/", 1)[1],
        "seq": head.sourcesequence,
        "type": head.type,
        "subject": head.subject,
        "period": week_name(head.time),
        "orgunit": head.orgunit,
        "event": text,
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        **({"late": str(late)} if late else {}),
    }


def is_intact(fact: Document) -> bool:
    """Does the whole stored form follow from its text?"""
    return fact_from(Message.of(event_of(fact), fact["event"])) == fact


def late_in(head: Head) -> Period | None:
    """The week whose briefing lists the event as late; None where it was entered in time."""
    if week_name(head.recordedtime) <= week_name(head.time):
        return None
    # Up to its cut-off, Monday noon, an event is entered for the week before.
    listed = Week.of(parse_instant(head.recordedtime) - TO_THE_CUTOFF)
    return listed if week_at(head.time) < listed else None


# Leaves out facts that belong to no issue.
Trusted = Callable[[Iterable[Document]], Iterable[Document]]


class EventToFold(TypedDict):
    """The attributes of an event that folding needs."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    timeprecision: str
    orgunit: str
    subjectsequence: int
    data: dict[str, Any]


_TO_FOLD: msgspec.json.Decoder[Any] = msgspec.json.Decoder(EventToFold)


def event_to_fold(text: str | bytes) -> Event:
    """The event of a fact's text, with the attributes of EventToFold only: faster by a third."""
    event: Event = _TO_FOLD.decode(text)
    return event


class FactStore:
    """With a snapshot `session`, facts are read as they were at one instant. With `until` (source →
    last number), later ones are in no event that is read; their subjects and cells may be found."""

    def __init__(
        self,
        collection: Collection[Document],
        session: ClientSession | None = None,
        until: Mapping[str, int] | None = None,
    ) -> None:
        self.collection = collection
        self.session = session
        self.until = until

    @staticmethod
    def create(database: Database[Document], name: str, write_concern: WriteConcern) -> "FactStore":
        """An empty store in a collection of that name, with the indexes that facts need."""
        database[name].create_indexes(INDEXES["facts"])
        return FactStore(database.get_collection(name, write_concern=write_concern))

    def insert(self, facts: list[Document]) -> dict[int, Rejection]:
        """Store the facts that aren't stored yet. Returns the rejections by position: a known id
        with other content, and a number that another event has."""
        try:
            self.collection.insert_many(facts, ordered=False)
        except BulkWriteError as error:
            return self._conflicts({index: facts[index] for index in duplicates(error)})
        return {}

    def _conflicts(self, facts: dict[int, Document]) -> dict[int, Rejection]:
        ids = list({fact["_id"] for fact in facts.values()})
        found = self.collection.find({"_id": {"$in": ids}}, {"event": 1})
        stored = {fact["_id"]: event_digest(event_of(fact)) for fact in found}
        rejections = {}
        for position, fact in facts.items():
            known = stored.get(fact["_id"])
            if known is None:
                rejections[position] = Rejection("number_taken", str(fact["seq"]))
            elif known != event_digest(event_of(fact)):
                rejections[position] = Rejection("id_conflict", fact["_id"])
        return rejections

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of these ids that are facts."""
        found = self.collection.find({"_id": {"$in": list(ids)}}, {"_id": 1})
        return {fact["_id"] for fact in found}

    def first_week(self) -> Week | None:
        """The week of the first fact, other than those of the registry; None before there is
        one."""
        found = self.collection.find_one(
            {"type": {"$not": REGISTRY}}, {"period": 1}, sort=[("period", ASCENDING)]
        )
        return Week.parse(found["period"]) if found else None

    def cells_by_subject(self, subjects: Iterable[str]) -> dict[str, list[Cell]]:
        """Subject → the cell of each of its facts, of all types. An index is read alone."""
        cells: defaultdict[str, list[Cell]] = defaultdict(list)
        fields = {"_id": 0, "subject": 1, **dict.fromkeys(CELL, 1)}
        for some in subject_slices(subjects):
            query = {"subject": {"$in": some}}
            for fact in self.collection.find(query, fields, session=self.session).to_list():
                cells[fact["subject"]].append((fact["period"], fact["orgunit"]))
        return cells

    def cells_of_subjects(self, subjects: Iterable[str]) -> set[Cell]:
        """The cells in which the facts of these subjects lie."""
        return set(chain.from_iterable(self.cells_by_subject(subjects).values()))

    def subjects_in(self, cells: Iterable[Cell]) -> set[str]:
        """The subjects that have facts in these cells."""
        units = defaultdict(list)
        for period, orgunit in cells:
            units[period].append(orgunit)
        subjects: set[str] = set()
        for period, codes in units.items():
            query = {"period": period, "orgunit": {"$in": codes}}
            subjects.update(self.distinct_subjects(query))
        return subjects

    def distinct_subjects(self, query: Document) -> list[str]:
        return self.collection.distinct("subject", query, session=self.session)

    def last(self, source: str) -> int:
        """The highest number of a source, 0 where there is none."""
        found = self.collection.find_one(
            {"source": source}, {"seq": 1}, sort=[("seq", DESCENDING)], session=self.session
        )
        return found["seq"] if found else 0

    def count(self, source: str, after: int, until: int) -> int:
        """How many facts of a source have a number above `after`, up to `until`."""
        query = {"source": source, "seq": {"$gt": after, "$lte": until}}
        return self.collection.count_documents(query, session=self.session)

    def of_subjects(self, subjects: Iterable[str]) -> Iterator[list[Event]]:
        """All events of these subjects, a list for each."""
        return self._in_slices(subjects, msgspec.json.decode, {})

    def tracked(self, subjects: Iterable[str]) -> Iterator[list[Event]]:
        """The events of these subjects from which the figures are kept up to date, a list for
        each."""
        return self._in_slices(subjects, event_to_fold, _TRACKED)

    def _in_slices(
        self, subjects: Iterable[str], decode: Callable[[str], Event], query: Document
    ) -> Iterator[list[Event]]:
        for some in subject_slices(subjects):
            yield from self._of_slice(decode, {"subject": {"$in": some}, **query})

    def _of_slice(self, decode: Callable[[str], Event], query: Document) -> Iterable[list[Event]]:
        numbers = {"source": 1, "seq": 1} if self.until is not None else {}
        fields = {"_id": 0, "event": 1, **numbers}
        # All at once: one by one takes the driver twice as long.
        found = self.collection.find(query, fields, session=self.session).to_list()
        return by_aggregate(decode(fact["event"]) for fact in found if not self._is_later(fact))

    def _is_later(self, fact: Document) -> bool:
        return self.until is not None and fact["seq"] > self.until.get(fact["source"], 0)

    def estimated_count(self) -> int:
        """How many facts there are."""
        return self.collection.estimated_document_count()

    def by_cell(self) -> Iterator[tuple[Cell, list[str]]]:
        """Each cell with the subject of each of its facts, as a stream that is read from an index
        alone."""
        fields = {"_id": 0, **dict.fromkeys(CELL, 1), "subject": 1}
        found = batches(self.collection, {}, dict(BY_CELL), BATCH, fields)
        for cell, facts in groupby(_documents(found), key=itemgetter(*CELL)):
            yield cell, [fact["subject"] for fact in facts]

    def latest_data(self, subjects: Document | str, types: Iterable[str]) -> dict[str, Json]:
        """Subject → data of its last event of these types. `subjects` is a query for the subject.
        What can't be read is left out."""
        found = self.collection.find({"subject": subjects, "type": {"$in": sorted(types)}})
        data = {}
        for fact in found.sort("seq", ASCENDING):
            with suppress(*UNREADABLE):
                event = event_of(fact)
                data[str(event["subject"])] = dict(event["data"])
        return data

    def feeding_query(
        self, indicator: Indicator, period: Period, standing: Set[str] | None
    ) -> Document:
        """A query for the facts that may feed the figure of an indicator in a period. Of a level,
        `standing` are the subjects of which one may stand at its end; None where they aren't
        known."""
        feeding: Document = {"type": {"$in": sorted(indicator.feeds)}}
        if indicator.since is not None and standing is None:
            return feeding
        # Only events of the period count in it, but an event of another one may replace them.
        weeks = [str(week) for week in period.weeks_touched()]
        subjects = self.distinct_subjects({"period": {"$in": weeks}, **feeding})
        return {"subject": {"$in": sorted({*subjects, *(standing or ())})}, **feeding}

    def frozen(
        self, sources: Mapping[str, int], untrusted: Container[str]
    ) -> Iterator[list[Event]]:
        """All events up to `sources` (source → last number), grouped by subject, as a stream.

        Facts with an id in `untrusted` (see evidence.py) are left out.
        """
        found = self._by_subject(frozen_query(sources), ("subject", "event"))
        return grouped(fact for fact in found if name_of(fact) not in untrusted)

    def frozen_among(
        self, sources: Mapping[str, int], query: Document, trusted: Trusted
    ) -> Iterator[list[Event]]:
        """As `frozen`, of the facts that a query selects and `trusted` lets through."""
        fields = ("subject", "event", "source", "seq")
        return grouped(trusted(self._by_subject(frozen_query(sources) | query, fields)))

    def _by_subject(self, query: Document, fields: Iterable[str]) -> Iterator[Document]:
        """Facts in the order of their subjects, as a stream."""
        order, chosen = {"subject": ASCENDING}, dict.fromkeys(fields, 1)
        return _documents(batches(self.collection, query, order, BATCH, chosen))


def name_of(document: Document) -> str:
    """The id of a document. In one that was changed by hand it may be anything."""
    identity = document["_id"]
    return identity if isinstance(identity, str) else repr(identity)


def _documents(found: Iterator[memoryview]) -> Iterator[Document]:
    """The documents of some batches."""
    return chain.from_iterable(map(decoded, ahead(found)))


def subject_slices(subjects: Iterable[str]) -> Iterator[list[str]]:
    """The subjects in their order, some at a time."""
    left = iter(sorted(subjects))
    while some := list(islice(left, SLICE)):
        yield some


def by_aggregate(events: Iterable[Event]) -> Iterable[list[Event]]:
    """The events of some subjects in any order, a list for each aggregate."""
    found = defaultdict(list)
    for event in events:
        # Two services may use the same subject id, each for an aggregate of its own.
        found[event["subject"], event["source"]].append(event)
    return found.values()


def grouped(facts: Iterable[Document]) -> Iterator[list[Event]]:
    """The events of facts that are sorted by subject, a list for each aggregate."""
    for _, group in groupby(facts, key=itemgetter("subject")):
        by_source = sorted(map(event_of, group), key=itemgetter("source"))
        for _, events in groupby(by_source, key=itemgetter("source")):
            yield list(events)


def newer_query(sources: Mapping[str, int]) -> Document:
    """A query for the facts after `sources`, and for those of other sources."""
    new = [{"source": source, "seq": {"$gt": last}} for source, last in sources.items()]
    return {"$or": [*new, {"source": {"$nin": sorted(sources)}}]}


def frozen_query(sources: Mapping[str, int]) -> Document:
    """A query for the facts up to `sources` (source → last number)."""
    return {"$or": [{"source": source, "seq": {"$lte": last}} for source, last in sources.items()]}
