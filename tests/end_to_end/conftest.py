"""A district to play with: fresh stores, five services as processes, a clock that is set."""

import copy
import json
import uuid
from pathlib import Path

import pytest
import yaml

from deploy.local import demo
from deploy.local.facts.reader import read_facts
from deploy.local.settable_clock import SettableClock
from shared.service.rpc_client import RpcClient
from tests.support.contract_check import checked_call
from tests.support.running import approve

FACTS = demo.FACTS
HEAD = demo.HEAD
PUBLISHED = "the first week, published"


class District:
    def __init__(self, stack, rpc, snapshots):
        self.stack = stack
        self.rpc = rpc
        self.snapshots = snapshots
        self.clock = SettableClock(stack.home / "clock")
        self.settings = {"WARM_NOW": self.clock.setting}

    def start(self, weeks):
        """The services, at the start of the first week, with the registry entered."""
        registry = f"registry at {weeks[0]}"
        if not self.resume(registry, weeks[0].start):
            self._run(weeks[0].start)
            demo.enter_registry(self.rpc, lambda _: None)
            self.snapshots.take(registry, self.rpc)

    def resume(self, snapshot, instant):
        """The services at an instant, with what a snapshot holds. Returns False, and nothing is
        started, where there is no such snapshot."""
        restored = self.snapshots.restore(snapshot)
        if restored:
            self._run(instant)
        return restored

    def _run(self, instant):
        self.clock.set(instant)
        self.stack.start_services(extra_env=self.settings)
        self.stack.wait_answering()

    def enter(self, facts):
        demo.enter_facts(self.rpc, facts, self.clock, lambda _: None)

    def publish(self, week):
        """The published issue."""
        self.clock.set(week.cutoff)
        demo.publish(self.rpc, week, lambda _: None)
        return json.loads(self.ask("briefing", period=str(week)))

    def ask(self, method, **arguments):
        return checked_call(self.rpc, "supervision", method, timeout=60, **arguments)

    def do(self, service, method, actor=HEAD, **arguments):
        """A command of its own."""
        given = {"command_id": str(uuid.uuid4()), "actor": actor, **arguments}
        return checked_call(self.rpc, service, method, timeout=60, **given)

    def approve(self, period, **more):
        """Approve the draft that is shown now."""
        return approve(self.do, lambda _, method, **it: self.ask(method, **it), period, **more)

    def log(self, service, event_type):
        """The service's own events of a type, in the order of its log."""
        told = self.rpc.call(service, "events", after=0, limit=1000)["events"]
        return [event for event in told if event["type"] == event_type]

    def restart(self, name):
        self.stack.start_service(name, self.settings)


@pytest.fixture
def district(clean_stack, snapshots):
    with RpcClient(clean_stack.amqp_uri) as rpc:
        yield District(clean_stack, rpc, snapshots)


@pytest.fixture
def published(district):
    """The programme's facts, entered and published as issue 1 of their week."""
    resume_published(district)
    return district


@pytest.fixture
def other_facts(tmp_path):
    """`other_facts(change)` → a facts file that differs from the programme's by `change(data)`."""

    def write(change):
        programme = copy.deepcopy(yaml.safe_load(Path(FACTS).read_text(encoding="utf-8")))
        change(programme)
        path = tmp_path / "facts.yaml"
        path.write_text(yaml.safe_dump(programme, allow_unicode=True), encoding="utf-8")
        return path

    return write


def play(district, path):
    """Enter all facts of a file and publish every week. Returns week → issue."""
    facts, weeks = read_facts(path)
    district.start(weeks)
    district.enter(facts)
    return {str(week): district.publish(week) for week in weeks}


def resume_published(district):
    """The first week, published: entered the first time, put back from then on."""
    facts, [week] = read_facts(FACTS)
    if not district.resume(PUBLISHED, week.cutoff):
        district.start([week])
        district.enter(facts)
        district.publish(week)
        district.snapshots.take(PUBLISHED, district.rpc)
    district.week = week
    district.first = json.loads(district.ask("briefing", period=str(week)))
