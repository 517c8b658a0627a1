"""Issues published at once: each its own number, each provable."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from pymongo import MongoClient

from deploy.local.facts.reader import read_facts
from services.supervision.documents import Briefing
from services.supervision.indexes import INDEXES
from services.supervision.workflow.draft_schedule import drafted_periods
from shared.aggregates.repository import Repository
from shared.domain.clock import Clock
from shared.domain.periods import Week
from shared.platform.database import create_indexes
from shared.service.rpc_client import RpcClient
from tests.end_to_end.conftest import FACTS, District

SECONDS = 60
WEEKS = [str(Week(2017, week)) for week in range(6, 14)]


@pytest.fixture
def approved(clean_stack, snapshots):
    """Eight weeks, drafted and approved."""
    facts, [first] = read_facts(FACTS)
    with RpcClient(clean_stack.amqp_uri) as rpc:
        district = District(clean_stack, rpc, snapshots)
        district.start([first])
        district.enter(facts)
        district.clock.set(Week.parse(WEEKS[-1]).cutoff)
        for week in WEEKS:
            act(rpc, "draft", week)
            act(rpc, "approve", week, content_digest=shown(rpc, week)["content_digest"])
        yield district


def act(rpc, verb, week, **more):
    who = "signer" if verb == "approve" else "tester"
    return rpc.call(
        "supervision",
        f"{verb}_briefing",
        timeout=SECONDS,
        command_id=f"{verb}:{week}",
        actor=f"person:{who}",
        period=week,
        **more,
    )


def shown(rpc, week):
    return json.loads(rpc.call("supervision", "briefing", period=week, format="json", lang="zh"))


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


def test_what_is_shown_before_it_is_published_is_what_is_published(approved):
    with RpcClient(approved.stack.amqp_uri) as rpc:
        before = shown(rpc, WEEKS[0])
        act(rpc, "publish", WEEKS[0])
        after = shown(rpc, WEEKS[0])
    assert before["masthead"]["approved_by"] == "person:signer"
    assert changed(before, after) == {"digest", "freeze", "issue", "keyid", "masthead"} | {
        "signature",
        "status",
    }
    assert changed(before["freeze"], after["freeze"]) == {"facts"}
    at_publication = {"facts_root", "issue", "published_at", "status"}
    assert changed(before["masthead"], after["masthead"]) == at_publication


def changed(one, other):
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_the_weeks_with_a_briefing_are_found_without_reading_any(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        # Nobody else asks here.
        database = client[f"warm_test_{uuid.uuid4().hex[:8]}"]
        create_indexes(database, {"aggregates": INDEXES["aggregates"]})
        database["aggregates"].insert_many(
            {"_cls": Briefing.class_name(), "period": week, "document": "long"} for week in WEEKS
        )
        database.command("profile", 2)
        weeks = drafted_periods(Repository(database["aggregates"], Clock(), "supervision"))
        database.command("profile", 0)
        asked = list(database["system.profile"].find({"command.find": "aggregates"}))
        client.drop_database(database.name)
    assert sorted(map(str, weeks)) == WEEKS
    assert {entry.get("docsExamined", str(entry)) for entry in asked} == {0}
