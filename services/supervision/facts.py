"""The facts: every event that arrived, once, as it came; written once and never changed."""

import hashlib
import re
from collections import defaultdict
from itertools import groupby, islice
from operator import itemgetter

import bson
import msgspec
from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError

from services.supervision.indicators import FED_BY
from shared.canonical import event_digest
from shared.database import duplicates
from shared.deliveries import Rejection
from shared.envelope import week_of

REGISTRY = re.compile(r"^supervision\.orgunit\.")

# How many subjects are read at once: what is held in memory doesn't grow with the facts.
SLICE = 2000
# How many facts the database hands over at once, where all of them are wanted.
BATCH = 1000

_FEEDING = {"type": {"$in": sorted(FED_BY)}}

# The first two hold what is looked up through them, so that no fact has to be fetched for it.
INDEXES = {
    "facts": [
        IndexModel([("subject", ASCENDING), ("period", ASCENDING), ("orgunit", ASCENDING)]),
        IndexModel([("period", ASCENDING), ("orgunit", ASCENDING), ("subject", ASCENDING)]),
        IndexModel([("source", ASCENDING), ("seq", ASCENDING)], unique=True),
    ],
}


def fact_of(event):
    """The stored form: all of it follows from the event, so a changed field can't hide.

    The event is kept as text, which is read back in a third of the time of a nested document.
    """
    text = msgspec.json.encode(event)
    return {
        "_id": event["id"],
        "source": event["source"].rsplit("/", 1)[1],
        "seq": event["sourcesequence"],
        "type": event["type"],
        "subject": event["subject"],
        "period": str(week_of(event)),
        "orgunit": event["orgunit"],
        "event": text.decode(),
        "digest": hashlib.sha256(text).hexdigest(),
    }


def event_of(fact):
    """The event that the fact was made from."""
    return msgspec.json.decode(fact["event"])


class Facts:
    def __init__(self, collection):
        self.collection = collection

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
        found = self.collection.find(
            {"subject": {"$in": list(subjects)}}, {"_id": 0, "period": 1, "orgunit": 1}
        )
        return {(fact["period"], fact["orgunit"]) for fact in found}

    def cells_by_subject(self, subjects):
        """Subject → its (period, orgunit) pairs, for each of these."""
        found = self.collection.find(
            {"subject": {"$in": list(subjects)}},
            {"_id": 0, "subject": 1, "period": 1, "orgunit": 1},
        )
        cells = defaultdict(set)
        for fact in found:
            cells[fact["subject"]].add((fact["period"], fact["orgunit"]))
        return cells

    def subjects_in(self, cells):
        """The subjects with facts in these (period, orgunit) pairs."""
        units = defaultdict(list)
        for period, orgunit in cells:
            units[period].append(orgunit)
        subjects = set()
        for period, codes in units.items():
            query = {"period": period, "orgunit": {"$in": codes}}
            subjects.update(self.collection.distinct("subject", query))
        return subjects

    def of_subjects(self, subjects):
        """All events of these subjects that feed a figure, a list for each."""
        left = iter(sorted(subjects))
        while some := list(islice(left, SLICE)):
            yield from self._of_slice(some)

    def _of_slice(self, subjects):
        query = {"subject": {"$in": subjects}} | _FEEDING
        fields = {"_id": 0, "event": 1}
        events = defaultdict(list)
        # Raw: a fact is read in half the time when the driver doesn't hand it over one by one.
        for batch in self.collection.find_raw_batches(query, fields):
            for fact in bson.decode_all(batch):
                event = event_of(fact)
                # Two services may use the same subject id: it is an aggregate of one of them.
                events[event["subject"], event["source"]].append(event)
        return events.values()

    def feeding(self):
        """How many facts feed a figure."""
        return self.collection.count_documents(_FEEDING)

    def in_order(self):
        """All events that feed a figure, a list for each aggregate, as a stream."""
        fields = {"_id": 0, "subject": 1, "event": 1}
        found = self.collection.find_raw_batches(
            _FEEDING, fields, sort=[("subject", ASCENDING)], batch_size=BATCH
        )
        return grouped(fact for batch in found for fact in bson.decode_all(batch))

    def frozen(self, sources, strangers):
        """All events up to `sources` (source → last number) but those of `strangers` (see
        evidence.py), grouped by subject, as a stream."""
        found = self.collection.find(frozen_query(sources), allow_disk_use=True)
        ordered = found.sort("subject", ASCENDING)
        return grouped(fact for fact in ordered if fact["_id"] not in strangers)


def grouped(facts):
    """The events of facts that come in the order of their subjects, a list for each aggregate."""
    for _, group in groupby(facts, key=itemgetter("subject")):
        by_source = sorted(map(event_of, group), key=itemgetter("source"))
        for _, events in groupby(by_source, key=itemgetter("source")):
            yield list(events)


def frozen_query(sources):
    return {"$or": [{"source": source, "seq": {"$lte": last}} for source, last in sources.items()]}
