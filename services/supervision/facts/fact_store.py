"""The facts: every event that arrived, once, as it came; written once and never changed."""

import hashlib
import re
from collections import defaultdict
from datetime import timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import TypedDict

import bson
import eventlet
import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import BulkWriteError

from services.supervision.indicators.reporting import TRACKED_TYPES
from shared.contracts.envelope import week_at, week_name
from shared.contracts.messages import Message, event_of
from shared.domain.canonical import event_digest
from shared.domain.periods import Period, parse_instant
from shared.messaging.deliveries import Rejection
from shared.platform.database import duplicates

REGISTRY = re.compile(r"^supervision\.orgunit\.")

# From a week's end to its cut-off; what is entered at that very instant is still in time.
TO_THE_CUTOFF = timedelta(hours=12, microseconds=1)

# How many subjects are read at once: what is held in memory doesn't grow with the facts.
SLICE = 2000
# How many facts the database hands over at once, where all of them are wanted.
BATCH = 1000

_TRACKED = {"type": {"$in": sorted(TRACKED_TYPES)}}

CELL = ("period", "orgunit")
BY_CELL = [(name, ASCENDING) for name in (*CELL, "subject")]

# The first two hold what is looked up through them, so that no fact has to be fetched for it.
INDEXES = {
    "facts": [
        IndexModel([("subject", ASCENDING), ("period", ASCENDING), ("orgunit", ASCENDING)]),
        IndexModel(BY_CELL),
        IndexModel([("source", ASCENDING), ("seq", ASCENDING)], unique=True),
        IndexModel([("late", ASCENDING)], partialFilterExpression={"late": {"$exists": True}}),
    ],
}


def fact_of(event):
    """The stored form of an event."""
    return fact_from(Message.of(event))


def fact_from(message):
    """The stored form: all of it follows from the text, so a changed field can't hide.

    The event is kept as text, which is read back in a third of the time of a nested document.
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


def is_intact(fact):
    """Does all of the stored form follow from its text?"""
    return fact_from(Message.of(event_of(fact), fact["event"])) == fact


def late_in(head):
    """The week whose briefing tells that the event came late; None where it came in time."""
    if week_name(head.recordedtime) <= week_name(head.time):
        return None
    # Up to its cut-off, Monday noon, an event is entered for the week before.
    told = Period.of(parse_instant(head.recordedtime) - TO_THE_CUTOFF)
    return told if week_at(head.time) < told else None


class Told(TypedDict):
    """What folding asks of an event."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    timeprecision: str
    orgunit: str
    subjectsequence: int
    data: dict


_TOLD = msgspec.json.Decoder(Told)


def folded_event_of(fact):
    """As `event_of`, without what folding doesn't ask for: sooner by a third."""
    return _TOLD.decode(fact["event"])


class Facts:
    """`session` is given where they are read as they were at one instant."""

    def __init__(self, collection, session=None):
        self.collection = collection
        self.session = session

    def beside(self, database, name, write_concern):
        """Other facts, in a collection of that name with the same indexes; empty at first."""
        database[name].create_indexes(INDEXES["facts"])
        return Facts(database.get_collection(name, write_concern=write_concern))

    def insert(self, facts):
        """Store what isn't there. Gives back the rejections: a known id with other content, and
        another event's number."""
        try:
            self.collection.insert_many(facts, ordered=False)
        except BulkWriteError as error:
            return self._conflicts([facts[index] for index in duplicates(error)])
        return {}

    def _conflicts(self, facts):
        ids = [fact["_id"] for fact in facts]
        found = self.collection.find({"_id": {"$in": ids}}, {"event": 1})
        stored = {fact["_id"]: event_digest(event_of(fact)) for fact in found}
        rejections = {}
        for fact in facts:
            known = stored.get(fact["_id"])
            if known is None:
                rejections[fact["_id"]] = Rejection("number_taken", str(fact["seq"]))
            elif known != event_digest(event_of(fact)):
                rejections[fact["_id"]] = Rejection("id_conflict", fact["_id"])
        return rejections

    def any_until(self, period):
        """Has anything but the registry been told of the week or one before it?"""
        told = {"period": {"$lte": str(period)}, "type": {"$not": REGISTRY}}
        return self.collection.find_one(told, {"_id": 1}) is not None

    def cells_of_subjects(self, subjects):
        """Where the facts of these subjects lie: (period, orgunit) pairs."""
        cells = set()
        for some in _slices(subjects):
            query, fields = {"subject": {"$in": some}}, {"_id": 0, "period": 1, "orgunit": 1}
            found = self.collection.find(query, fields, session=self.session).to_list()
            cells.update((fact["period"], fact["orgunit"]) for fact in found)
        return cells

    def subjects_in(self, cells):
        """The subjects with facts in these (period, orgunit) pairs."""
        units = defaultdict(list)
        for period, orgunit in cells:
            units[period].append(orgunit)
        subjects = set()
        for period, codes in units.items():
            query = {"period": period, "orgunit": {"$in": codes}}
            subjects.update(self.distinct_subjects(query))
        return subjects

    def distinct_subjects(self, query):
        return self.collection.distinct("subject", query, session=self.session)

    def last(self, source):
        """The highest number of a source, 0 where there is none."""
        found = self.collection.find_one(
            {"source": source}, {"seq": 1}, sort=[("seq", DESCENDING)], session=self.session
        )
        return found["seq"] if found else 0

    def count(self, source, after, until):
        """How many facts have a number above `after`, up to `until`."""
        query = {"source": source, "seq": {"$gt": after, "$lte": until}}
        return self.collection.count_documents(query, session=self.session)

    def of_subjects(self, subjects):
        """All events of these subjects, a list for each."""
        return self._in_slices(subjects, event_of, {})

    def remembered(self, subjects):
        """The events of these subjects that cells and subjects are kept up to date by."""
        return self._in_slices(subjects, folded_event_of, _TRACKED)

    def _in_slices(self, subjects, event_of, query):
        for some in _slices(subjects):
            yield from self._of_slice(event_of, {"subject": {"$in": some}, **query})

    def _of_slice(self, event_of, query):
        fields = {"_id": 0, "event": 1}
        events = defaultdict(list)
        # All at once: one by one takes the driver twice as long.
        for fact in self.collection.find(query, fields, session=self.session).to_list():
            event = event_of(fact)
            # Two services may use the same subject id: it is an aggregate of one of them.
            events[event["subject"], event["source"]].append(event)
        return events.values()

    def number(self):
        """How many facts there are."""
        return self.collection.estimated_document_count()

    def by_cell(self):
        """Each cell, a (period, orgunit) pair, with the subject of each of its facts, as a stream
        that is read from an index alone."""
        found = self.collection.find_raw_batches(
            {}, {"_id": 0, **dict.fromkeys(CELL, 1), "subject": 1}, sort=BY_CELL, batch_size=BATCH
        )
        for cell, facts in groupby(_each(found), key=itemgetter(*CELL)):
            yield cell, [fact["subject"] for fact in facts]

    def feeding(self, indicator, period):
        """A query for the facts that a week's figure of an indicator is made of, or could be."""
        feeding = {"type": {"$in": sorted(indicator.feeds)}}
        if indicator.since is not None:
            return feeding
        # What counts in a week happened in it; an event of another week may have replaced it.
        subjects = self.distinct_subjects({"period": str(period), **feeding})
        return {"subject": {"$in": subjects}, **feeding}

    def frozen(self, sources, strangers, among=None):
        """All events up to `sources` (source → last number) but those of `strangers` (see
        evidence.py), grouped by subject, as a stream; those `among` a query if it is given."""
        found = self._by_subject(frozen_query(sources) | (among or {}))
        return grouped(fact for fact in found if fact["_id"] not in strangers)

    def _by_subject(self, query):
        """Facts in the order of their subjects, as a stream."""
        found = self.collection.find_raw_batches(
            query,
            {"subject": 1, "event": 1},
            sort=[("subject", ASCENDING)],
            batch_size=BATCH,
            allow_disk_use=True,
        )
        return _each(found)


def _each(batches):
    """The facts of batches: while those of one are worked on, the next one is on its way."""
    coming = eventlet.spawn(next, batches, None)
    while (batch := coming.wait()) is not None:
        coming = eventlet.spawn(next, batches, None)
        # The request has to be sent before the work begins.
        eventlet.sleep(0)
        yield from bson.decode_all(batch)


def _slices(subjects):
    left = iter(sorted(subjects))
    while some := list(islice(left, SLICE)):
        yield some


def grouped(facts, event_of=event_of):
    """The events of facts that come in the order of their subjects, a list for each aggregate."""
    for _, group in groupby(facts, key=itemgetter("subject")):
        by_source = sorted(map(event_of, group), key=itemgetter("source"))
        for _, events in groupby(by_source, key=itemgetter("source")):
            yield list(events)


def frozen_query(sources):
    return {"$or": [{"source": source, "seq": {"$lte": last}} for source, last in sources.items()]}
