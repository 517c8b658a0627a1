"""Events of the subscribers: who gets reports and events, since when, and what was tested."""

from marshmallow import Schema

from shared.contracts.events.declare import EventType
from shared.contracts.fields import (
    EVENT_PATTERN,
    SUBSCRIBER,
    Choice,
    Digest,
    Instant,
    Many,
    Text,
)
from shared.domain.form_names import EDITIONS

MOST_PATTERNS = 50
SUBSCRIBER_STATUSES = {"active": ("在用", "active"), "removed": ("已移除", "removed")}


class SubscriberState(Schema):
    """A subscriber: the edition of the reports that it gets, null for none, and the patterns of the
    other events, such as `relief.order.*`. `password_since` is when its password was made."""

    name = Text(longest=30, pattern=SUBSCRIBER, required=True)
    status = Choice(SUBSCRIBER_STATUSES, required=True)
    reports = Choice(EDITIONS, required=True, allow_none=True)
    events = Many(Text(pattern=EVENT_PATTERN), required=True, most=MOST_PATTERNS)
    since = Instant(required=True)
    password_since = Instant(required=True, allow_none=True)


class SubscriberTested(SubscriberState):
    """A test message, and no issue: it has no document, and its type is that of no report. It went
    to the queue of this subscriber alone. `digest` is the SHA-256 of the canonical JSON of the
    other data: a receipt for the test names it, as a receipt for an issue names the document's."""

    digest = Digest(required=True)


EVENTS = [
    EventType("supervision.subscriber.added", 1, SubscriberState, "新增订阅方", "subscriber added"),
    EventType(
        "supervision.subscriber.changed", 1, SubscriberState, "订阅方变更", "subscriber changed"
    ),
    EventType(
        "supervision.subscriber.removed", 1, SubscriberState, "移除订阅方", "subscriber removed"
    ),
    EventType(
        "supervision.subscriber.tested", 1, SubscriberTested, "订阅测试", "subscriber tested"
    ),
]
