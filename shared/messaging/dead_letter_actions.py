"""Actions on dead letters: people replay or discard them.

Each action is one command. It is stored with its actor and reason, and in the `audit` of every
message that it changed, so that a repeated command has no second effect.
"""

from collections.abc import Callable
from datetime import timedelta

from pymongo import UpdateOne
from pymongo.collection import Collection

from shared.aggregates.aggregate import Command
from shared.contracts.limits import page
from shared.contracts.rpc import requests
from shared.domain.clock import Clock
from shared.domain.errors import NotFound
from shared.domain.types import Document, Json
from shared.messaging.action_log import ActionLog
from shared.messaging.circuit_breaker import CircuitBreaker
from shared.messaging.dead_letter_store import UNKNOWN, UNRESOLVED
from shared.platform import logging_setup

log = logging_setup.get(__name__)

BATCH = 1000
# How many actions on one message its document names. All of them are listed by `audit`.
MOST_NOTED = 100


class DeadLetterActions:
    """The actions on the dead letters of one service.

    `which` selects the messages: `{"reason": …}` for all unresolved ones of that reason, or
    `{"ids": […]}`. Resolved messages stay as they are.
    """

    def __init__(self, messages: Collection[Document], actions: ActionLog, clock: Clock) -> None:
        self.messages = messages
        self.actions = actions
        self.clock = clock

    def replay(self, command: Command, which: Json, per_second: int, limit: int) -> Json:
        """Retry the oldest `limit` of the messages, `per_second` of them each second. A discarded
        message is replayed only if its id is given.

        Raises NotFound for an unknown id, Conflict for a command id used with other arguments.
        """
        states = (*UNRESOLVED, "discarded") if "ids" in which else UNRESOLVED
        query = self._query(which, states, command)

        def schedule(entry: Json) -> None:
            found = self.messages.find(query, {"_id": 1}).sort("first_seen", 1).limit(limit)
            ids = [message["_id"] for message in found]
            # Counted after the search, because the same command may run in another process.
            left = limit - self._changed(command)
            self._schedule(query, ids[: max(left, 0)], per_second, entry)

        return self._once(command, "replay", which | {"per_second": per_second}, schedule)

    def discard(self, command: Command, which: Json, why: str) -> Json:
        """Give the messages up: they are kept with their bodies, and no longer count as unresolved.

        Raises NotFound for an unknown id, Conflict for a command id used with other arguments.
        """
        query = self._query(which, UNRESOLVED, command)

        def discard(entry: Json) -> None:
            state = {"state": "discarded", "next_try": None}
            self.messages.update_many(query, {"$set": state, "$push": _noted(entry)})

        return self._once(command, "discard", which | {"why": why}, discard)

    def resume(self, command: Command, breaker: CircuitBreaker) -> Json:
        """Close the circuit breaker. Raises Conflict for a command id used with other arguments."""
        terms = {"invalid_in_a_row": dict(breaker.reasons)}
        return self._once(command, "resume", terms, lambda _: breaker.resume())

    def progress(self, command_id: str) -> Json:
        """The state of a replay: how many of its messages still wait for a retry, are resolved, or
        failed again, the last by their present reason. Raises NotFound."""
        if not self.actions.has(command_id, "replay"):
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
        for group in self.messages.aggregate(stages):
            _add(found, **group["_id"], messages=group["messages"])
        return found

    def audit(self, limit: int) -> list[Json]:
        """The actions, newest first: who did what, when, why, and to how many messages; fewer than
        `limit` where these are larger than PAGE_BYTES."""
        return list(page(self.actions.newest(limit), lambda act: len(requests.encoded(act))))

    def _query(self, which: Json, states: tuple[str, ...], command: Command) -> Json:
        fresh = {"state": {"$in": states}, "audit.command_id": {"$ne": command.id}}
        if "ids" not in which:
            return fresh | which
        known = self.messages.distinct("_id", {"_id": {"$in": which["ids"]}})
        unknown = set(which["ids"]) - set(known)
        if unknown:
            raise NotFound({"kind": "dead letter", "id": min(unknown), "reason": UNKNOWN})
        return fresh | {"_id": {"$in": which["ids"]}}

    def _once(
        self, command: Command, action: str, terms: Json, change: Callable[[Json], None]
    ) -> Json:
        """Carry the action out, or the rest of it if it was interrupted before."""
        act = {"at": command.recorded, "actor": command.actor, "action": action, **terms}
        done = self.actions.begin(command, act)
        if done is not None:
            return {"messages": done}
        entry = {name: act[name] for name in ("at", "actor", "action", "why") if name in act}
        change(entry | {"command_id": command.id})
        messages = self._changed(command)
        self.actions.finish(command, messages)
        log.info(
            "dead-letter action",
            action=action,
            messages=messages,
            command=command.id,
            **_loggable(terms),
        )
        return {"messages": messages}

    def _changed(self, command: Command) -> int:
        return self.messages.count_documents({"audit.command_id": command.id})

    def _schedule(self, query: Json, ids: list[str], per_second: int, entry: Json) -> None:
        start = self.clock.now()
        writes = [
            UpdateOne(
                {**query, "_id": identity},
                {
                    "$set": {
                        "state": "waiting",
                        "next_try": start + timedelta(seconds=n / per_second),
                        "attempts": 0,
                        "replay": entry["command_id"],
                    },
                    "$push": _noted(entry),
                },
            )
            for n, identity in enumerate(ids)
        ]
        for first in range(0, len(writes), BATCH):
            self.messages.bulk_write(writes[first : first + BATCH], ordered=False)


def _noted(entry: Json) -> Json:
    """The newest actions on a message stay in its document."""
    return {"audit": {"$each": [entry], "$slice": -MOST_NOTED}}


def _loggable(terms: Json) -> Json:
    """The part of the terms that may be logged: nothing that people wrote."""
    return {"reason": terms["reason"]} if "reason" in terms else {}


def _add(found: Json, state: str, reason: str, tried: bool, messages: int) -> None:
    if state == "resolved":
        found["resolved"] += messages
    elif state == "waiting" and not tried:
        found["waiting"] += messages
    else:
        failed = found["parked_again"]
        failed[reason] = failed.get(reason, 0) + messages
