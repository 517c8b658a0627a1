"""What people do about parked messages: replay them, or discard them.

Each act is one command. It is kept with who gave it and why, and every message that it touched
carries it in its `audit`: a repeated command finds both, and does nothing twice.
"""

from collections.abc import Callable
from datetime import timedelta

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from shared.aggregates.aggregate import Command
from shared.domain.clock import Clock
from shared.domain.errors import Conflict, NotFound
from shared.domain.types import Document, Json
from shared.messaging.circuit_breaker import CircuitBreaker
from shared.messaging.dead_letter_store import UNRESOLVED, with_plain_times
from shared.platform import logging_setup

log = logging_setup.get(__name__)

BATCH = 1000


class DeadLetterActions:
    """The acts on the parked messages of one service.

    Which messages an act is about is said by `{"reason": …}`, all unresolved ones of that reason,
    or by `{"ids": […]}`. What is resolved isn't touched.
    """

    def __init__(
        self, parked: Collection[Document], acts: Collection[Document], clock: Clock
    ) -> None:
        self.parked = parked
        self.acts = acts
        self.clock = clock

    def replay(self, command: Command, which: Json, per_second: int, limit: int) -> Json:
        """Let the oldest `limit` of them be tried once more, whatever their reason, `per_second`
        of them each second. A discarded message is replayed where its id is given.

        Raises NotFound for an unknown id, Conflict for a command id used otherwise.
        """
        states = (*UNRESOLVED, "discarded") if "ids" in which else UNRESOLVED
        query = self._query(which, states, command)

        def spread(mark: Json) -> None:
            found = self.parked.find(query, {"_id": 1}).sort("first_seen", 1).limit(limit)
            ids = [entry["_id"] for entry in found]
            # Counted after they were found: the same command may be at work elsewhere.
            left = limit - self._touched(command)
            self._spread(query, ids[: max(left, 0)], per_second, mark)

        return self._once(command, "replay", which | {"per_second": per_second}, spread)

    def discard(self, command: Command, which: Json, why: str) -> Json:
        """Give them up: they stay, with their bodies, and no longer count as unresolved.

        Raises NotFound for an unknown id, Conflict for a command id used otherwise.
        """
        query = self._query(which, UNRESOLVED, command)

        def discard(mark: Json) -> None:
            state = {"state": "discarded", "next_try": None}
            self.parked.update_many(query, {"$set": state, "$push": {"audit": mark}})

        return self._once(command, "discard", which | {"why": why}, discard)

    def resume(self, command: Command, breaker: CircuitBreaker) -> Json:
        """Let the inbox take messages again. Raises Conflict for a command id used otherwise."""
        terms = {"invalid_in_a_row": dict(breaker.reasons)}
        return self._once(command, "resume", terms, lambda _: breaker.resume())

    def progress(self, command_id: str) -> Json:
        """What has become of the messages that a replay let be tried: how many wait for that, are
        resolved, or failed, by their reason now. Raises NotFound."""
        if not self.acts.count_documents({"_id": command_id, "action": "replay"}, limit=1):
            raise NotFound({"kind": "replay", "id": command_id})
        tried = {"$gt": ["$attempts", 0]}
        of_replay = {"audit.command_id": command_id, "replay": command_id}
        stages: list[Json] = [
            {"$match": of_replay | {"state": {"$ne": "discarded"}}},
            {
                "$group": {
                    "_id": {"state": "$state", "reason": "$reason", "tried": tried},
                    "messages": {"$sum": 1},
                }
            },
            {"$sort": {"_id": 1}},
        ]
        found = {"waiting": 0, "resolved": 0, "parked_again": {}}
        for group in self.parked.aggregate(stages):
            _add(found, **group["_id"], messages=group["messages"])
        return found

    def audit(self, limit: int) -> list[Json]:
        """The acts, newest first: who did what, when, why, and to how many messages."""
        found = self.acts.find({}, {"arguments": 0}).sort("at", -1).limit(limit)
        return [{"command_id": act.pop("_id"), **with_plain_times(act)} for act in found]

    def _query(self, which: Json, states: tuple[str, ...], command: Command) -> Json:
        fresh = {"state": {"$in": states}, "audit.command_id": {"$ne": command.id}}
        if "ids" not in which:
            return fresh | which
        known = self.parked.distinct("_id", {"_id": {"$in": which["ids"]}})
        unknown = set(which["ids"]) - set(known)
        if unknown:
            raise NotFound({"kind": "parked message", "id": min(unknown)})
        return fresh | {"_id": {"$in": which["ids"]}}

    def _once(
        self, command: Command, action: str, terms: Json, touch: Callable[[Json], None]
    ) -> Json:
        """Carry the act out, or what was left of it when it was interrupted."""
        act = {"at": command.recorded, "actor": command.actor, "action": action, **terms}
        done = self._begin(command, act)
        if done is not None:
            return {"messages": done}
        mark = {name: act[name] for name in ("at", "actor", "action", "why") if name in act}
        touch(mark | {"command_id": command.id})
        messages = self._touched(command)
        self.acts.update_one({"_id": command.id}, {"$set": {"messages": messages}})
        log.info(
            "dead-letter action",
            action=action,
            messages=messages,
            command=command.id,
            **_cause(terms),
        )
        return {"messages": messages}

    def _begin(self, command: Command, act: Json) -> int | None:
        """How many messages it touched if it was carried out before. Raises Conflict."""
        kept = {"_id": command.id, "arguments": command.arguments, **act, "messages": None}
        try:
            self.acts.insert_one(kept)
        except DuplicateKeyError:
            kept = self.acts.find_one({"_id": command.id}) or kept
        if kept["arguments"] != command.arguments:
            raise Conflict({"command_id": command.id, "reason": "used with other arguments"})
        messages: int | None = kept["messages"]
        return messages

    def _touched(self, command: Command) -> int:
        return self.parked.count_documents({"audit.command_id": command.id})

    def _spread(self, query: Json, ids: list[str], per_second: int, mark: Json) -> None:
        start = self.clock.now()
        writes = [
            UpdateOne(
                {**query, "_id": identity},
                {
                    "$set": {
                        "state": "waiting",
                        "next_try": start + timedelta(seconds=n / per_second),
                        "attempts": 0,
                        "replay": mark["command_id"],
                    },
                    "$push": {"audit": mark},
                },
            )
            for n, identity in enumerate(ids)
        ]
        for first in range(0, len(writes), BATCH):
            self.parked.bulk_write(writes[first : first + BATCH], ordered=False)


def _cause(terms: Json) -> Json:
    """For the log: no words of people."""
    return {"reason": terms["reason"]} if "reason" in terms else {}


def _add(found: Json, state: str, reason: str, tried: bool, messages: int) -> None:
    if state == "resolved":
        found["resolved"] += messages
    elif state == "waiting" and not tried:
        found["waiting"] += messages
    else:
        again = found["parked_again"]
        again[reason] = again.get(reason, 0) + messages
