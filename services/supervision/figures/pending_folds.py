"""The subjects of batches that are stored as facts but not folded into the figures yet.

A batch announces the subjects of its facts before it inserts them, and confirms the entry
afterwards. So the entry survives a crash between the two. Only a confirmed entry, or one that is
old, may be removed by a folder.

While a rebuild is running (rebuild.py), folded entries are kept: they are folded once more
afterwards.
"""

import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

import pymongo.collection
from pymongo.client_session import ClientSession
from pymongo.write_concern import WriteConcern

from shared.domain.types import Document

# How many entries are folded at once.
BATCH = 200

# After this time the batch that announced an entry is not at work any more.
STALE_MS = 60_000


class Rebuilds(Protocol):
    """The part of RebuildJobs that is needed here."""

    def running(self) -> str | None:
        """The id of the running rebuild, None where there is none."""


class PendingFolds:
    """With a snapshot `session`, entries are read as they were at one instant; `rebuilds` is given
    where a rebuild may be running."""

    def __init__(
        self,
        collection: pymongo.collection.Collection[Document],
        rebuilds: Rebuilds | None = None,
        session: ClientSession | None = None,
    ) -> None:
        self.collection = collection
        self._unreplicated = collection.with_options(write_concern=WriteConcern(w=1))
        self.rebuilds = rebuilds
        self.session = session

    def announce(self, subjects: Collection[str]) -> str:
        """Record that facts of these subjects are about to be inserted. Returns the entry's id."""
        identity = str(uuid.uuid4())
        # No majority is needed: if the entry is lost, so are the facts that are inserted after it.
        self._put(self._unreplicated, identity, subjects, whole=False)
        return identity

    def confirm(self, identity: str, subjects: Collection[str]) -> None:
        """Record that the facts of the entry are inserted."""
        whole: list[Document] = [{"$set": {"whole": True, "at": "$$NOW"}}, {"$unset": "kept"}]
        if not self.collection.update_one({"_id": identity}, whole).matched_count:
            # Lost with a server that failed, or removed by a folder as old.
            self._put(self.collection, identity, subjects, whole=True)

    def subjects(self) -> set[str]:
        """The subjects of all entries."""
        return subjects_of(self.collection.find({}, session=self.session))

    def count(self) -> int:
        """How many batches aren't folded yet."""
        return self.collection.count_documents(self._not_kept())

    def fold_some(self, fold: Callable[[set[str]], object]) -> int:
        """Call `fold(subjects)` for some entries and remove them. Returns how many."""
        entries = list(self.collection.find(_READY | self._not_kept()).limit(BATCH))
        # Asked after reading: a rebuild that begins later finds all facts of these entries.
        rebuild = self._running_rebuild()
        fold(subjects_of(entries))
        for whole in (True, False):
            ids = [entry["_id"] for entry in entries if entry["whole"] == whole]
            # An entry that was confirmed meanwhile doesn't match and is folded the next time.
            self._settle({"_id": {"$in": ids}, "whole": whole}, rebuild)
        return len(entries)

    def _settle(self, query: Document, rebuild: str | None) -> None:
        """Remove folded entries, or keep them for the rebuild that is running."""
        if rebuild:
            self.collection.update_many(query, {"$set": {"kept": rebuild}})
        else:
            self.collection.delete_many(query)

    def _not_kept(self) -> Document:
        """A query for the entries that aren't kept for the running rebuild alone."""
        rebuild = self._running_rebuild()
        return {"kept": {"$ne": rebuild}} if rebuild else {}

    def _running_rebuild(self) -> str | None:
        return self.rebuilds.running() if self.rebuilds else None

    @staticmethod
    def _put(
        collection: pymongo.collection.Collection[Document],
        identity: str,
        subjects: Iterable[str],
        whole: bool,
    ) -> None:
        entry = {"subjects": {"$literal": list(subjects)}, "whole": whole, "at": "$$NOW"}
        collection.update_one({"_id": identity}, [{"$set": entry}], upsert=True)


def subjects_of(entries: Iterable[Document]) -> set[str]:
    return {subject for entry in entries for subject in entry["subjects"]}


_READY: Document = {
    "$or": [
        {"whole": True},
        {"$expr": {"$lt": ["$at", {"$subtract": ["$$NOW", STALE_MS]}]}},
    ]
}
