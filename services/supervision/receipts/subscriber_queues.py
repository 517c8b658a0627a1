"""What the broker shows of subscribers' queues, and one message to one of them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import amqp

from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.messages import Message
from shared.domain.periods import parse_instant
from shared.messaging.direct_channel import publish_confirmed, taken
from shared.platform.declarations import RECEIPTS, RETURN_TO, return_exchange
from shared.platform.subscribers import OWNER, Account, undelivered_report_queue

# Of one look: the rest is read the next time.
MOST_RECEIPTS = 500
MOST_UNDELIVERED = 100


class Look(NamedTuple):
    """Messages that nobody has taken, consumers, and the ids of undelivered messages. A message
    that a consumer has taken and not acknowledged is in none of these: the broker doesn't say."""

    waiting: int
    consumers: int
    undelivered: int
    kept: frozenset[str]


def look(channel: Any, account: Account) -> Look | None:
    """Asks passively, which needs no right to read the queue and takes nothing from it. None where
    the broker doesn't have its queues."""
    own = channel.connection.channel()
    own.auto_decode = False
    kept = undelivered_report_queue(account.name)
    try:
        queue = own.queue_declare(account.sources[0], passive=True)
        undelivered = own.queue_declare(kept, passive=True).message_count
    except amqp.NotFound:
        # It has closed the channel.
        return None
    # They go back when the channel is closed; nothing limits how often.
    messages = taken(own, kept, min(undelivered, MOST_UNDELIVERED))
    ids = frozenset(str(it.properties.get("message_id", "")) for it in messages)
    own.close()
    return Look(queue.message_count, queue.consumer_count, undelivered, ids)


def receipts(channel: Any) -> Iterator[amqp.Message]:
    """The receipts. The routing key of each is its sender: the broker takes no other."""
    return taken(channel, RECEIPTS, MOST_RECEIPTS)


def send(channel: Any, message: Message, queue: str) -> None:
    """The event as it was published, to one queue alone. Raises Conflict."""
    head = message.head
    copy = amqp.Message(
        message.text.encode(),
        content_type=CONTENT_TYPE,
        content_encoding="utf-8",
        application_headers={"ce-mode": "structured", RETURN_TO: queue},
        delivery_mode=2,
        correlation_id=head.correlationid,
        message_id=head.id,
        timestamp=int(parse_instant(head.recordedtime).timestamp()),
        type=head.type,
        app_id=OWNER,
    )
    exchange = return_exchange(OWNER)
    publish_confirmed(channel, copy, exchange, head.type.split(".", 1)[1], queue)
