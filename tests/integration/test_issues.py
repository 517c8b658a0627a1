"""Issues published at once: each its own number, each provable."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.local.programme import read_facts
from shared.periods import Period
from shared.rpc_client import RpcClient
from tests.end_to_end.conftest import FACTS, District

SECONDS = 60
WEEKS = [str(Period(2017, week)) for week in range(6, 14)]


@pytest.fixture
def approved(clean_stack):
    """Eight weeks, drafted and approved."""
    facts, [first] = read_facts(FACTS)
    with RpcClient(clean_stack.amqp_uri) as rpc:
        district = District(clean_stack, rpc)
        district.start([first])
        district.enter(facts)
        district.clock.set(Period.parse(WEEKS[-1]).cutoff)
        for verb in ("draft", "approve"):
            for week in WEEKS:
                act(rpc, verb, week)
        yield district


def act(rpc, verb, week):
    return rpc.call(
        "supervision",
        f"{verb}_briefing",
        timeout=SECONDS,
        command_id=f"{verb}:{week}",
        actor="person:tester",
        period=week,
    )


def publish(amqp_uri, week):
    with RpcClient(amqp_uri) as rpc:
        return act(rpc, "publish", week)


def test_issues_published_at_once_have_numbers_of_their_own_and_verify(approved):
    uri = approved.stack.amqp_uri
    with ThreadPoolExecutor(len(WEEKS)) as pool:
        list(pool.map(lambda week: publish(uri, week), WEEKS))
    verdicts = [approved.ask("verify", period=week) for week in WEEKS]
    assert sorted(verdict["issue"] for verdict in verdicts) == list(range(1, len(WEEKS) + 1))
    assert [verdict["period"] for verdict in verdicts if not verdict["equal"]] == []
