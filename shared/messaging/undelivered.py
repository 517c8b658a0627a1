"""Messages that came back too often from their queue: the broker keeps them in another one, which
nobody consumes, until a person returns or discards them.

A service looks after its own, since requests may hold personal data. Of what it shows nobody learns
the content.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import amqp

from shared.aggregates.aggregate import Command
from shared.domain.errors import NotFound
from shared.domain.periods import format_instant
from shared.domain.types import Json
from shared.messaging.action_log import ActionLog
from shared.messaging.direct_channel import direct_channel, publish_confirmed, taken
from shared.platform import broker, logging_setup
from shared.platform.callers import RETURNED_FOR, sender_of
from shared.platform.declarations import FIRST_EXCHANGE, RETURN_TO, return_exchange
from shared.platform.topology import undelivered_queues

log = logging_setup.get(__name__)

# Queue of undelivered messages → the queues that its messages come from.
Sources = dict[str, tuple[str, ...]]

# What the broker wrote about the past of a message, which a copy doesn't have.
PAST = (
    "x-death",
    "x-delivery-count",
    "x-first-death-exchange",
    "x-first-death-queue",
    "x-first-death-reason",
    "x-last-death-exchange",
    "x-last-death-queue",
    "x-last-death-reason",
)


NOT_KEPT = (*PAST, RETURNED_FOR)


class Undelivered:
    """The undelivered messages that one service looks after; `more` gives further queues, as
    `undelivered_queues` does."""

    def __init__(
        self,
        amqp_uri: str,
        service: str,
        actions: ActionLog,
        more: Callable[[], Sources] = dict,
    ) -> None:
        self._uri, self._user = amqp_uri, broker.user_of(amqp_uri)
        self._own, self._more = undelivered_queues(service), more
        self._exchange = return_exchange(service)
        self._actions = actions

    def list(self, limit: int) -> list[Json]:
        """Each queue that is there: how many messages it has, and the first ones without their
        content."""
        with direct_channel(self._uri) as channel:
            shown = (self._shown(channel, queue, limit) for queue in self._queues)
            return [it for it in shown if it]

    def return_(self, command: Command, queue: str, limit: int) -> Json:
        """Return up to `limit` messages of `queue` to the queues that they came from.

        A message is acknowledged after its copy is confirmed: killed in between, it is returned
        twice. Raises NotFound for another queue, Conflict for a command id used with other
        arguments, and where the broker takes no copy.
        """

        def back(channel: Any, message: amqp.Message) -> bool:
            death = self._death(queue, message)
            if death is None:
                return False
            self._publish(channel, message, death)
            return True

        return self._once(command, "replay", queue, limit, back)

    def discard(self, command: Command, queue: str, limit: int, why: str) -> Json:
        """Remove up to `limit` messages of `queue` for good. Raises as `return_` does."""
        return self._once(command, "discard", queue, limit, lambda *_: True, why=why)

    @property
    def _queues(self) -> Sources:
        return {**self._own, **self._more()}

    def _once(
        self,
        command: Command,
        action: str,
        queue: str,
        limit: int,
        move: Callable[[Any, amqp.Message], bool],
        **terms: str,
    ) -> Json:
        """Move messages, or the rest of them if the action was interrupted before."""
        if queue not in self._queues:
            raise NotFound({"kind": "queue of undelivered messages", "id": queue})
        act = {"at": command.recorded, "actor": command.actor, "action": action, "queue": queue}
        done = self._actions.begin(command, act | terms)
        if done is not None:
            return {"messages": done}
        with direct_channel(self._uri) as channel:
            # What comes back meanwhile isn't moved once more.
            waiting = channel.queue_declare(queue, passive=True).message_count
            left = min(limit - self._actions.moved_so_far(command), waiting)
            for message in taken(channel, queue, left):
                if move(channel, message):
                    channel.basic_ack(message.delivery_tag)
                    self._actions.moved(command)
        messages = self._actions.moved_so_far(command)
        self._actions.finish(command, messages)
        log.info("undelivered messages", action=action, queue=queue, messages=messages)
        return {"messages": messages}

    def _shown(self, channel: Any, queue: str, limit: int) -> Json | None:
        """None for the queue of a subscriber that the broker doesn't have yet."""
        own = channel.connection.channel()
        own.auto_decode = False
        try:
            count = own.queue_declare(queue, passive=True).message_count
        except amqp.NotFound:
            return None
        messages = list(taken(own, queue, limit))
        own.close()
        return {
            "queue": queue,
            "messages": count,
            "entries": [_entry(self._death(queue, message), message) for message in messages],
        }

    def _death(self, queue: str, message: amqp.Message) -> Json | None:
        """What the broker wrote when it gave the message up; None if it didn't come that way."""
        deaths = (message.headers or {}).get("x-death")
        found = deaths if isinstance(deaths, list) else []
        sources = self._queues[queue]
        return next((it for it in found if it.get("queue") in sources), None)

    def _publish(self, channel: Any, message: amqp.Message, death: Json) -> None:
        headers = {name: it for name, it in message.headers.items() if name not in NOT_KEPT}
        own = {RETURN_TO: death["queue"], FIRST_EXCHANGE: self._first_exchange(message.headers)}
        # The broker takes a copy only under our own name.
        sender = sender_of(message.properties.get("user_id"), message.headers, self._user)
        own |= {RETURNED_FOR: sender} if sender else {}
        properties = message.properties | {
            "application_headers": headers | own,
            "delivery_mode": 2,
            "user_id": self._user if sender else None,
        }
        copy = amqp.Message(message.body, **properties)
        publish_confirmed(channel, copy, self._exchange, _key(death), death["queue"])

    def _first_exchange(self, headers: Json) -> str:
        """The exchange that it was published to, which decides who may have sent it. Only the
        service itself writes to its exchange of returns, and so what that says can be believed."""
        first = str(headers.get("x-first-death-exchange", ""))
        return str(headers.get(FIRST_EXCHANGE, "")) if first == self._exchange else first


def _key(death: Json) -> str:
    """The routing key with which the message was published; "" if the broker wrote none."""
    keys = death.get("routing-keys")
    return str(keys[0]) if isinstance(keys, list) and keys else ""


def _entry(death: Json | None, message: amqp.Message) -> Json:
    found = death or {}
    time = found.get("time")
    return {
        "source": found.get("queue"),
        "routing_key": _key(found),
        "size": len(message.body),
        # py-amqp gives the time in UTC without saying so.
        "time": format_instant(time.replace(tzinfo=UTC)) if isinstance(time, datetime) else None,
    }
