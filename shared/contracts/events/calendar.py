"""Events of the calendar: the notices that announce a year's holidays and make-up working days."""

from marshmallow import Schema, fields

from shared.contracts.events.declare import EventType
from shared.contracts.fields import Day, Many, Text, Whole

# No notice so far had more: seven holidays, and eight weekend days that were worked.
MOST_HOLIDAYS = 20
MOST_WORKING = 40


class Holiday(Schema):
    """A holiday from `first` to `last`, both included."""

    name = Text(required=True)
    first = Day(required=True)
    last = Day(required=True)


class CalendarState(Schema):
    """The calendar notice of a year: its holidays, and the weekend days that are `working` days in
    exchange. It decides about the days from 25 December of the year before to 24 December.

    `document` is the number of the notice; `reason` why it was corrected.
    """

    year = Whole(required=True)
    holidays = Many(fields.Nested(Holiday), required=True, least=1, most=MOST_HOLIDAYS)
    working = Many(Day(), required=True, most=MOST_WORKING)
    document = Text(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)


EVENTS = [
    EventType(
        "supervision.calendar.announced", 1, CalendarState, "放假安排公布", "calendar announced"
    ),
    EventType(
        "supervision.calendar.corrected", 1, CalendarState, "放假安排更正", "calendar corrected"
    ),
]
