"""Rebuilds as jobs: one at a time, each with its progress, and none that outlives its process.

A job that doesn't move any more is buried by whoever looks: its collections are dropped before it
counts as dead, so that it can't swap them in if it wakes up after all.
"""

import re

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from shared.aggregates.aggregate import new_id
from shared.domain.errors import Conflict, NotFound
from shared.domain.periods import format_instant

INDEXES = {
    "rebuilds": [
        # At most one of them.
        IndexModel([("at_work", ASCENDING)], unique=True, partialFilterExpression={"at_work": True})
    ]
}

# After so long without a sign of life the process of a job is taken for dead.
DEAD_MS = 30_000
PREFIX = "rebuild."

# States of a job. One that is `working` may be buried at any time, one that is `swapping` can't
# give up any more; `dying` lies between its last sign of life and the end of its collections.
WORKING, SWAPPING, DYING = "working", "swapping", "dying"
DONE, FAILED, DIED = "done", "failed", "died"


class JobAbandoned(Exception):
    """The job was taken for dead, and its collections are gone."""


class RebuildJobs:
    def __init__(self, database):
        self.database = database
        self.jobs = database["rebuilds"]

    def begin(self, command, source):
        """The job of the command, and whether it is new.

        Raises Conflict while another one is at work, and for a command id used otherwise.
        """
        self.at_work()
        try:
            self._insert(command, source)
        except DuplicateKeyError:
            return self._repeated(command), False
        self._drop_all_but(command.id)
        return self.show(command.id), True

    def at_work(self):
        """The id of the job that is at work, None where there is none."""
        job = self.jobs.find_one({"at_work": True}, {"_id": 1})
        if job is None:
            return None
        self.jobs.update_one(
            {"_id": job["_id"], "state": {"$in": [WORKING, SWAPPING]}, "$expr": _SILENT},
            {"$set": {"state": DYING}},
        )
        if not self.jobs.count_documents({"_id": job["_id"], "state": DYING}, limit=1):
            return job["_id"]
        self._drop(collections(job["_id"]).values())
        self.jobs.update_one({"_id": job["_id"], "state": DYING}, _ended(DIED))
        return None

    def show(self, identity):
        """The job as it stands. Raises NotFound."""
        self.at_work()
        job = self.jobs.find_one({"_id": identity}, {"at_work": 0, "arguments": 0})
        if job is None:
            raise NotFound({"kind": "rebuild", "id": identity})
        return {"id": job.pop("_id"), **job, "at": format_instant(job["at"])}

    def beat(self, identity, **news):
        """A sign of life, with what is new. Raises Buried."""
        self._move(identity, WORKING, news)

    def swapping(self, identity, **news):
        """From here on the job can't be taken for given up. Raises Buried."""
        self._move(identity, WORKING, news | {"state": SWAPPING})

    def end(self, identity, state, **news):
        """The job is over: its collections go, and what was kept for it is free."""
        self._drop(collections(identity).values())
        at_work = {"_id": identity, "state": {"$in": [WORKING, SWAPPING]}}
        self.jobs.update_one(at_work, _ended(state, news))

    def _move(self, identity, before, news):
        query = {"_id": identity, "state": before}
        if not self.jobs.update_one(query, _now(news)).matched_count:
            raise JobAbandoned(identity)

    def _insert(self, command, source):
        job = {
            "state": WORKING,
            "doing": "starting",
            "source": source,
            "actor": command.actor,
            "arguments": command.arguments,
            "at_work": True,
            "read": 0,
            "folded": 0,
            "total": None,
            "replaced": False,
        }
        # Written only where there is no such job: another state doesn't match, its id is taken.
        self.jobs.update_one({"_id": command.id, "state": None}, _now(job), upsert=True)

    def _repeated(self, command):
        known = self.jobs.find_one({"_id": command.id}, {"arguments": 1})
        if known is None:
            raise Conflict({"kind": "rebuild", "at_work": self.at_work()})
        if known["arguments"] != command.arguments:
            raise Conflict({"command_id": command.id, "reason": "used with other arguments"})
        return self.show(command.id)

    def _drop_all_but(self, identity):
        """What a job left that was killed, or that woke up after it was buried."""
        own = set(collections(identity).values())
        found = self.database.list_collection_names(filter={"name": {"$regex": _OWN}})
        self._drop(name for name in found if name not in own)

    def _drop(self, names):
        for name in names:
            self.database.drop_collection(name)


def collections(identity):
    """What a job has to itself: name → the collection's name in the database."""
    own = new_id(identity)
    return {name: f"{PREFIX}{own}.{name}" for name in ("figures", "levels", "facts")}


_OWN = f"^{re.escape(PREFIX)}"
_SILENT = {"$lt": ["$at", {"$subtract": ["$$NOW", DEAD_MS]}]}


def _now(news):
    literally = {name: {"$literal": value} for name, value in news.items()}
    return [{"$set": literally | {"at": "$$NOW"}}]


def _ended(state, news=None):
    return [*_now({"state": state, **(news or {})}), {"$unset": "at_work"}]
