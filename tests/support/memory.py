"""A repository in memory, for unit tests of a service's methods: as much of a collection as these
use, and a caller that loads arguments as RPC does."""

import copy
import re
from types import SimpleNamespace

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from pymongo.errors import DuplicateKeyError

from shared.aggregates.repository import Repository
from shared.contracts.event_times import week_of
from shared.contracts.messages import event_of
from shared.contracts.rpc.declare import CommandSchema
from shared.domain.clock import Clock
from shared.domain.errors import WarmError
from shared.domain.workdays import Calendar
from shared.service.rpc_server import with_command
from tests.support.contract_check import check_error, check_result


class MemoryService:
    """Mixed in before a service: its repository in memory, and `ask` to call its methods.

    `ask` fills in a command id, and the `ACTOR`, `TIME` and `UNIT` that the test's desk names.
    `name` is the service's, as the contract has it.
    """

    def __init__(self, now, units):
        self.collection = Collection()
        self.context = SimpleNamespace(
            clock=Clock(lambda: now),
            orgunits=Units(units),
            calendar=Notices(),
            outbox=SimpleNamespace(number=lambda: None),
            event_log=Log(self.collection),
            action_log=SimpleNamespace(carried_out=lambda command_id: None),
        )
        self.repository = Repository(self.collection, self.context.clock, self.name)
        self.commands = 0

    def ask(self, name, /, **arguments):
        """The method's answer or typed error, each as the contract declares it."""
        takes = next(iter(getattr(getattr(self, name), ENTRYPOINT_EXTENSIONS_ATTR))).takes
        try:
            answer = self._call(name, takes, arguments)
        except WarmError as error:
            check_error(self.name, name, error)
            raise
        check_result(self.name, name, answer)
        return answer

    def _call(self, name, takes, arguments):
        method = getattr(self, name)
        if not issubclass(takes, CommandSchema):
            return method(**takes().load(arguments))
        given = self._filled_in(takes, arguments)
        loaded = takes().load(given)
        return method(**with_command(self.repository, self.name, name, given, loaded))

    def _filled_in(self, takes, arguments):
        self.commands += 1
        usual = {
            "command_id": f"command-{self.commands}",
            "actor": self.ACTOR,
            "time": self.TIME,
            "orgunit": self.UNIT,
        }
        return {name: usual[name] for name in usual.keys() & takes().fields.keys()} | arguments

    def events(self, id):
        """All events of an aggregate."""
        return list(map(event_of, self.collection.documents[id]["pending"]))


class Notices:
    """The calendar notices that were entered, besides those that the release knows."""

    def __init__(self):
        self.entered = []

    def present(self):
        return Calendar(self.entered)


class Log:
    """The service's log, numbered or not, as far as nil reports read it."""

    def __init__(self, collection):
        self.collection = collection

    def last(self):
        return None

    def of_period(self, period, _last):
        documents = self.collection.documents.values()
        events = [event_of(pending) for document in documents for pending in document["pending"]]
        return [event for event in events if week_of(event) == period]


class Units:
    """A registry of these codes, the shortest of which is the district."""

    def __init__(self, codes):
        self.codes = set(codes)

    def problem(self, code, *days):
        return (
            None
            if code in self.codes
            else f"Must be a unit, such as {self.district()}: {code} isn't."
        )

    def known(self, codes):
        return self.codes & set(codes)

    def district(self):
        return min(self.codes, key=len)


class Written:
    def __init__(self, matched_count):
        self.matched_count = matched_count


class Found(list):
    def sort(self, key, _direction):
        super().sort(key=lambda document: document[key])
        return self

    def limit(self, most):
        return Found(self[:most] if most else self)

    def to_list(self):
        return list(self)


class Collection:
    def __init__(self):
        self.documents = {}

    def with_options(self, **_options):
        return self

    def find(self, query, _projection=None):
        return Found(copy.deepcopy([d for d in self.documents.values() if matches(d, query)]))

    def find_one(self, query, _projection=None):
        return next(iter(self.find(query)), None)

    def count_documents(self, query):
        return len(self.find(query))

    def insert_one(self, document):
        if document["_id"] in self.documents:
            raise DuplicateKeyError("_id")
        self._refuse_known(document["commands"][-1])
        identity = document.get("identity")
        if identity and self.find_one({"identity": identity}):
            raise DuplicateKeyError("identity")
        self.documents[document["_id"]] = copy.deepcopy(document)

    def update_one(self, query, update):
        self._refuse_known(update["$push"]["commands"])
        document = self.documents[query["_id"]]
        if document["version"] != query["version"]:
            return Written(0)
        document |= update.get("$set", {})
        document["commands"].append(update["$push"]["commands"])
        document["pending"] += update["$push"].get("pending", {"$each": []})["$each"]
        for name in update.get("$unset", ()):
            del document[name]
        return Written(1)

    def _refuse_known(self, command):
        if self.find_one({"commands.id": command["id"]}):
            raise DuplicateKeyError("commands.id")


def matches(document, query):
    return all(_fits(document, name, wanted) for name, wanted in query.items())


def _fits(document, name, wanted):
    if name == "commands.id":
        return any(entry["id"] == wanted for entry in document["commands"])
    value = document.get(name)
    if isinstance(wanted, dict) and "$in" in wanted:
        return value in wanted["$in"]
    if isinstance(wanted, dict) and "$ne" in wanted:
        return value != wanted["$ne"]
    if isinstance(wanted, dict) and "$exists" in wanted:
        return (name in document) == wanted["$exists"]
    if isinstance(wanted, dict) and "$regex" in wanted:
        return re.search(wanted["$regex"], value) is not None
    return value == wanted or (isinstance(value, list) and wanted in value)
