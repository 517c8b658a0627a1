"""Events of every service about a week: its seal, and nil reports of units."""

from marshmallow import Schema, fields

from shared.contracts.events.declare import EventType
from shared.contracts.fields import Choice, Digest, Many, Text, Week, Whole
from shared.domain.service_names import NAMES

NIL_STATUSES = {
    "reported": ("零报告", "nil reported"),
    "withdrawn": ("已撤回", "withdrawn"),
}


class TypeCount(Schema):
    type = Text(required=True)
    count = Whole(required=True, least=1)


class SealState(Schema):
    """The events of a week in a service's log, up to number `last`.

    `counts` and `digest` cover the events that happened in the week, without seals. `digest` is the
    SHA-256 of the digests of these events, in the order of their numbers. If more events come
    later, the week is sealed again.
    """

    period = Week(required=True)
    last = Whole(required=True)
    events = Whole(required=True)
    counts = Many(fields.Nested(TypeCount), required=True)
    digest = Digest(required=True)


class NilState(Schema):
    """A unit reports that it has nothing to report for a week, which is not silence."""

    period = Week(required=True)
    status = Choice(NIL_STATUSES, required=True)


def week_events(service: str) -> list[EventType]:
    """The event types that every service has."""
    zh, en = NAMES[service]
    return [
        EventType(f"{service}.period.sealed", 1, SealState, f"{zh}封账", f"{en}: week sealed"),
        EventType(f"{service}.nil.reported", 1, NilState, f"{zh}零报告", f"{en}: nil report"),
    ]
