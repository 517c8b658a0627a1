"""Whether the service's log may grow. It may not while it lacks events that supervision has: the
database was restored from an older copy, and their numbers would be given a second time."""

import time
import uuid
from collections.abc import Callable

import eventlet
from eventlet.event import Event as Signal
from pymongo.collection import Collection

from shared.domain.errors import Unavailable
from shared.domain.types import Document, Json

BEHIND = "log_behind"
UNCHECKED = "log_unchecked"
# The document by which a restore says that nobody has compared the log since.
RESTORED = "restored"
CLOSED = "closed"
# The first number that was brought forward, while that goes on.
SINCE = "since"
# The last and the first number that ever were read back: their commands aren't in the aggregates.
READ_BACK = "read_back"

COUNTED = ("read_back", "renumbered", "lost")

# How old what this process has read may be: other processes of the service close the log too.
CACHE_SECONDS = 1.0


class LogGuard:
    """Kept in the database, for all processes of the service.

    Until the first comparison has been tried, commands and numbers wait for it, up to
    `wait_seconds`: then the service works without, as it does while supervision is down.
    """

    def __init__(
        self,
        collection: Collection[Document],
        wait_seconds: float = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.collection = collection
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._compared = Signal()
        self._known: dict[str, Document] = {}
        self._read_at = -CACHE_SECONDS
        if not wait_seconds:
            self.tried()

    def tried(self) -> None:
        """The first comparison was made, or can't be made now."""
        if not self._compared.ready():
            self._compared.send(None)

    @property
    def was_tried(self) -> bool:
        return bool(self._compared.ready())

    def problem(self) -> tuple[str, str] | None:
        """Why the log is closed: code and detail; None where it is open."""
        known = self._read()
        if CLOSED in known:
            return BEHIND, known[CLOSED]["detail"]
        return (UNCHECKED, "") if RESTORED in known else None

    def require_open(self) -> None:
        """Raises Unavailable with the problem."""
        if not self._compared.ready():
            with eventlet.Timeout(self._wait_seconds, False):
                self._compared.wait()
            self.tried()
        found = self.problem()
        if found:
            code, detail = found
            raise Unavailable({"problem": code, "reason": detail or "not compared yet"})

    def is_closed(self) -> bool:
        return not self._compared.ready() or self.problem() is not None

    def close(self, detail: str) -> None:
        """The log lacks events, or has others."""
        self._update(CLOSED, {"$set": {"detail": detail}})

    def open(self) -> None:
        """It was compared, and lacks nothing."""
        if self._read() and self.problem():
            self.collection.delete_many({"_id": {"$in": [CLOSED, RESTORED, SINCE]}})
            self._read_at = -CACHE_SECONDS

    def begin(self, number: int) -> None:
        """Events from this number on are brought forward; an attempt that was interrupted may have
        begun before it."""
        new = {"id": str(uuid.uuid4()), **dict.fromkeys(COUNTED, 0)}
        self._update(SINCE, {"$min": {"number": number}, "$setOnInsert": new})
        self._update(READ_BACK, {"$min": {"first": number}})

    def count(self, *done: int) -> None:
        """So much more of each of COUNTED was done."""
        if self.begun is not None:
            self._update(SINCE, {"$inc": dict(zip(COUNTED, done, strict=True))})

    def counts(self) -> Json:
        """How much was done since `begin`, and the id of it."""
        found = self._read()[SINCE]
        return {name: found[name] for name in ("id", *COUNTED)}

    @property
    def begun(self) -> int | None:
        """The first number that is being brought forward; None where that isn't going on."""
        self._read_at = -CACHE_SECONDS
        found = self._read().get(SINCE)
        return found["number"] if found else None

    def read_back_from(self) -> int | None:
        """The first number from which on events were ever read back; None where none was."""
        found = self._read().get(READ_BACK)
        return found["first"] if found else None

    def _update(self, name: str, update: Json) -> None:
        self.collection.update_one({"_id": name}, update, upsert=True)
        self._read_at = -CACHE_SECONDS

    def _read(self) -> dict[str, Document]:
        if self._clock() >= self._read_at + CACHE_SECONDS:
            found = {document["_id"]: document for document in self.collection.find()}
            self._known, self._read_at = found, self._clock()
        return self._known
