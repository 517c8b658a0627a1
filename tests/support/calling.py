"""Callers that give commands without a pause, and what has to be true of them afterwards."""

from concurrent.futures import ThreadPoolExecutor

from deploy.local.waiting import wait_until
from shared.domain.errors import DeadlineExceeded, Unavailable
from shared.service.rpc_client import RpcClient
from tests.support.running import COMMUNITY, PERSON, TIME

VISITS = "relief.visits_household"
CALLERS = 8
# Soon enough to ask again after whatever was killed has started again.
SECONDS = 1
PATIENCE = 60


def record_visits(rpc, command_id):
    visits = {"value": "1", "qualifier": "exact", "unit": "visit"}
    return rpc.call(
        "relief",
        "record_visits",
        timeout=SECONDS,
        command_id=command_id,
        actor=PERSON,
        orgunit=COMMUNITY,
        time=TIME,
        kind="household",
        visits=visits,
    )


class Caller:
    """Gives one command after the other until told to stop; knows which were acknowledged.

    After the first `most` commands it repeats them, which changes nothing.
    """

    def __init__(self, running, name, most=1_000_000):
        self.running, self.name, self.most = running, name, most
        self.acknowledged = {}
        self.given = 0
        self.stopping = False

    def run(self):
        with RpcClient(self.running.stack.amqp_uri) as rpc:
            number = 0
            while not self.stopping:
                self.give(rpc, f"{self.name}:{number % self.most}")
                number += 1
                self.given += 1

    def give(self, rpc, command_id):
        """Again and again until it is acknowledged, as a caller does who doesn't know."""
        while not self.stopping:
            try:
                made = record_visits(rpc, command_id)["id"]
                assert self.acknowledged.setdefault(command_id, made) == made
                return
            except (DeadlineExceeded, Unavailable):
                continue


def callers(running, test):
    return [Caller(running, f"{test}:{n}") for n in range(CALLERS)]


def while_calling(callers, act):
    """Let all of them call at once while `act()` happens."""
    with ThreadPoolExecutor(len(callers)) as pool:
        results = [pool.submit(caller.run) for caller in callers]
        try:
            act()
        finally:
            for caller in callers:
                caller.stopping = True
        for result in results:
            result.result()


def acknowledged(callers):
    """Command id → id of what it made, up to now."""
    found = {}
    for caller in callers:
        found |= caller.acknowledged
    return found


def call_more(callers, count=20):
    """Wait until so many more commands are acknowledged."""
    enough = len(acknowledged(callers)) + count
    assert wait_until(lambda: len(acknowledged(callers)) >= enough, PATIENCE)


def assert_nothing_lost(running, callers):
    """Every acknowledged command: once in the log, without a gap, gone out, counted."""
    running.settled()
    events = whole_log(running)
    assert [event["sourcesequence"] for event in events] == list(range(1, len(events) + 1))
    assert len({event["id"] for event in events}) == len(events)
    subjects = [event["subject"] for event in events if event["type"] == "relief.visit.recorded"]
    assert sorted(set(subjects)) == sorted(subjects)
    assert set(acknowledged(callers).values()) <= set(subjects)
    with running.service_db("supervision") as service_db:
        facts = service_db["facts"].distinct("_id", {"source": "relief"})
    assert sorted(facts) == sorted(event["id"] for event in events)
    assert running.live(VISITS) == str(len(subjects))


def whole_log(running):
    events = []
    while page := running.ask("relief", "events", after=len(events))["events"]:
        events += page
    return events
