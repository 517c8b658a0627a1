"""Volunteering's aggregates: stations, categories, teams, volunteers, the days of service."""

from mongoengine import BinaryField, BooleanField, DictField, MapField, StringField
from pymongo import ASCENDING, IndexModel

from shared.aggregates.aggregate import Aggregate, Step
from shared.platform import database
from shared.service.stocks import DeclaredStock

INDEXES = {
    "aggregates": [
        *database.INDEXES["aggregates"],
        # Only rows of the ledger have a volunteer.
        IndexModel(
            [("volunteer", ASCENDING), ("served_on", ASCENDING)],
            partialFilterExpression={"volunteer": {"$exists": True}},
        ),
    ]
}


class Station(Aggregate):
    """A service station: open → closed."""

    steps = {"close": Step(("open",), "closed")}

    status = StringField(required=True, default="open")
    name = StringField(required=True)
    kind = DictField()

    def state(self):
        return {"status": self.status, "name": self.name, "kind": dict(self.kind) or None}

    def open(self, moment):
        self.record("volunteering.station.opened", moment)

    def close(self, moment):
        self.step("close")
        self.record("volunteering.station.closed", moment)


class Category(Aggregate):
    """A category of volunteer teams."""

    name = DictField(required=True)

    def state(self):
        return {"name": dict(self.name)}

    def define(self, moment):
        self.record("volunteering.category.defined", moment)


class Team(Aggregate):
    """A team of the district, a sub-district or a community: formed → disbanded."""

    steps = {"disband": Step(("formed",), "disbanded")}

    status = StringField(required=True, default="formed")
    name = StringField(required=True)
    level = StringField(required=True)
    category = StringField()
    professional = BooleanField(default=False)

    def state(self):
        plain = ("status", "name", "level", "category", "professional")
        return {name: getattr(self, name) for name in plain}

    def form(self, moment):
        self.record("volunteering.team.formed", moment)

    def disband(self, moment):
        self.step("disband")
        self.record("volunteering.team.disbanded", moment)


class Volunteer(Aggregate):
    """A person by a pseudonymous id: registered → left, and registered again."""

    steps = {
        "register": Step(("new", "left"), "registered"),
        "leave": Step(("registered",), "left"),
    }

    status = StringField(required=True, default="new")
    team = StringField()
    # Encrypted field by field; never part of `state`.
    personal = MapField(BinaryField())

    def state(self):
        return {"status": self.status, "team": self.team}

    def register(self, orgunit, team, personal, moment):
        """New, or back again, perhaps in another unit."""
        self.step("register")
        self.orgunit, self.team, self.personal = orgunit, team, personal
        self.record("volunteering.volunteer.registered", moment)

    def leave(self, moment):
        """Takes what is known of the person along: only the count of those who were here stays."""
        self.step("leave")
        self.personal = {}
        self.record("volunteering.volunteer.left", moment)


class ServiceDay(Aggregate):
    """A day of service that recurs by an RRULE, such as the 27th of every month."""

    name = DictField(required=True)
    rule = StringField(required=True)
    first = StringField(required=True)

    def state(self):
        return {"name": dict(self.name), "rule": self.rule, "first": self.first}

    def declare(self, moment):
        self.record("volunteering.service_day.declared", moment)


class Stock(DeclaredStock, Aggregate):
    service = "volunteering"
