"""The log of people's actions on dead letters: who did what, when, why, and to how many messages.

Each action is one command: a repeated one has no second effect, and one that was interrupted is
continued.
"""

from collections.abc import Collection

from pymongo.collection import Collection as Stored
from pymongo.errors import DuplicateKeyError

from shared.aggregates.aggregate import CarriedOut, Command
from shared.domain.errors import Conflict
from shared.domain.types import Document, Json
from shared.messaging.dead_letter_store import with_plain_times

# Action → its command, for actions that releases before 0.3 stored.
METHODS = {
    "replay": "replay_dead_letters",
    "discard": "discard_dead_letters",
    "resume": "resume_inbox",
}
# Of an action: the fields that aren't shown.
HIDDEN = ("arguments", "method")
# How many messages an action has moved, while it isn't finished.
MOVED = "moved"


class ActionLog:
    """The actions of one service."""

    def __init__(self, actions: Stored[Document]) -> None:
        self.actions = actions

    def begin(self, command: Command, act: Json) -> int | None:
        """The number of messages if the action was completed before, else None.

        Raises Conflict for a command id that was used with other arguments.
        """
        own = {"_id": command.id, "method": command.method, "arguments": command.arguments}
        stored = {**own, **act, "messages": None}
        try:
            self.actions.insert_one(stored)
        except DuplicateKeyError:
            stored = self.actions.find_one({"_id": command.id}) or stored
        if stored["arguments"] != command.arguments:
            raise Conflict({"command_id": command.id, "reason": "used with other arguments"})
        messages: int | None = stored["messages"]
        return messages

    def moved(self, command: Command) -> None:
        """One more message was moved."""
        self.actions.update_one({"_id": command.id}, {"$inc": {MOVED: 1}})

    def moved_so_far(self, command: Command) -> int:
        act = self.actions.find_one({"_id": command.id}, {MOVED: 1}) or {}
        return int(act.get(MOVED, 0))

    def finish(self, command: Command, messages: int) -> None:
        self.actions.update_one({"_id": command.id}, {"$set": {"messages": messages}})

    def replayed(self, queues: Collection[str]) -> list[Document]:
        """The finished actions that put messages into these queues again, or back from them."""
        wanted = {"action": "replay", "queue": {"$in": sorted(queues)}, "messages": {"$gt": 0}}
        return self.actions.find(wanted).sort("at", 1).to_list()

    def has(self, command_id: str, action: str) -> bool:
        """Whether it is such an action, on dead letters."""
        wanted = {"_id": command_id, "action": action, "queue": None}
        return self.actions.count_documents(wanted, limit=1) > 0

    def carried_out(self, command_id: str) -> CarriedOut | None:
        """The action of the command with this id; None where there is none."""
        act = self.actions.find_one({"_id": command_id})
        if act is None:
            return None
        method = act.get("method") or METHODS[act["action"]]
        result = None if act["messages"] is None else {"messages": act["messages"]}
        return CarriedOut(method, act["actor"], act["at"], act["arguments"], result)

    def newest(self, limit: int) -> list[Json]:
        """The actions, newest first."""
        hidden = dict.fromkeys((*HIDDEN, MOVED), 0)
        found = self.actions.find({}, hidden).sort("at", -1).limit(limit)
        return [{"command_id": act.pop("_id"), **with_plain_times(act)} for act in found]
