"""The RPC methods that every service has."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from shared.contracts.envelope import REASONS, EnvelopeSchema
from shared.contracts.events.week import NIL_STATUSES
from shared.contracts.fields import (
    TEXT,
    Actor,
    Amount,
    Anything,
    Choice,
    Digest,
    Flag,
    Id,
    Instant,
    Many,
    Map,
    OrgUnit,
    RawText,
    ReportPeriod,
    Text,
    Week,
    Whole,
    one_of,
)
from shared.contracts.rpc.declare import (
    PAGE,
    ById,
    Changed,
    CommandSchema,
    Happened,
    Query,
    change,
    changed,
    create,
    query,
)
from shared.domain.errors import Conflict, NotFound, Unavailable
from shared.domain.types import Json

# The most events, dead letters and replayed dead letters of one call.
LOG_PAGE = 1000
MOST_REPLAYED = 100_000


class DeadLettersQuery(Query):
    limit = Whole(least=1, most=PAGE, load_default=100)
    reason = Choice(REASONS, load_default=None)


class DeadLetterById(Query):
    id = Text(required=True)


class DeadLetterAuditQuery(Query):
    limit = Whole(least=1, most=PAGE, load_default=100)


class OnDeadLetters(CommandSchema):
    """A command on all unresolved dead letters of `reason`, or on those with `ids`: one of both."""

    reason = Choice(REASONS)
    ids = Many(Id(), least=1, most=PAGE)


class ReplayDeadLetters(OnDeadLetters):
    per_second = Whole(least=1, most=1000, load_default=50)
    limit = Whole(least=1, most=MOST_REPLAYED, load_default=10_000)


class DiscardDeadLetters(OnDeadLetters):
    why = Text(longest=TEXT, required=True)


class UndeliveredQuery(Query):
    limit = Whole(least=1, most=PAGE, load_default=10)


class OnUndelivered(CommandSchema):
    """A command on the first `limit` messages of `queue`."""

    queue = Text(required=True)
    limit = Whole(least=1, most=PAGE, load_default=100)


class DiscardUndelivered(OnUndelivered):
    why = Text(longest=TEXT, required=True)


class EventsQuery(Query):
    after = Whole(required=True)
    limit = Whole(least=1, most=LOG_PAGE, load_default=LOG_PAGE)


class CommandQuery(Query):
    """`arguments` is the fingerprint of the caller's own arguments, to be compared."""

    command_id = Id(required=True)
    arguments = Digest(load_default=None)


class TallyQuery(Query):
    period = Week(required=True)


class SealPeriod(CommandSchema):
    period = ReportPeriod(required=True)


class NilReport(CommandSchema):
    orgunit = OrgUnit(required=True)
    period = Week(required=True)


def declare_stock_schema(stocks: dict[str, str]) -> type[Happened]:
    """The arguments of a service's `declare_stock`; `stocks` maps each stock to its unit."""

    class DeclareStock(Happened):
        stock = Choice(stocks, required=True)
        level = Amount(*dict.fromkeys(stocks.values()), required=True)
        reported_by = Text(load_default=None)

        @validates_schema
        def _counted_in_its_unit(self, data: Json, **_: Any) -> None:
            unit = stocks[data["stock"]]
            if data["level"].unit != unit:
                raise ValidationError({"level": {"unit": [f"Must be {one_of([unit])}."]}})

    return DeclareStock


class WithdrawStock(CommandSchema):
    """It was declared by mistake, such as for another unit or day. It counts in no week."""

    id = Id(required=True)
    reason = Text(required=True)


class EventsPage(Schema):
    """Events of the log in the order of their numbers; `last` is the log's last number."""

    events = Many(fields.Nested(EnvelopeSchema), required=True, most=LOG_PAGE)
    last = Whole(required=True)


class BringForward(Query):
    """With `dry_run` nothing is changed. `settled` are subjects for which a person has done what
    was missing: they aren't listed any more."""

    dry_run = Flag(load_default=False)
    settled = Many(Id(), load_default=list)


class LeftOver(Schema):
    """A subject that events alone can't restore: what is `missing`, as codes of
    docs/how-to/bring-a-service-forward.md. `events` are the ids of those that came back."""

    subject = Id(required=True)
    type = Text(required=True)
    version = Whole(required=True, least=1)
    missing = Many(Text(), required=True)
    events = Many(Id(), required=True, most=None)


class BroughtForward(Schema):
    """`last` is the log's last number, `seen` the highest that supervision has. `read_back`,
    `renumbered` and `lost` are what was done until now, `to_do` what is left: with `dry_run` all of
    it. When nothing is left, `incarnation` is that which has begun, and `left` are the subjects
    that need a person, also those of former times."""

    incarnation = Whole(required=True, least=1)
    last = Whole(required=True)
    seen = Whole(required=True)
    read_back = Whole(required=True)
    renumbered = Whole(required=True)
    lost = Many(Whole(least=1), required=True, most=None)
    restored = Whole(required=True)
    to_do = Whole(required=True)
    left = Many(fields.Nested(LeftOver), required=True, most=None)


class Republished(Schema):
    """`last` is the number of the last event that was published, `of` the log's last number."""

    last = Whole(required=True)
    of = Whole(required=True)


class CarriedOut(Schema):
    """Whether a command with this id was carried out, and how. `known` is false for one that was
    refused, and for one that hasn't arrived yet: nothing is stored of it, and the other fields are
    null. `result` is what the command answered, null while it is at work. `arguments` is the
    fingerprint of its arguments, which has a key of the service's own where they may say something
    about a person. `same` says whether the caller's fingerprint is of the same arguments; null
    where the caller gave none."""

    known = Flag(required=True)
    method = RawText(required=True, allow_none=True)
    actor = Actor(required=True, allow_none=True)
    recorded = Instant(required=True, allow_none=True)
    arguments = Digest(required=True, allow_none=True)
    result = Map(Anything(), required=True, allow_none=True)
    same = Flag(required=True, allow_none=True)


class Tally(Schema):
    """`events` maps each event type to the number of events that happened in the week."""

    period = Week(required=True)
    events = Map(Whole(least=1), required=True)


class Checks(Schema):
    """`line` is false while the circuit breaker of the inbox is open; `progress` is false when some
    work is stalled; `registry` is false as long as there is no org unit; `clock` is false where the
    service's clock and the database server's differ by more than a minute."""

    broker = Flag(required=True)
    database = Flag(required=True)
    registry = Flag(required=True)
    inbox = Flag(required=True)
    line = Flag(required=True)
    progress = Flag(required=True)
    clock = Flag(required=True)


class Lag(Schema):
    """Waiting messages of the inbox, waiting aggregates of the outbox and overdue retries; null
    while the broker or the database can't be reached."""

    inbox = Whole(required=True, allow_none=True)
    outbox = Whole(required=True, allow_none=True)
    retries = Whole(required=True, allow_none=True)


class PartProgress(Schema):
    state = Choice(["idle", "moving", "stalled"], required=True)
    since = Instant(required=True)


class Progress(Schema):
    inbox = fields.Nested(PartProgress, required=True)
    outbox = fields.Nested(PartProgress, required=True)


class CircuitBreaker(Schema):
    """Invalid messages in a row by reason; above `limit` the inbox stops."""

    invalid_in_a_row = Map(Whole(), required=True)
    limit = Whole(required=True)


class Storage(Schema):
    """Bytes: the service's own database, and the disk that it is on."""

    own = Whole(required=True)
    disk_used = Whole(required=True)
    disk_total = Whole(required=True)


class Problem(Schema):
    """Something that is wrong: a code of docs/operations.md, to which new ones may be added, and
    details such as counts, empty where there are none."""

    code = Text(required=True)
    detail = RawText(longest=TEXT, required=True)


class Repaired(Schema):
    """Events that were missing and were fetched: of how many units or sources, the first of these,
    and when."""

    at = Instant(required=True)
    number = Whole(required=True)
    names = Many(RawText(), required=True)


class Following(Schema):
    """What a service keeps of the events of others, compared with their source: when at last, how
    much was missing then, and the last repair. `ahead` is what the source doesn't have any more."""

    source = Text(required=True)
    compared = Instant(required=True, allow_none=True)
    missing = Whole(required=True)
    repaired = fields.Nested(Repaired, required=True, allow_none=True)
    ahead = Many(RawText(longest=TEXT), required=True)


class Health(Schema):
    """The answer of a service about itself. Everything that is read from the database is null while
    the database can't be reached. `instance` names the process that answered."""

    service = Text(required=True)
    status = Choice(["ready", "starting", "degraded"], required=True)
    checks = fields.Nested(Checks, required=True)
    # Services before 0.3 don't give it.
    problems = Many(fields.Nested(Problem), most=None)
    following = Many(fields.Nested(Following), most=None)
    lag = fields.Nested(Lag, required=True)
    progress = fields.Nested(Progress, required=True)
    line = fields.Nested(CircuitBreaker, required=True)
    parked = Whole(required=True, allow_none=True)
    pending = Whole(required=True, allow_none=True)
    log_last = Whole(required=True, allow_none=True)
    orgunits = Whole(required=True, allow_none=True)
    storage = fields.Nested(Storage, required=True, allow_none=True)
    # How often the log was brought forward after a restore, plus 1. Not before 0.3.
    incarnation = Whole(least=1, allow_none=True)
    version = Text(required=True)
    instance = Text(longest=TEXT, required=True)


class DeadLetterAct(Schema):
    """Who replayed or discarded a dead letter, when, and why it was discarded."""

    at = Instant(required=True)
    actor = Actor(required=True)
    action = Choice(["replay", "discard"], required=True)
    why = Text(longest=TEXT)
    command_id = Id(required=True)


class DeadLetter(Schema):
    """A message that couldn't be handled. `waiting`: it is tried again at `next_try`. `orgunit` is
    the unit that it waits for, `replay` the command that replayed it last, `resolved` when it was
    handled after all."""

    id = Id(required=True)
    exchange = RawText(required=True)
    routing_key = RawText(required=True)
    properties = Map(RawText(longest=TEXT), required=True)
    size = Whole(required=True)
    reason = Choice(REASONS, required=True)
    detail = RawText(longest=TEXT, required=True)
    orgunit = OrgUnit(required=True, allow_none=True)
    state = Choice(["waiting", "parked", "resolved", "discarded"], required=True)
    first_seen = Instant(required=True)
    last_seen = Instant(required=True)
    seen = Whole(least=1, required=True)
    attempts = Whole(required=True)
    next_try = Instant(required=True, allow_none=True)
    replay = Id()
    resolved = Instant()
    audit = Many(fields.Nested(DeadLetterAct), required=True, most=None)


class WholeDeadLetter(DeadLetter):
    """With the first 100,000 bytes of the message; a byte that isn't UTF-8 is given as `\\x..`. The
    body of a message that was resolved long ago is removed: then it is empty, and `body_removed`
    says when."""

    body = RawText(required=True)
    body_removed = Instant()


class DeadLetterGroup(Schema):
    """The unresolved dead letters of a reason; `waiting` of them are tried again."""

    reason = Choice(REASONS, required=True)
    messages = Whole(least=1, required=True)
    waiting = Whole(required=True)
    first_seen = Instant(required=True)
    last_seen = Instant(required=True)


class DeadLettersTouched(Schema):
    """How many dead letters the command is about."""

    messages = Whole(required=True)


class ReplayProgress(Schema):
    """Dead letters of a replay: still waiting, handled, or failed again by their reason now."""

    waiting = Whole(required=True)
    resolved = Whole(required=True)
    parked_again = Map(Whole(least=1), required=True)


class DeadLetterAudit(Schema):
    """A command on dead letters: who gave it, which letters it was for, and its terms. With `queue`
    it was for undelivered messages of that queue: `replay` returned them, `discard` removed them.
    `messages` is null as long as it isn't finished. With `period` and `revision` an issue was sent
    again to a subscriber's queue; with `event` a test message was sent there."""

    command_id = Id(required=True)
    at = Instant(required=True)
    actor = Actor(required=True)
    action = Choice(["replay", "discard", "resume"], required=True)
    messages = Whole(required=True, allow_none=True)
    reason = Choice(REASONS)
    ids = Many(Id(), most=PAGE)
    per_second = Whole(least=1)
    why = Text(longest=TEXT)
    invalid_in_a_row = Map(Whole())
    queue = Text()
    period = ReportPeriod()
    revision = Whole()
    event = Id()


class UndeliveredMessage(Schema):
    """`source` is the queue that it came from, null where it didn't come from one of the service's
    queues: then it can't be returned. `time` is when the broker gave it up, `size` its bytes."""

    source = Text(required=True, allow_none=True)
    routing_key = RawText(longest=TEXT, required=True)
    size = Whole(required=True)
    time = Instant(required=True, allow_none=True)


class UndeliveredQueue(Schema):
    """A queue of messages that came back too often, with the first ones."""

    queue = Text(required=True)
    messages = Whole(required=True)
    entries = Many(fields.Nested(UndeliveredMessage), required=True, most=PAGE)


NIL = changed(NIL_STATUSES)

METHODS = {
    "events": query(EventsQuery, EventsPage),
    "republish": query(EventsQuery, Republished),
    "bring_forward": query(BringForward, BroughtForward, Conflict, NotFound, Unavailable),
    "command": query(CommandQuery, CarriedOut),
    "tally": query(TallyQuery, Tally),
    "seal_period": create(SealPeriod, Changed),
    "report_nil": create(NilReport, NIL),
    "withdraw_nil": create(NilReport, NIL),
    "health": query(Query, Health),
    "dead_letters": query(DeadLettersQuery, Many(fields.Nested(DeadLetter), most=PAGE)),
    "dead_letter_groups": query(Query, Many(fields.Nested(DeadLetterGroup))),
    "dead_letter": query(DeadLetterById, WholeDeadLetter, NotFound),
    "replay_dead_letters": change(ReplayDeadLetters, DeadLettersTouched),
    "discard_dead_letters": change(DiscardDeadLetters, DeadLettersTouched),
    "resume_inbox": create(CommandSchema, DeadLettersTouched),
    "undelivered": query(UndeliveredQuery, Many(fields.Nested(UndeliveredQueue))),
    "return_undelivered": change(OnUndelivered, DeadLettersTouched),
    "discard_undelivered": change(DiscardUndelivered, DeadLettersTouched),
    "replay_progress": query(ById, ReplayProgress, NotFound),
    "dead_letter_audit": query(
        DeadLetterAuditQuery, Many(fields.Nested(DeadLetterAudit), most=PAGE)
    ),
}

# Former name → present name of methods that were renamed. Both names work.
ALIASES = {
    "parked": "dead_letters",
    "parked_groups": "dead_letter_groups",
    "parked_message": "dead_letter",
    "replay_parked": "replay_dead_letters",
    "discard_parked": "discard_dead_letters",
    "parked_audit": "dead_letter_audit",
}

METHODS |= {former: METHODS[present] for former, present in ALIASES.items()}
