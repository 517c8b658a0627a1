"""Services with personal data on a repository in memory, and the events that they would publish."""

from types import SimpleNamespace

from cryptography.fernet import Fernet

from services.relief.service import ReliefService
from services.supervision.oversight.commands import OversightCommands
from services.volunteering.service import VolunteeringService
from shared.aggregates.personal import PersonalData
from shared.domain.periods import parse_instant
from shared.service.base_service import Service
from tests.support.memory import MemoryService

NOW = parse_instant("2017-03-31T12:00:00+08:00")
TIME = "2017-01-03T09:00:00+08:00"
# Of no real person: the last characters are right, but there is no place 990000.
ID_NUMBERS = ("990000199001010017", "990000199001010025")


def personal_data():
    """The dependency of a service, with keys of its own."""
    keys = {"fields": Fernet(Fernet.generate_key()), "commands": b"c", "pseudonyms": b"p"}
    personal = PersonalData()
    personal.container = SimpleNamespace(config={"keys": keys})
    personal.setup()
    return personal


class _InMemory(MemoryService):
    ACTOR, TIME, UNIT = "person:office", TIME, "410103006"

    def __init__(self, units):
        super().__init__(NOW, units)
        self.personal = personal_data()

    def histories(self):
        """The events of each aggregate, in order."""
        return [self.events(id) for id in self.collection.documents]


class Relief(_InMemory, ReliefService):
    pass


class Volunteering(_InMemory, VolunteeringService):
    pass


class Oversight(_InMemory, OversightCommands):
    """The mixin as supervision has it."""

    name = "supervision"
    moment, place = Service.moment, Service.place
