"""One database is restored from an older copy, while the others stay as they are."""

import json
from contextlib import contextmanager

import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.local import status
from deploy.local.cli import app
from deploy.local.purge import purge_queues
from shared.domain.errors import NotFound, Unavailable
from shared.domain.periods import Week
from shared.platform.database import database_name
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient
from tests.support.running import COMMUNITY, TIME, WEEK, Running, order
from tests.support.stack import end_services, stack_name

VISITS = "relief.visits_household"
WEEKS = [WEEK, WEEK.next(), WEEK.next().next()]


@pytest.fixture(scope="module")
def started(stack):
    stack.reset()
    with RpcClient(stack.amqp_uri) as rpc:
        services = Running(stack, rpc)
        services.log_check_seconds = "1"
        services.set_clock(WEEK.cutoff)
        services.start()
        services.enter_registry()
        yield services
        services.close()
    end_services(stack)


def visit(running, number, **more):
    amount = {"value": str(number), "qualifier": "exact", "unit": "visit"}
    about = {"kind": "household", "visits": amount, "orgunit": COMMUNITY, "time": TIME}
    return running.do("relief", "record_visits", **about | more)


@contextmanager
def raw(running):
    with MongoClient(running.stack.mongodb_uri, document_class=RawBSONDocument) as client:
        yield client


def copy(running, service):
    """The service's database as it is now."""
    with raw(running) as client:
        found = client[database_name(service)]
        return {name: list(found[name].find()) for name in found.list_collection_names()}


def put_back(running, service, kept):
    """The service is stopped, its database becomes the copy."""
    running.stack.stop_services([service])
    with raw(running) as client:
        database = client[database_name(service)]
        for name in database.list_collection_names():
            database[name].delete_many({})
        for name, documents in kept.items():
            if documents:
                database[name].insert_many(documents)


def in_relief(running):
    """What the aggregates of relief say."""
    with running.service_db("relief") as database:
        found = database["aggregates"].find({"visits": {"$exists": True}})
        return sum(int(it["visits"]["value"]) for it in found if not it.get("withdrawn"))


def figure(running):
    """What the figures of all weeks say."""
    return sum(int(running.live(VISITS, week=week) or 0) for week in WEEKS)


def problems(running, service):
    return {it["code"]: it["detail"] for it in running.health(service)["problems"]}


def printed_status(running):
    return "\n".join(status.hints(status.status(running.stack)))


def bring_forward(*arguments):
    done = CliRunner().invoke(app, ["bring-forward", *arguments, "--stack", stack_name()])
    assert done.exit_code == 0, done.output
    return done.output


def assert_whole(running):
    """No number twice, none missing, and facts and aggregates say the same."""
    running.settled()
    for service in SERVICES:
        with running.service_db(service) as database:
            log = {it["_id"]: it["id"] for it in database["log"].find({}, {"id": 1})}
        with running.service_db("supervision") as database:
            facts = {it["seq"]: it["_id"] for it in database["facts"].find({"source": service})}
        assert sorted(log) == list(range(1, len(log) + 1)), service
        assert facts == log, service
    running.wait(lambda: figure(running) == in_relief(running))


def publish(running, week):
    """Draft, approve and publish: refused where a service isn't reconciled."""
    running.issue(str(week))
    assert running.ask("supervision", "verify", period=str(week))["equal"]


@pytest.mark.problem("log_behind")
def test_a_database_restored_alone_is_noticed_and_brought_forward(running):
    early = [visit(running, number) for number in (1, 2)]
    running.settled()
    kept = copy(running, "relief")
    late = [visit(running, number, command_id=f"late-{number}") for number in (10, 20, 40)]
    correction = {"visits": {"value": "4", "qualifier": "exact", "unit": "visit"}}
    when = {"time": TIME, "reason": "counted again"}
    running.do("relief", "correct_visits", id=early[0]["id"], **correction, **when)
    running.settled()
    before, seen = in_relief(running), running.health("relief")["log_last"]
    put_back(running, "relief", kept)
    running.start("relief")
    running.wait(lambda: "log_behind" in problems(running, "relief"))
    health = running.health("relief")
    assert (health["status"], health["incarnation"]) == ("degraded", 1)
    assert problems(running, "relief")["log_behind"] == f"has {seen - 4}, seen {seen}"
    assert "./warm bring-forward relief" in printed_status(running)
    with pytest.raises(Unavailable) as refused:
        visit(running, 100)
    assert refused.value.data["problem"] == "log_behind"
    # Queries go on, and a command that was carried out before has its result.
    assert running.ask("relief", "tally", period=str(WEEK))["events"]
    dry = bring_forward("relief", "--dry-run")
    assert "4 events would be read back" in " ".join(dry.split())
    assert "log_behind" in problems(running, "relief")
    assert "4 events read back" in " ".join(bring_forward("relief").split())
    running.wait(lambda: running.health("relief")["status"] == "ready")
    assert running.health("relief")["incarnation"] == 2
    assert in_relief(running) == before == 2 + 4 + 70
    # Repeated, a command that the copy didn't know gives its first result.
    assert visit(running, 10, command_id="late-10") == late[0]
    visit(running, 100)
    assert_whole(running)
    assert "nothing to do" in bring_forward("relief")


def test_what_was_recorded_before_anybody_noticed_keeps_its_effect(running):
    """Supervision is down when relief comes back: relief works on, with numbers that were used."""
    running.settled()
    for number in (100, 200):
        visit(running, number)
    running.settled()
    kept = copy(running, "relief")
    for number in (1000, 2000, 4000):
        visit(running, number)
    running.settled()
    before = in_relief(running)
    running.stack.stop_services(["supervision"])
    put_back(running, "relief", kept)
    running.start("relief")
    for number in (1, 2, 3, 4, 5):
        visit(running, number)
    running.wait(lambda: running.health("relief")["pending"] == 0)
    running.start("supervision")
    running.wait(lambda: "log_behind" in problems(running, "relief"))
    running.wait(lambda: running.depth("supervision.inbox") == 0)
    letters = running.ask("supervision", "dead_letter_groups")
    assert [(it["reason"], it["messages"]) for it in letters] == [("number_taken", 3)]
    told = " ".join(bring_forward().split())
    assert "relief: 3 events read back, 3 numbered anew" in told
    assert_whole(running)
    assert in_relief(running) == before + 15
    # Their dead letters are settled by themselves: each event is a fact under its new number.
    running.wait(lambda: running.ask("supervision", "dead_letter_groups") == [])


def test_the_open_week_is_named_incomplete_and_can_be_published_afterwards(running):
    running.settled()
    kept = copy(running, "relief")
    visit(running, 7)
    running.settled()
    put_back(running, "relief", kept)
    running.start("relief")
    running.wait(lambda: "log_behind" in problems(running, "relief"))
    running.do("supervision", "draft_briefing", period=str(WEEK))
    drafted = running.ask("supervision", "briefing", period=str(WEEK), format="text", lang="en")
    assert "bring it forward" in " ".join(drafted.split())
    bring_forward("relief")
    assert_whole(running)
    publish(running, WEEK)
    # What a service says of its log is no report, and counts in no figure.
    tally = running.ask("relief", "tally", period=str(Week.of(WEEK.cutoff)))["events"]
    assert tally["relief.log.brought_forward"] == 3


def test_a_number_that_nobody_has_an_event_for_is_named(running):
    """The event was numbered, and lost with the database before it was published."""
    running.settled()
    kept = copy(running, "relief")
    running.stack.stop_services(["supervision"])
    lost = running.ask("relief", "events", after=0, limit=1)["last"] + 1
    with running.service_db("relief") as database:
        database["log"].insert_one({"_id": lost, "id": "of a visit", "event": "{}"})
    visit(running, 2)
    running.wait(lambda: running.health("relief")["pending"] == 0)
    put_back(running, "relief", kept)
    running.start()
    running.wait(lambda: "log_behind" in problems(running, "relief"))
    told = bring_forward("relief")
    assert f"lost numbers: {lost}" in told
    running.settled()
    with running.service_db("relief") as database:
        assert database["log"].find_one({"_id": lost})["type"] == "relief.number.lost"
    # It keeps no week incomplete.
    assert_whole(running)


def test_supervision_alone_comes_back_with_its_issues(running):
    running.settled()
    kept = copy(running, "supervision")
    running.set_clock(WEEK.next().cutoff)
    when = {"time": "2017-02-14T09:00:00+08:00"}
    visit(running, 11, **when)
    practice = {"what": {"zh": "好做法", "en": "good"}, "orgunit": COMMUNITY, **when}
    known = running.do("supervision", "recognise_practice", **practice)
    publish(running, WEEK.next())
    running.settled()
    issue = running.ask("supervision", "briefing", period=str(WEEK.next()))
    put_back(running, "supervision", kept)
    running.start("supervision")
    running.wait(lambda: "log_behind" in problems(running, "supervision"))
    with pytest.raises(Unavailable):
        running.do("supervision", "recognise_practice", **practice)
    bring_forward()
    running.wait(lambda: running.health("supervision")["status"] == "ready")
    assert_whole(running)
    assert running.ask("supervision", "briefing", period=str(WEEK.next())) == issue
    assert running.ask("supervision", "verify", period=str(WEEK.next()))["equal"]
    assert running.ask("supervision", "verify", period=str(WEEK))["equal"]
    with running.service_db("supervision") as database:
        assert database["aggregates"].find_one({"_id": known["id"]})["version"] == 1
    # A number is never used twice.
    running.set_clock(WEEK.next().next().cutoff)
    publish(running, WEEK.next().next())
    third = json.loads(running.ask("supervision", "briefing", period=str(WEEK.next().next())))
    assert third["issue"] == json.loads(issue)["issue"] + 1


def test_two_databases_of_different_hours(running):
    running.settled()
    when = {"time": "2017-02-21T09:00:00+08:00"}
    oldest = copy(running, "supervision")
    visit(running, 21, **when)
    running.settled()
    older = copy(running, "relief")
    for number in (22, 23):
        visit(running, number, **when)
    running.settled()
    before = in_relief(running)
    put_back(running, "supervision", oldest)
    put_back(running, "relief", older)
    running.start("relief")
    running.start("supervision")
    running.wait(lambda: "log_behind" in problems(running, "relief"))
    told = " ".join(bring_forward().split())
    assert "relief: 2 events read back" in told
    assert_whole(running)
    assert in_relief(running) == before


@pytest.mark.problem("stream_short")
def test_a_broker_that_lost_its_data_is_noticed_and_filled_again(running):
    running.settled()
    running.stack.stop_services()
    purge_queues(running.stack.amqp_uri)
    running.start()
    running.wait(lambda: "stream_short" in problems(running, "supervision"))
    assert running.health("supervision")["status"] == "ready"
    assert "./warm republish" in printed_status(running)
    done = CliRunner().invoke(app, ["republish", "--stack", stack_name()])
    assert done.exit_code == 0, done.output
    running.wait(lambda: "stream_short" not in problems(running, "supervision"))
    assert_whole(running)
    visit(running, 31, time="2017-02-21T09:00:00+08:00")
    assert_whole(running)


@pytest.mark.problem("log_unchecked")
def test_a_restored_service_takes_no_commands_until_it_is_compared(running):
    running.settled()
    running.stack.stop_services(["relief", "supervision"])
    with running.service_db("relief") as database:
        database["log_state"].insert_one({"_id": "restored", "taken": "2017-02-13T040000Z"})
    running.start("relief")
    running.wait(lambda: "log_unchecked" in problems(running, "relief"))
    with pytest.raises(Unavailable) as refused:
        visit(running, 41)
    assert refused.value.data["problem"] == "log_unchecked"
    assert "./warm logs supervision" in printed_status(running)
    running.start("supervision")
    running.wait(lambda: running.health("relief")["status"] == "ready")
    visit(running, 41)
    assert_whole(running)


@pytest.mark.problem("left_over")
def test_what_is_left_for_a_person_is_shown_until_it_is_settled(running):
    running.settled()
    kept = copy(running, "relief")
    given = order() | {"beneficiary": {"name": "某某", "age": 70}}
    lost = running.do("relief", "raise_order", **given)["id"]
    running.settled()
    put_back(running, "relief", kept)
    running.start("relief")
    running.wait(lambda: "log_behind" in problems(running, "relief"))
    assert lost in bring_forward("relief")
    assert running.health("relief")["status"] == "ready"
    assert problems(running, "relief")["left_over"] == "1 subjects"
    told = " ".join(printed_status(running).split())
    assert "left_over: relief was restored" in told and "--settled" in told
    assert lost not in bring_forward("relief", "--settled", lost)
    assert "left_over" not in problems(running, "relief")
    with pytest.raises(NotFound):
        running.ask("relief", "bring_forward", settled=[lost])


def test_a_repeated_command_brings_personal_data_back_and_counts_once(running):
    running.settled()
    kept = copy(running, "relief")
    given = order() | {"beneficiary": {"name": "某某", "age": 70}, "command_id": "with-a-name"}
    first = running.do("relief", "raise_order", **given)
    running.settled()
    put_back(running, "relief", kept)
    running.start("relief")
    running.wait(lambda: "log_behind" in problems(running, "relief"))
    told = bring_forward("relief")
    assert first["id"] in told and "repeat the command that created it" in told
    with running.service_db("relief") as database:
        assert "personal" not in database["aggregates"].find_one({"_id": first["id"]})
    last = running.health("relief")["log_last"]
    for _ in range(2):
        assert running.do("relief", "raise_order", **given) == first
    with running.service_db("relief") as database:
        assert database["aggregates"].find_one({"_id": first["id"]})["personal"].keys() >= {"name"}
    assert running.health("relief")["log_last"] <= last + 1
    assert first["id"] not in bring_forward("relief")
    assert_whole(running)
