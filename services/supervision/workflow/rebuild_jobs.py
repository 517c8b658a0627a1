"""Rebuilds as jobs: one at a time, each with its progress. No job outlives its process.

A job that shows no sign of life any more is marked as dead by its next reader. Its collections are
dropped first: so it can't swap them in if its process continues after all.
"""

import re
from collections.abc import Iterable
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from shared.aggregates.aggregate import CarriedOut, Command, derived_id
from shared.domain.errors import Conflict, NotFound
from shared.domain.periods import format_instant
from shared.domain.types import Document, Json
from shared.platform.database import Indexes

INDEXES: Indexes = {
    "rebuilds": [
        # At most one of them.
        IndexModel([("at_work", ASCENDING)], unique=True, partialFilterExpression={"at_work": True})
    ]
}

# Without a heartbeat for so long, the process of a job counts as dead.
DEAD_MS = 30_000
DAY_MS = 86_400_000
PREFIX = "rebuild."

# States of a running job: `working`, then `swapping` while its figures replace the live ones.
# `dying` lies between the moment when it counts as dead and the removal of its collections.
WORKING, SWAPPING, DYING = "working", "swapping", "dying"
DONE, FAILED, DIED = "done", "failed", "died"


class JobAbandoned(Exception):
    """The job was marked as dead, and its collections are dropped."""


class RebuildJobs:
    def __init__(self, database: Database[Document]) -> None:
        self.database = database
        self.jobs = database["rebuilds"]

    def begin(self, command: Command, source: str) -> tuple[Json, bool]:
        """The job of the command, and whether it is new.

        Raises Conflict while another job is running, and for a command id that was used with other
        arguments.
        """
        self.running()
        try:
            self._insert(command, source)
        except DuplicateKeyError:
            return self._repeated(command), False
        self._drop_all_but(command.id)
        return self.show(command.id), True

    def running(self) -> str | None:
        """The id of the running job, None where there is none."""
        job = self.jobs.find_one({"at_work": True}, {"_id": 1})
        if job is None:
            return None
        self.jobs.update_one(
            {"_id": job["_id"], "state": {"$in": [WORKING, SWAPPING]}, "$expr": _SILENT},
            {"$set": {"state": DYING}},
        )
        identity: str = job["_id"]
        if not self.jobs.count_documents({"_id": identity, "state": DYING}, limit=1):
            return identity
        self._drop(collections(identity).values())
        self.jobs.update_one({"_id": identity, "state": DYING}, _ended(DIED))
        return None

    def show(self, identity: str) -> Json:
        """The job with its progress. Raises NotFound."""
        self.running()
        job = self.jobs.find_one({"_id": identity}, {"at_work": 0, "arguments": 0})
        if job is None:
            raise NotFound({"kind": "rebuild", "id": identity})
        return {"id": job.pop("_id"), **job, "at": format_instant(job["at"])}

    def carried_out(self, command_id: str) -> CarriedOut | None:
        """The command that began a rebuild, recorded at its last sign of life; None where there is
        none."""
        job = self.jobs.find_one({"_id": command_id}, {"actor": 1, "arguments": 1, "at": 1})
        if job is None:
            return None
        result = self.show(command_id)
        return CarriedOut("rebuild_figures", job["actor"], job["at"], job["arguments"], result)

    def heartbeat(self, identity: str, **progress: Any) -> None:
        """A sign of life, with the job's progress. Raises JobAbandoned."""
        self._move(identity, WORKING, progress)

    def begin_swap(self, identity: str, **progress: Any) -> None:
        """The job's figures are about to replace the live ones. Raises JobAbandoned."""
        self._move(identity, WORKING, progress | {"state": SWAPPING})

    def end(self, identity: str, state: str, **result: Any) -> None:
        """The job is over: its collections are dropped, and no pending folds are kept for it."""
        self._drop(collections(identity).values())
        running = {"_id": identity, "state": {"$in": [WORKING, SWAPPING]}}
        self.jobs.update_one(running, _ended(state, result))

    def forget(self, days: int) -> int:
        """Remove the jobs that ended more than `days` days ago. Returns how many."""
        old = {"$lt": ["$at", {"$subtract": ["$$NOW", days * DAY_MS]}]}
        ended: Document = {"at_work": {"$exists": False}, "$expr": old}
        return self.jobs.delete_many(ended).deleted_count

    def _move(self, identity: str, before: str, changes: Document) -> None:
        query = {"_id": identity, "state": before}
        if not self.jobs.update_one(query, _now(changes)).matched_count:
            raise JobAbandoned(identity)

    def _insert(self, command: Command, source: str) -> None:
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
        # An existing job has a state, so it doesn't match, and the upsert finds its id taken.
        self.jobs.update_one({"_id": command.id, "state": None}, _now(job), upsert=True)

    def _repeated(self, command: Command) -> Json:
        known = self.jobs.find_one({"_id": command.id}, {"arguments": 1})
        if known is None:
            raise Conflict({"kind": "rebuild", "at_work": self.running()})
        if known["arguments"] != command.arguments:
            raise Conflict({"command_id": command.id, "reason": "used with other arguments"})
        return self.show(command.id)

    def _drop_all_but(self, identity: str) -> None:
        """Drop the collections of killed jobs, and of jobs that continued after their death."""
        own = set(collections(identity).values())
        found = self.database.list_collection_names(filter={"name": {"$regex": _OWN}})
        self._drop(name for name in found if name not in own)

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.database.drop_collection(name)


def collections(identity: str) -> dict[str, str]:
    """The collections of a job: kind → the collection's name in the database."""
    own = derived_id(identity)
    return {name: f"{PREFIX}{own}.{name}" for name in ("figures", "levels", "facts")}


_OWN = f"^{re.escape(PREFIX)}"
_SILENT = {"$lt": ["$at", {"$subtract": ["$$NOW", DEAD_MS]}]}


def _now(changes: Document) -> list[Document]:
    literally: Document = {name: {"$literal": value} for name, value in changes.items()}
    return [{"$set": literally | {"at": "$$NOW"}}]


def _ended(state: str, result: Document | None = None) -> list[Document]:
    return [*_now({"state": state, **(result or {})}), {"$unset": "at_work"}]
