"""The reckoning: ledger = aggregates = log = facts = figures, each side read for itself."""

from collections import Counter
from itertools import islice

from shared.contracts.envelope import event_id
from shared.contracts.messages import event_of
from shared.platform.topology import SERVICES
from tests.chaos.settling import settle
from tests.support.district.oracle import WEEKS, expected
from tests.support.expected_week import CORE

SHOWN = 5
# Core figures that no story of the load feeds.
NEVER_FED = {
    "relief.orders_overdue",
    "supervision.milestones_reached",
    "volunteering.stations",
    "volunteering.team_categories",
    "volunteering.teams",
}


def reckon(district):
    """Wait until all has settled, and compare. Raises AssertionError with the first differences.
    Returns what was counted; the district is sound again."""
    settle(district)
    service_db = {name: Repository(district, name) for name in SERVICES}
    facts = _facts(district)
    problems = {
        "answers that changed": district.ledger.contradictions,
        "messages parked": _dead_letters(district),
        "ledger and aggregates": list(_ledger_and_aggregates(district.ledger, service_db)),
        "aggregates and log": [it for name in SERVICES for it in service_db[name].problems()],
        "ledger and log": list(_ledger_and_log(district.ledger, service_db)),
        "helpers": list(_helpers(service_db)),
        "log and facts": list(_log_and_facts(service_db, facts)),
        "ledger and figures": list(_ledger_and_figures(district)),
    }
    found = {what: (len(some), some[:SHOWN]) for what, some in problems.items() if some}
    assert not found, found
    district.sound = True
    return {"commands": len(district.ledger), "events": len(facts)}


class Repository:
    """What one service has stored: its aggregates with their commands, and its log."""

    def __init__(self, district, name):
        self.name = name
        with district.service_db(name) as database:
            kept = {"version": 1, "commands.id": 1, "commands.result": 1, "helpers": 1}
            stored = list(
                database["aggregates"].find({}, kept | {"activity_key": 1, "command_of": 1})
            )
            self.aggregates = {found["_id"]: found for found in stored if "version" in found}
            self.moved = [found for found in stored if "command_of" in found]
            entries = database["log"].find(sort=[("_id", 1)])
            self.log = [(entry["_id"], event_of(entry)) for entry in entries]
        self.ids = Counter(event["id"] for _, event in self.log)

    def commands(self):
        """(command id, aggregate id, result) of all that were carried out."""
        for found in (*self.aggregates.values(), *self.moved):
            for command in found["commands"]:
                yield command["id"], found.get("command_of", found["_id"]), command["result"]

    def problems(self):
        numbers = [number for number, _ in self.log]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{self.name}: the log has gaps"
        for number, event in self.log:
            if event["sourcesequence"] != number:
                yield f"{self.name}: {number} calls itself {event['sourcesequence']}"
        yield from (f"{self.name}: {one} is logged twice" for one, n in self.ids.items() if n > 1)
        yield from self._subjects()

    def _subjects(self):
        """Each version of an aggregate was told once, and nothing of an aggregate that isn't."""
        told = {identity: [] for identity in self.aggregates}
        for _, event in self.log:
            told.setdefault(event["subject"], []).append(event["subjectsequence"])
        for identity, versions in told.items():
            known = self.aggregates.get(identity, {"version": 0})["version"]
            if sorted(versions) != list(range(1, known + 1)):
                yield f"{self.name}: {identity} is at {known}, told were {sorted(versions)}"


def _ledger_and_aggregates(ledger, service_db):
    """Each acknowledged command is stored in one aggregate, with the result that was answered."""
    stored = {}
    for name, kept in service_db.items():
        for command, aggregate, result in kept.commands():
            if (name, command) in stored:
                yield f"{name}: {command} was carried out twice"
            stored[name, command] = aggregate, result
    for entry in ledger.entries():
        found = stored.get((entry.command.service, entry.command.id))
        if found != (entry.result["id"], entry.result):
            yield f"{entry.command}: answered {entry.result}, stored {found}"


def _ledger_and_log(ledger, service_db):
    """The event of each acknowledged command is there once."""
    for entry in ledger.entries():
        name = entry.command.service
        count = service_db[name].ids[event_id(name, entry.command.id, 1)]
        if count != 1:
            yield f"{entry.command}: its event is logged {count} times"


def _helpers(service_db):
    """An order that found helpers has one activity, and no order has two."""
    activities = Counter(
        found["activity_key"]
        for found in service_db["volunteering"].aggregates.values()
        if found.get("activity_key")
    )
    yield from (f"{order}: {n} activities" for order, n in activities.items() if n > 1)
    for identity, found in service_db["relief"].aggregates.items():
        arranged = (found.get("helpers") or {}).get("status") == "arranged"
        if arranged and not activities[identity]:
            yield f"{identity}: helpers without an activity"


def _facts(district):
    with district.service_db("supervision") as database:
        found = database["facts"].find({}, {"event": 1})
        return {fact["_id"]: event_of(fact) for fact in found}


def _log_and_facts(service_db, facts):
    told = {event["id"]: event for kept in service_db.values() for _, event in kept.log}
    yield from (f"{identity}: no fact" for identity in told.keys() - facts.keys())
    yield from (f"{identity}: in no log" for identity in facts.keys() - told.keys())
    for identity in told.keys() & facts.keys():
        if told[identity] != facts[identity]:
            yield f"{identity}: logged {told[identity]}, fact {facts[identity]}"


def _ledger_and_figures(district):
    wanted = expected(district.ledger)
    found = {}
    for week in WEEKS:
        for cell in district.ask("supervision", "live", period=week)["cells"]:
            # The district has a cell for every figure, fed or not.
            if cell["indicator"] in CORE - NEVER_FED and cell["denominator"] != "0":
                found[week, cell["indicator"], cell["orgunit"]] = cell["value"]
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key, "no cell") != found.get(key, "no cell"):
            yield f"{key}: ledger {wanted.get(key, 'no cell')}, live {found.get(key, 'no cell')}"


def _dead_letters(district):
    """Unexpected dead letters, and messages that should be dead letters and aren't."""
    found = {bytes(it["body"]): it["reason"] for it in district.unhandled()}
    differing = {body for body, _ in found.items() ^ district.poison.items()}
    return [
        f"{body[:300]!r}: parked {found.get(body)}, expected {district.poison.get(body)}"
        for body in islice(differing, SHOWN)
    ]
