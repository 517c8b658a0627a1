"""Calendar notices: the days off and the make-up working days of a year."""

from mongoengine import DictField, IntField, ListField, StringField

from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.contracts.events.calendar import CalendarState
from shared.domain.types import Json
from shared.domain.workdays import Notice

# What of a notice makes it the same or another one.
DAYS = ("holidays", "working", "document")


def notice_id(year: int) -> str:
    return f"calendar:{year}"


def announced(repository: Repository) -> list[Json]:
    """The calendar notices that were entered, with the version of each."""
    notices = repository.find(CalendarNotice)
    return [{"state": notice.state(), "version": notice.version} for notice in notices]


class CalendarNotice(SchemaState, Aggregate):
    """The notice of one year, as it was announced or corrected last."""

    state_schema, entity = CalendarState, "supervision.calendar"

    year = IntField(required=True)
    holidays = ListField(DictField(), required=True)
    working = ListField(StringField())
    document = StringField()
    # Of the last correction.
    reason = StringField()

    def notice(self) -> Notice:
        return Notice.from_state(self.state())

    def announce(self, moment: Moment) -> None:
        self.record("supervision.calendar.announced", moment)

    def correct(self, parts: Json, reason: str | None, moment: Moment) -> None:
        """Due days that are final stay; only what is counted from now on follows the correction."""
        for name in DAYS:
            setattr(self, name, parts[name])
        self.reason = reason
        self.record("supervision.calendar.corrected", moment)
