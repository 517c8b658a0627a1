"""How an RPC method is declared, and the arguments and results that many methods share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema
from marshmallow.fields import Field

from shared.contracts.fields import (
    SCHEMA_MESSAGES,
    Actor,
    Choice,
    Flag,
    Id,
    Instant,
    OrgUnit,
    Precision,
    Text,
    Whole,
)
from shared.domain.errors import (
    Conflict,
    DeadlineExceeded,
    Forbidden,
    NeedsConfirmation,
    NotFound,
    Unavailable,
    ValidationFailed,
    WarmError,
)

# The most entries of one page of a list.
PAGE = 1000

# The schema of an object, or a field for an answer that is a list or a text.
Result = type[Schema] | Field[Any]
Error = type[WarmError]

# Any method may raise these; a method declares only the others.
EVERY_METHOD: tuple[Error, ...] = (ValidationFailed, DeadlineExceeded)
# Any command may raise these too.
EVERY_COMMAND: tuple[Error, ...] = (Forbidden, NeedsConfirmation, Unavailable)


class Arguments(Schema):
    """What a caller sends: the arguments of a method, or an object within them."""

    error_messages = SCHEMA_MESSAGES

    class Meta:
        unknown = RAISE


class Query(Arguments):
    """Arguments of a method that changes nothing."""


class Paged(Query):
    """A list by id: all of it, or its first `limit` entries with ids above `after`."""

    after = Id(load_default=None, allow_none=True)
    limit = Whole(least=1, most=PAGE, load_default=None, allow_none=True)


class CommandSchema(Query):
    """Arguments of a command. `correlationid` and `causationid` link it to what caused it, as the
    attributes of that name do in an event. `confirm_unlikely`: unlikely values are right; repeated
    with another value of it, it is the same command."""

    command_id = Id(required=True)
    actor = Actor(required=True)
    correlationid = Id()
    causationid = Id()
    confirm_unlikely = Flag(load_default=False)


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


class Correction(WithReason):
    """Corrects what was entered when something began; `time` is when that was. A part that is left
    out stays as it was. `withdrawn` says that it was entered by mistake: it counts in no week."""

    orgunit = OrgUnit(load_default=None, allow_none=True)
    withdrawn = Flag(load_default=False)


class CorrectionOfStanding(Correction):
    """`still_standing` says that it has not ended after all."""

    still_standing = Flag(load_default=False)


class ById(Query):
    id = Id(required=True)


class Changed(Schema):
    """The answer of a command: the aggregate and its version afterwards."""

    id = Id(required=True)
    version = Whole(required=True, least=1)


def changed(statuses: Iterable[str]) -> type[Schema]:
    """Changed with the status of the aggregate afterwards."""
    status = Choice(statuses, required=True)
    return type("Changed", (Changed,), {"__doc__": Changed.__doc__, "status": status})


class Stored(Schema):
    """An aggregate beside its state."""

    id = Id(required=True)
    orgunit = OrgUnit(required=True)
    version = Whole(required=True, least=1)


def stored(state: type[Schema]) -> type[Schema]:
    """The answer of a query for an aggregate: its whole state, as its events carry it."""
    return type(state.__name__.removesuffix("State"), (Stored, state), {"__doc__": state.__doc__})


@dataclass(frozen=True)
class Method:
    """One RPC method.

    `arguments` is the schema of its keyword arguments, which every call is checked against.
    `result` describes its answer; only tests check it. `errors` are the typed errors that it may
    raise besides EVERY_METHOD and, for a command, EVERY_COMMAND.
    """

    arguments: type[Query]
    result: Result
    errors: tuple[Error, ...] = ()

    @property
    def changes(self) -> bool:
        """True for a command, false for a query."""
        return issubclass(self.arguments, CommandSchema)

    @property
    def raises(self) -> tuple[Error, ...]:
        """All typed errors of the method, by name."""
        usual = (*EVERY_METHOD, *EVERY_COMMAND) if self.changes else EVERY_METHOD
        return tuple(sorted({*usual, *self.errors}, key=lambda error: error.__name__))


def create(arguments: type[CommandSchema], result: Result, *errors: Error) -> Method:
    """A command that creates an aggregate, or one whose id follows from its arguments."""
    return Method(arguments, result, (Conflict, *errors))


def change(arguments: type[CommandSchema], result: Result, *errors: Error) -> Method:
    """A command on an aggregate that has to be there."""
    return Method(arguments, result, (Conflict, NotFound, *errors))


def query(arguments: type[Query], result: Result, *errors: Error) -> Method:
    return Method(arguments, result, errors)
