"""Service stations, teams with their categories, and declared stocks."""

from mongoengine import BooleanField, DictField, StringField

from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.standing import Standing
from shared.contracts.envelope import Moment
from shared.domain.types import Json
from shared.service.stocks import DeclaredStock


class Station(Standing, Aggregate):
    """A service station: open → closed."""

    entity, begins, ends = "volunteering.station", "opened", ("closed", "open")
    steps = {"close": Step(("open",), "closed")}
    follows = {"closed": ("opened",)}
    restates = {"corrected": "opened"}

    status = StringField(required=True, default="open")
    name = StringField(required=True)
    kind = DictField()

    def state(self) -> Json:
        plain = {name: getattr(self, name) for name in ("status", "name", "withdrawn", "reason")}
        return plain | {"kind": dict(self.kind) or None}

    def open(self, moment: Moment) -> None:
        self.record("volunteering.station.opened", moment)

    def close(self, moment: Moment) -> None:
        self.step("close")
        self.record("volunteering.station.closed", moment)


class Category(Standing, Aggregate):
    """A category of volunteer teams."""

    entity, begins = "volunteering.category", "defined"

    name = DictField(required=True)

    def state(self) -> Json:
        return {"name": dict(self.name), "withdrawn": self.withdrawn, "reason": self.reason}

    def define(self, moment: Moment) -> None:
        self.record("volunteering.category.defined", moment)


class Team(Standing, Aggregate):
    """A team of the district, a sub-district or a community: formed → disbanded."""

    entity, begins = "volunteering.team", "formed"
    ends = ("disbanded", "formed")
    steps = {"disband": Step(("formed",), "disbanded")}
    follows = {"disbanded": ("formed",)}
    restates = {"corrected": "formed"}

    status = StringField(required=True, default="formed")
    name = StringField(required=True)
    level = StringField(required=True)
    category = StringField()
    professional = BooleanField(default=False)

    def state(self) -> Json:
        plain = ("status", "name", "level", "category", "professional", "withdrawn", "reason")
        return {name: getattr(self, name) for name in plain}

    def form(self, moment: Moment) -> None:
        self.record("volunteering.team.formed", moment)

    def disband(self, moment: Moment) -> None:
        self.step("disband")
        self.record("volunteering.team.disbanded", moment)


class Stock(DeclaredStock, Aggregate):
    service, entity = "volunteering", "volunteering.stock"
