"""A type in three versions: the first is only read, the second is published beside the third."""

from contextlib import contextmanager

import pytest
from marshmallow import Schema, fields

from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.declare import Beside, EventType
from shared.contracts.fields import Choice, Many, Whole

NAME = "relief.parcel.counted"


class Packets(Schema):
    packets = Whole(required=True)


class Parcels(Schema):
    parcels = Whole(required=True)


class Kind(Schema):
    kind = Choice(["rice", "oil"], required=True)
    parcels = Whole(required=True, most=1000)


class Kinds(Schema):
    kinds = Many(fields.Nested(Kind), required=True)


def added_up(state):
    return {"parcels": sum(it["parcels"] for it in state["kinds"])}


FIRST = EventType(NAME, 1, Packets, "清点包裹", "packets counted")
SECOND = EventType(NAME, 2, Parcels, "清点包裹", "parcels counted", FIRST, Beside("9.0", added_up))
THIRD = EventType(NAME, 3, Kinds, "清点包裹", "kinds of parcels counted", SECOND)
VERSIONS = (FIRST, SECOND, THIRD)


@contextmanager
def declared(*newest):
    """These types are declared too, or in place of those with their names."""
    with pytest.MonkeyPatch.context() as patch:
        for event_type in newest:
            patch.setitem(EVENT_TYPES, event_type.name, event_type)
        yield
