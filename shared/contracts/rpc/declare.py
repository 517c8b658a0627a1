"""How an RPC method is declared, and the arguments that many methods share."""

from dataclasses import dataclass

from marshmallow import RAISE, Schema

from shared.contracts.fields import Actor, Id, Instant, OrgUnit, Precision, Text


class Query(Schema):
    """Arguments of a method that changes nothing."""

    class Meta:
        unknown = RAISE


class CommandSchema(Query):
    """Arguments of a command. `correlationid` and `causationid` link it to what caused it, as the
    attributes of that name do in an event."""

    command_id = Id(required=True)
    actor = Actor(required=True)
    correlationid = Id()
    causationid = Id()


class When(CommandSchema):
    """A command with the time of what happened: `time` is the start of the second, the part of the
    day, the day or the week that `timeprecision` names."""

    time = Instant(required=True)
    timeprecision = Precision(load_default="second")


class Happened(When):
    """A command about something that happened in an org unit; most create an aggregate."""

    orgunit = OrgUnit(required=True)


class OnAggregate(When):
    """A command on the aggregate with this id."""

    id = Id(required=True)


class WithReason(OnAggregate):
    reason = Text(required=True)


class ById(Query):
    id = Id(required=True)


@dataclass(frozen=True)
class Method:
    """One RPC method; `arguments` is the schema of its keyword arguments."""

    arguments: type[Query]

    @property
    def changes(self) -> bool:
        """True for a command, false for a query."""
        return issubclass(self.arguments, CommandSchema)
