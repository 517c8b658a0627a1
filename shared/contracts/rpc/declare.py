"""What every RPC method's arguments are made of."""

from dataclasses import dataclass

from marshmallow import RAISE, Schema

from shared.contracts.fields import Actor, Id, Instant, OrgUnit, Precision


class Query(Schema):
    """Arguments of a method that changes nothing."""

    class Meta:
        unknown = RAISE


class CommandSchema(Query):
    """Arguments of a changing method; `correlationid` and `causationid` continue a conversation."""

    command_id = Id(required=True)
    actor = Actor(required=True)
    correlationid = Id()
    causationid = Id()


class When(CommandSchema):
    """When it happened, and how precisely that is known: the instant is the start of it."""

    time = Instant(required=True)
    timeprecision = Precision(load_default="second")


class Happened(When):
    """A command that says where and when something happened."""

    orgunit = OrgUnit(required=True)


class OnAggregate(When):
    """A command on what an earlier one created."""

    id = Id(required=True)


@dataclass(frozen=True)
class Method:
    """One RPC method: the schema of its arguments."""

    arguments: type[Query]

    @property
    def changes(self) -> bool:
        """Is it a command?"""
        return issubclass(self.arguments, CommandSchema)
