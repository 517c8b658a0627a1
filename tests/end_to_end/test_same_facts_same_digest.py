"""The same facts give the same content, however they arrive and whatever dies on the way."""

import random

import pytest

from deploy.local.facts.fact_builder import FactBuilder
from deploy.local.facts.reader import read_facts
from shared.platform.topology import SERVICES
from tests.end_to_end.conftest import FACTS

SEED = 20170206
# In the default run; chaos kills each of them.
KILLED = ("relief", "supervision")


@pytest.fixture(scope="module")
def digests():
    """The digests seen so far: all have to be one."""
    return set()


def agree(digests, issue):
    digests.add(issue["content_digest"])
    assert len(digests) == 1


def shuffled(facts):
    order = list(facts)
    random.Random(SEED).shuffle(order)
    return order


def test_facts_entered_in_order(district, digests):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    district.enter(facts)
    agree(digests, district.publish(week))


def test_facts_shuffled_and_every_command_sent_twice(district, digests):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    district.clock.set(week.cutoff)
    for fact in shuffled(facts):
        for step in fact.steps:
            first, again = (
                district.rpc.call(step.service, step.method, **step.arguments) for _ in range(2)
            )
            assert first == again
    agree(digests, district.publish(week))


def test_the_same_facts_entered_by_other_commands(district, digests, monkeypatch):
    """Other command ids make other ids of everything: none of them is in the content."""
    usual = FactBuilder._command_id
    monkeypatch.setattr(FactBuilder, "_command_id", lambda *asked: f"again-{usual(*asked)}")
    facts, [week] = read_facts(FACTS)
    assert all(step.arguments["command_id"].startswith("again-") for step in facts[0].steps)
    district.start([week])
    district.enter(facts)
    agree(digests, district.publish(week))


def test_every_fact_sent_again_after_publication_changes_nothing(district, digests):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    district.enter(facts)
    issue = district.publish(week)
    district.clock.set(week.next().start)
    for fact in shuffled(facts):
        for step in fact.steps:
            district.rpc.call(step.service, step.method, **step.arguments)
    assert district.ask("verify", period=str(week))["equal"]
    agree(digests, issue)


@pytest.mark.parametrize(
    "victim",
    [name if name in KILLED else pytest.param(name, marks=pytest.mark.long) for name in SERVICES],
)
def test_a_service_killed_in_the_middle_and_started_again(district, digests, victim):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    half = len(facts) // 2
    district.enter(facts[:half])
    district.stack.kill_service(victim)
    district.restart(victim)
    district.enter(facts[half:])
    # Killed once more with nothing given back by it yet: what it acknowledged has to survive.
    district.stack.kill_service(victim)
    district.restart(victim)
    district.enter(facts)
    agree(digests, district.publish(week))
