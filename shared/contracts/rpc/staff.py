"""The RPC methods of the staff register, which supervision answers."""

from marshmallow import fields

from shared.contracts.events.staff import LONGEST_CODE, StaffState
from shared.contracts.fields import ID, NAME, TEXT, Day, Many, Text, Words
from shared.contracts.rpc.declare import (
    Changed,
    CommandSchema,
    Paged,
    change,
    create,
    query,
    stored,
)


class OnStaff(CommandSchema):
    """A command on the staff member whose actor is `person:<code>`."""

    code = Text(longest=LONGEST_CODE, pattern=ID, required=True)


class RegisterStaff(OnStaff):
    """A person holds an office from `valid_from` on, until before `valid_to` where that is known.
    Name and office are printed in issues."""

    name = Words(longest=NAME, required=True)
    office = Words(longest=NAME, required=True)
    valid_from = Day(required=True)
    valid_to = Day(load_default=None, allow_none=True)


class CorrectStaff(OnStaff):
    """Corrects the last term. A part that is left out keeps its value; `valid_to` null says that
    the term has not ended."""

    name = Words(longest=NAME)
    office = Words(longest=NAME)
    valid_from = Day()
    valid_to = Day(allow_none=True)
    reason = Text(longest=TEXT, required=True)


class EndStaff(OnStaff):
    """`valid_to` is the first day on which the person doesn't hold the office any more."""

    valid_to = Day(required=True)


METHODS = {
    "register_staff": create(RegisterStaff, Changed),
    "correct_staff": change(CorrectStaff, Changed),
    "end_staff": change(EndStaff, Changed),
    "staff": query(Paged, Many(fields.Nested(stored(StaffState)), most=None)),
}
