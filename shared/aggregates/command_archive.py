"""Old commands of an aggregate that gets many: moved out of its document, and found again.

The document keeps its first command and the newest KEPT. Each older one becomes a document of its
own in the same collection, with its aggregate in `command_of`. So the unique index on `commands.id`
guards all ids, wherever they are. A move is one transaction: an id is never in neither place, and
never free for another aggregate.
"""

from datetime import datetime

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from shared.domain.types import Document, Json

# How many of the newest commands stay in the document, beside the first one. The index `grown` in
# shared/platform/database.py has twice the number.
KEPT = 100
# With more than so many, a command moves old ones itself before it writes: the document stays
# bounded where the background work is too slow, or doesn't run.
MOST = 1000
# How many commands one transaction moves, or one call forgets.
BATCH = 5000
# The field of a moved command that says when it was recorded, until it is forgotten.
RECORDED = "command_recorded"
# How many documents are looked at in one turn.
DOCUMENTS = 20


def grown(kept: int = KEPT) -> Document:
    """A query for the documents with more than twice the commands that stay in them."""
    return {"version": {"$gte": 0}, f"commands.{2 * kept}": {"$exists": True}}


class CommandArchive:
    """The commands that were moved out of the documents of `aggregates`."""

    def __init__(
        self, aggregates: Collection[Document], kept: int = KEPT, most: int = MOST
    ) -> None:
        self.aggregates = aggregates
        self.kept = kept
        self.most = most

    def find(self, identity: str, command_id: str) -> Document | None:
        """The document of a command that was moved out of this aggregate."""
        return self.aggregates.find_one({"commands.id": command_id, "command_of": identity})

    def move_some(self) -> int:
        """Move old commands of some documents that have many. Returns how many were moved."""
        found = self.aggregates.find(grown(self.kept), {"_id": 1}).limit(DOCUMENTS)
        return sum(self.move(document["_id"]) for document in found.to_list())

    def move(self, identity: str) -> int:
        """Move up to BATCH old commands out of a document that has many. Returns how many."""
        with self.aggregates.database.client.start_session() as session:
            return session.with_transaction(lambda it: self._move(identity, it))

    def _move(self, identity: str, session: ClientSession) -> int:
        shortened, old = self._expressions()
        # The transaction's first step, so that no other writer comes between reading and writing.
        document = self.aggregates.find_one_and_update(
            {"_id": identity, **grown(self.kept)}, shortened, {"old": old}, session=session
        )
        if document is None:
            return 0
        moved = [_moved(identity, entry) for entry in document["old"]]
        self.aggregates.insert_many(moved, session=session)
        return len(moved)

    def _expressions(self) -> tuple[list[Document], Document]:
        """The update that takes the oldest commands but the first out, and what it takes out."""
        size = {"$size": "$commands"}
        number = {"$min": [BATCH, {"$subtract": [size, self.kept + 1]}]}
        rest = {"$slice": ["$commands", {"$add": [1, number]}, size]}
        commands = {"$concatArrays": [{"$slice": ["$commands", 1]}, rest]}
        moved = {"$add": [{"$ifNull": ["$moved", 0]}, number]}
        shortened = [{"$set": {"commands": commands, "moved": moved}}]
        return shortened, {"$slice": ["$commands", 1, number]}

    def forget(self, before: datetime) -> int:
        """Forget all but the ids of some moved commands that were recorded before an instant, the
        oldest first. Returns how many.

        The id stays, so that it is never free for another command.
        """
        found = self.aggregates.find({RECORDED: {"$lt": before}}, {"_id": 1})
        ids = [document["_id"] for document in found.sort(RECORDED, ASCENDING).limit(BATCH)]
        if ids:
            forgotten = {"$map": {"input": "$commands", "in": {"id": "$$this.id"}}}
            change: list[Document] = [{"$set": {"commands": forgotten}}, {"$unset": RECORDED}]
            self.aggregates.update_many({"_id": {"$in": ids}}, change)
        return len(ids)


def is_forgotten(entry: Json) -> bool:
    """Is only the id of the command left?"""
    return "result" not in entry


def _moved(identity: str, entry: Json) -> Document:
    about = {"command_of": identity, RECORDED: entry["recorded"]}
    return {"_id": f"command:{entry['id']}", **about, "commands": [entry]}
