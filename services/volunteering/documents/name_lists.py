"""Who has read which volunteers' names, and for what. The names themselves are never in it."""

from mongoengine import IntField, ListField, StringField

from shared.aggregates.aggregate import Aggregate
from shared.contracts.envelope import Moment
from shared.contracts.events.volunteering import COMMENDATION
from shared.domain.types import Json


class NameList(Aggregate):
    """A list of names that was read, by the volunteers' ids."""

    entity = "volunteering.name_list"

    purpose = StringField(required=True, default=COMMENDATION)
    year = IntField(required=True)
    volunteers = ListField(StringField(), required=True)
    reader = StringField(required=True)

    def state(self) -> Json:
        plain = {name: getattr(self, name) for name in ("purpose", "year", "reader")}
        return plain | {"volunteers": list(self.volunteers)}

    def read(self, moment: Moment) -> None:
        self.record("volunteering.name_list.read", moment)
