"""Events of every service about a week, and about its own log: the seal of a week, nil reports of
units, and what became of the log after its database was restored from an older copy."""

from marshmallow import Schema, fields

from shared.contracts.events.declare import EventType
from shared.contracts.fields import Choice, Digest, Many, ReportPeriod, Text, Week, Whole
from shared.domain.service_names import NAMES

NIL_STATUSES = {
    "reported": ("零报告", "nil reported"),
    "withdrawn": ("已撤回", "withdrawn"),
}


class TypeCount(Schema):
    type = Text(required=True)
    count = Whole(required=True, least=1)


class SealState(Schema):
    """The events of a period in a service's log, up to number `last`.

    `counts` and `digest` cover the events that happened in it, without seals. `digest` is the
    SHA-256 of the digests of these events, in the order of their numbers. If more events come
    later, the period is sealed again.
    """

    period = ReportPeriod(required=True)
    last = Whole(required=True)
    events = Whole(required=True)
    counts = Many(fields.Nested(TypeCount), required=True)
    digest = Digest(required=True)


class NilState(Schema):
    """A unit reports that it has nothing to report for a week, which is not silence."""

    period = Week(required=True)
    status = Choice(NIL_STATUSES, required=True)


class LostState(Schema):
    """Nobody has the event that had this number: the log was restored from an older copy, and the
    event was published nowhere. This event takes its place, so that the numbers have no gap."""

    number = Whole(required=True, least=1)
    incarnation = Whole(required=True, least=2)


class ForwardState(Schema):
    """The log was restored from an older copy and brought forward: `incarnation` begins with the
    number after `last`. `read_back` events came back from supervision, `renumbered` ones got new
    numbers because theirs were taken, `lost` numbers are nobody's any more. `left` is how many
    subjects need a person."""

    incarnation = Whole(required=True, least=2)
    last = Whole(required=True)
    read_back = Whole(required=True)
    renumbered = Whole(required=True)
    lost = Whole(required=True)
    left = Whole(required=True)


def week_events(service: str) -> list[EventType]:
    """The event types that every service has."""
    zh, en = NAMES[service]
    return [
        EventType(f"{service}.period.sealed", 1, SealState, f"{zh}封账", f"{en}: period sealed"),
        EventType(f"{service}.nil.reported", 1, NilState, f"{zh}零报告", f"{en}: nil report"),
        EventType(f"{service}.number.lost", 1, LostState, f"{zh}编号作废", f"{en}: number lost"),
        EventType(
            f"{service}.log.brought_forward",
            1,
            ForwardState,
            f"{zh}日志补齐",
            f"{en}: log brought forward",
        ),
    ]
