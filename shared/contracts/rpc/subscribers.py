"""The RPC methods for subscribers, which supervision answers."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from shared.contracts.events.subscribers import (
    MOST_PATTERNS,
    SUBSCRIBER_STATUSES,
)
from shared.contracts.fields import (
    EVENT_PATTERN,
    SALTED_HASH,
    SUBSCRIBER,
    Choice,
    Flag,
    Id,
    Instant,
    Many,
    Text,
)
from shared.contracts.rpc.declare import CommandSchema, Query, change, changed, create, query
from shared.contracts.rpc.receipts import AcknowledgedIssue, SubscriberQueue
from shared.domain.form_names import EDITIONS
from shared.domain.types import Json


class OnSubscriber(CommandSchema):
    name = Text(longest=30, pattern=SUBSCRIBER, required=True)


class AddSubscriber(OnSubscriber):
    """It gets the reports of one edition, or events, or both. The password itself is not sent: only
    the hash that the broker keeps."""

    password_hash = Text(pattern=SALTED_HASH, required=True)
    reports = Choice(EDITIONS, load_default=None, allow_none=True)
    events = Many(Text(pattern=EVENT_PATTERN), load_default=list, most=MOST_PATTERNS)

    @validates_schema
    def _gets_something(self, data: Json, **_: Any) -> None:
        if not (data["reports"] or data["events"]):
            raise ValidationError({"reports": ["Must be given without events, such as public."]})


class RotateSubscriber(OnSubscriber):
    """It has another password from now on."""

    password_hash = Text(pattern=SALTED_HASH, required=True)


class SubscriberAccount(Schema):
    """What the broker has to know of a subscriber. `password_hash` is null where it isn't known:
    after a restore from events, and once it is removed."""

    name = Text(required=True)
    status = Choice(SUBSCRIBER_STATUSES, required=True)
    reports = Choice(EDITIONS, required=True, allow_none=True)
    events = Many(Text(), required=True)
    password_hash = Text(required=True, allow_none=True)


class SubscriberTest(Schema):
    """The last test message, and when its receipt came; null where none came."""

    at = Instant(required=True)
    acknowledged = Instant(required=True, allow_none=True)


class ListedSubscriber(Schema):
    """A subscriber that is active. `own` is the deployment's, which can't be removed; it has no
    `since`. `queue` is the queue of its reports, null where it gets none."""

    name = Text(required=True)
    own = Flag(required=True)
    reports = Choice(EDITIONS, required=True, allow_none=True)
    events = Many(Text(), required=True)
    since = Instant(required=True, allow_none=True)
    password_since = Instant(required=True, allow_none=True)
    is_there = Flag(required=True, allow_none=True)
    queue = fields.Nested(SubscriberQueue, required=True)
    last_acknowledged = fields.Nested(AcknowledgedIssue, required=True, allow_none=True)
    test = fields.Nested(SubscriberTest, required=True, allow_none=True)


SUBSCRIBER_CHANGED = changed(SUBSCRIBER_STATUSES)


class Tested(SUBSCRIBER_CHANGED):  # type: ignore[valid-type, misc]
    """`event` is the id of the test message."""

    event = Id(required=True)


METHODS = {
    "add_subscriber": create(AddSubscriber, SUBSCRIBER_CHANGED),
    "rotate_subscriber": change(RotateSubscriber, SUBSCRIBER_CHANGED),
    "test_subscriber": change(OnSubscriber, Tested),
    "remove_subscriber": change(OnSubscriber, SUBSCRIBER_CHANGED),
    "subscribers": query(Query, Many(fields.Nested(ListedSubscriber), most=None)),
    "subscriber_accounts": query(Query, Many(fields.Nested(SubscriberAccount), most=None)),
}
