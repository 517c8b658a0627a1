"""Erasing a person: the arguments and answers of the services with personal data."""

from marshmallow import Schema, fields

from shared.contracts.events.erasure import GROUNDS
from shared.contracts.fields import Actor, Choice, Id, Instant, Many
from shared.contracts.rpc.declare import CommandSchema


class Erase(CommandSchema):
    """`ground` is a code, so that no text about the person remains. It can't be undone."""

    id = Id(required=True)
    ground = Choice(GROUNDS, required=True)


class Erasure(Schema):
    id = Id(required=True)
    ground = Choice(GROUNDS, required=True)
    actor = Actor(required=True)
    recorded = Instant(required=True)


ERASURES = Many(fields.Nested(Erasure), required=True, most=None)
