"""Commands that were carried out and are forgotten, because the database is an older copy.

Their ids aren't in the aggregates any more. But the ids of their events follow from them, and the
events were read back: a command that is repeated gets its first result.
"""

from collections.abc import Sequence

from pymongo.collection import Collection

from shared.aggregates.restoring import LeftOver
from shared.contracts.envelope import event_id
from shared.domain.types import Document, Event
from shared.messaging.event_log import EventLog
from shared.messaging.log_guard import LogGuard

PERSONAL = "personal"


class EarlierCommands:
    """`left` has the subjects that events alone couldn't restore."""

    def __init__(
        self, service: str, log: EventLog, left: Collection[Document], guard: LogGuard
    ) -> None:
        self.service = service
        self.log = log
        self.left = left
        self._guard = guard

    def events(self, command_id: str) -> list[Event]:
        """The events of the command; none where nothing was ever read back."""
        first = self._guard.read_back_from()
        found: list[Event] = []
        if first is None:
            return found
        while event := self.log.with_id(event_id(self.service, command_id, len(found) + 1)):
            found.append(event)
        return found

    def lacks_personal(self, subject: str) -> bool:
        """Are the personal data of the subject lost?"""
        query = {"_id": subject, "missing": PERSONAL}
        return self.left.find_one(query, {"_id": 1}) is not None

    def has_personal(self, subject: str) -> None:
        """The personal data of the subject were entered again."""
        self.left.update_one({"_id": subject}, {"$pull": {"missing": PERSONAL}})
        self.left.delete_one({"_id": subject, "missing": []})

    def keep(self, left: LeftOver) -> None:
        """The subject needs a person."""
        row = left._asdict()
        subject = row.pop("subject")
        self.left.update_one({"_id": subject}, {"$set": row}, upsert=True)

    def settled(self, subjects: Sequence[str]) -> None:
        """A person has done what these subjects needed."""
        self.left.delete_many({"_id": {"$in": list(subjects)}})

    def count(self) -> int:
        """How many subjects still need a person."""
        return self.left.count_documents({})

    def rows(self) -> list[LeftOver]:
        """The subjects that still need a person."""
        found = self.left.find().sort("_id", 1)
        return [LeftOver(row.pop("_id"), **row) for row in found]
