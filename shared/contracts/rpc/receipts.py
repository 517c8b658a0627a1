"""The RPC methods on who has an issue."""

from marshmallow import Schema, fields

from shared.contracts.fields import (
    TEXT,
    Choice,
    Flag,
    Instant,
    Many,
    RawText,
    ReportPeriod,
    Text,
    Whole,
)
from shared.contracts.rpc.declare import (
    change,
    query,
)
from shared.contracts.rpc.supervision import ByIssue, ByIssueCommand
from shared.domain.errors import NotFound

# How an issue stands with a subscriber; what each means: SubscriberReceipt.
RECEIPT_STATES = ("acknowledged", "refused", "waiting", "left", "unknown")


class SendAgain(ByIssueCommand):
    """`subscriber` is the name of a known subscriber, such as archive."""

    subscriber = Text(required=True)


class SentAgain(Schema):
    """How many messages were sent: one for each event of the issue."""

    messages = Whole(required=True)


class SubscriberQueue(Schema):
    """What the broker counts, null while it isn't known: messages that nobody has taken, when the
    oldest of them was sent, consumers, and messages that came back too often. A message that a
    consumer has taken and not acknowledged is in none of these counts."""

    waiting = Whole(required=True, allow_none=True)
    oldest = Instant(required=True, allow_none=True)
    consumers = Whole(required=True, allow_none=True)
    undelivered = Whole(required=True, allow_none=True)


class AcknowledgedIssue(Schema):
    period = ReportPeriod(required=True)
    revision = Whole(required=True)
    at = Instant(required=True)


class RefusedIssue(AcknowledgedIssue):
    """`reason` is the subscriber's, or that the message came back too often; null where none was
    given."""

    reason = RawText(longest=TEXT, required=True, allow_none=True)


class InvalidReceipts(Schema):
    """Receipts that count for nothing: how many, the last one, and why."""

    messages = Whole(least=1, required=True)
    last = Instant(required=True)
    why = RawText(longest=TEXT, required=True)


class SubscriberReceipt(Schema):
    """How an issue stands with one subscriber. `acknowledged`: by its own receipt. `refused`: by
    its own receipt, or the message came back too often. `waiting`: in its queue. `left`: not in its
    queue any more, and no receipt: taken, or discarded, or lost with the queue. `unknown`: `reason`
    says why. `since` is null for the last two. `late`: not taken within the set time.
    `sent_again` are the times after the first. Of other issues: the one that its last receipt
    accepts, and the newest ones that it refuses."""

    subscriber = Text(required=True)
    state = Choice(RECEIPT_STATES, required=True)
    since = Instant(required=True, allow_none=True)
    reason = RawText(longest=TEXT, required=True, allow_none=True)
    late = Flag(required=True)
    sent_again = Many(Instant(), required=True, most=None)
    watched_since = Instant(required=True)
    queue = fields.Nested(SubscriberQueue, required=True)
    last_acknowledged = fields.Nested(AcknowledgedIssue, required=True, allow_none=True)
    refused = Many(fields.Nested(RefusedIssue), required=True)
    invalid_receipts = fields.Nested(InvalidReceipts, required=True, allow_none=True)


class IssueReceipts(Schema):
    """Who has an issue. `notice` is what was sent last about it, `sent` when; `checked` is when the
    broker was asked, null where it didn't answer or an issue was on its way."""

    period = ReportPeriod(required=True)
    revision = Whole(required=True)
    issue = Whole(least=1, required=True)
    notice = Choice(["published", "revised", "withdrawn"], required=True)
    sent = Instant(required=True)
    checked = Instant(required=True, allow_none=True)
    subscribers = Many(fields.Nested(SubscriberReceipt), required=True)


METHODS = {
    "receipts": query(ByIssue, IssueReceipts, NotFound),
    "send_again": change(SendAgain, SentAgain),
}
