"""Events of the staff register: the officials who prepare, review and sign issues.

Display name and office are printed in every issue that the person prepares or signs, as in any
official document. Nothing else about the person is kept.
"""

from marshmallow import Schema, fields

from shared.contracts.events.declare import EventType
from shared.contracts.fields import ID, NAME, TEXT, Day, Many, Text, Words

# An id is the code with a prefix, and an id has at most 64 characters.
LONGEST_CODE = 58
MOST_TERMS = 50


class Term(Schema):
    """A name and an office, as they are printed from `valid_from` until before `valid_to`; null
    where no end is known."""

    name = Words(longest=NAME, required=True)
    office = Words(longest=NAME, required=True)
    valid_from = Day(required=True)
    valid_to = Day(required=True, allow_none=True)


class StaffState(Schema):
    """A staff member, with the terms of office in their order. The actor `person:<code>` is this
    one, for good. `reason` says why the last term was corrected."""

    code = Text(longest=LONGEST_CODE, pattern=ID, required=True)
    terms = Many(fields.Nested(Term), required=True, least=1, most=MOST_TERMS)
    reason = Text(longest=TEXT, required=True, allow_none=True)


EVENTS = [
    EventType("supervision.staff.registered", 1, StaffState, "人员登记", "staff member registered"),
    EventType("supervision.staff.corrected", 1, StaffState, "人员更正", "staff member corrected"),
    EventType("supervision.staff.ended", 1, StaffState, "人员离任", "term of office ended"),
]
