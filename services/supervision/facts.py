"""The facts: every event that arrived, once, as it came; written once and never changed."""

import re
from itertools import groupby
from operator import itemgetter

from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError

from shared.canonical import event_digest
from shared.database import duplicates
from shared.deliveries import Rejection
from shared.envelope import happened
from shared.periods import Period

REGISTRY = re.compile(r"^supervision\.orgunit\.")

INDEXES = {
    "facts": [
        IndexModel([("subject", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("period", ASCENDING), ("orgunit", ASCENDING)]),
        IndexModel([("source", ASCENDING), ("seq", ASCENDING)]),
    ],
}


def fact_of(event):
    """The stored form: all of it follows from the event, so a changed field can't hide."""
    return {
        "_id": event["id"],
        "source": event["source"].rsplit("/", 1)[1],
        "seq": event["sourcesequence"],
        "type": event["type"],
        "subject": event["subject"],
        "period": str(Period.of(happened(event))),
        "orgunit": event["orgunit"],
        "event": event,
        "digest": event_digest(event),
    }


class Facts:
    def __init__(self, collection):
        self.collection = collection

    def insert(self, facts):
        """Store what isn't there. Gives back the rejections: a known id with other content."""
        try:
            self.collection.insert_many(facts, ordered=False)
        except BulkWriteError as error:
            return self._conflicts([facts[index] for index in duplicates(error)])
        return {}

    def _conflicts(self, facts):
        ids = [fact["_id"] for fact in facts]
        stored = {
            entry["_id"]: entry["digest"]
            for entry in self.collection.find({"_id": {"$in": ids}}, {"digest": 1})
        }
        return {
            fact["_id"]: Rejection("id_conflict", fact["_id"])
            for fact in facts
            if stored[fact["_id"]] != fact["digest"]
        }

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

    def subjects_in(self, period, orgunit):
        found = self.collection.find({"period": period, "orgunit": orgunit}, {"subject": 1})
        return {fact["subject"] for fact in found}

    def of_subjects(self, subjects):
        """Events of these subjects, grouped by subject."""
        query = {"subject": {"$in": sorted(subjects)}}
        return self._grouped(self.collection.find(query).sort("subject", ASCENDING))

    def frozen(self, sources, strangers):
        """All events up to `sources` (source → last number) but those of `strangers` (see
        evidence.py), grouped by subject, as a stream."""
        found = self.collection.find(frozen_query(sources), allow_disk_use=True)
        ordered = found.sort("subject", ASCENDING)
        return self._grouped(fact for fact in ordered if fact["_id"] not in strangers)

    @staticmethod
    def _grouped(found):
        # Two services may use the same subject id: a subject is an aggregate of one of them.
        for _, group in groupby(found, key=itemgetter("subject")):
            by_source = sorted((fact["event"] for fact in group), key=itemgetter("source"))
            for _, events in groupby(by_source, key=itemgetter("source")):
                yield list(events)


def frozen_query(sources):
    return {"$or": [{"source": source, "seq": {"$lte": last}} for source, last in sources.items()]}
