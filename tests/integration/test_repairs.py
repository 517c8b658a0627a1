"""Events lost on the way to a service: it notices, and repairs itself without a command."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.contracts.envelope import encode
from shared.contracts.messages import event_of
from shared.platform import declarations, topology
from tests.support import plain_amqp
from tests.support.notices import announcement
from tests.support.running import DISTRICT, SUBDISTRICT, TIME, properties
from tests.support.stack import stack_name

RAISED = "relief.orders_raised"
UNIT = {"parent": SUBDISTRICT, "level": "community"}


@pytest.fixture(scope="module", autouse=True)
def comparing_each_second(started):
    started.stack.stop_services()
    started.more = {"WARM_COMPARE_SECONDS": "1"}
    started.start()


@contextmanager
def unbound(running, service, source):
    """The inbox of a service without what comes from a source: what is published is lost."""
    keys = [key for name, key in topology.SUBSCRIPTIONS[service] if name == source]
    queue, exchange = topology.inbox_queue(service), declarations.events_exchange(source)
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        for key in keys:
            channel.queue_unbind(queue, exchange, key)
    yield


def register(running, code):
    name = f"社区{code[-3:]}"
    running.do("supervision", "register_orgunit", code=code, name=name, **UNIT)
    running.wait(lambda: running.health("supervision")["pending"] == 0)


def plan_clinic(running, orgunit):
    plan = {"orgunit": orgunit, "venue": "二七广场", "planned_for": "2017-02-06"}
    return running.do("clinics", "plan_clinic", time=TIME, **plan)


def knows(running, service, code):
    with running.service_db(service) as database:
        return database["orgunits"].count_documents({"_id": code}) == 1


def following(running, service, source):
    return next(it for it in running.health(service)["following"] if it["source"] == source)


def problems(running, service):
    return {it["code"]: it["detail"] for it in running.health(service)["problems"]}


def status():
    return CliRunner().invoke(app, ["status", "--stack", stack_name()]).stdout


def logged(running, service, kind):
    """The last event of a type in the log of a service."""
    with running.service_db(service) as database:
        return event_of(database["log"].find_one({"type": kind}, sort=[("_id", -1)]))


def counted(running):
    return int(running.live(RAISED) or 0)


def test_a_unit_whose_event_was_lost_is_known_without_a_command(running):
    with unbound(running, "clinics", "supervision"):
        register(running, "410103001811")
        running.wait(lambda: knows(running, "clinics", "410103001811"))
    assert plan_clinic(running, "410103001811")["status"] == "planned"
    running.wait(lambda: following(running, "clinics", "registry")["repaired"])
    repaired = following(running, "clinics", "registry")["repaired"]
    assert (repaired["number"], repaired["names"]) == (1, ["410103001811"])


def test_after_the_repair_events_arrive_again(running):
    def repaired():
        return following(running, "clinics", "registry")["repaired"]

    running.wait(lambda: not problems(running, "clinics"))
    before = repaired()
    register(running, "410103001812")
    running.wait(lambda: knows(running, "clinics", "410103001812"))
    assert repaired() == before


def test_the_lost_event_that_arrives_after_the_repair_changes_nothing(running):
    with unbound(running, "clinics", "supervision"):
        register(running, "410103001813")
        running.wait(lambda: knows(running, "clinics", "410103001813"))
    running.do("supervision", "change_orgunit", code="410103001813", name="新名社区")
    with running.service_db("clinics") as database:
        units = database["orgunits"]
        running.wait(lambda: units.find_one({"_id": "410103001813"})["name"] == "新名社区")
        late = logged(running, "supervision", "supervision.orgunit.registered")
        running.settled()
        facts = running.counts("supervision")["supervision", "facts"]
        running.publish("supervision.events", "orgunit.registered", (encode(late), properties()))
        running.wait(lambda: running.depth("clinics.inbox") == 0)
        running.settled()
        assert units.find_one({"_id": "410103001813"})["name"] == "新名社区"
    assert running.counts("supervision")["supervision", "facts"] == facts


@contextmanager
def refusing(running, service, collection, **validator):
    """A database that can't store some documents, so that a gap stays."""
    with running.service_db(service) as database:
        database.command("collMod", collection, validator=validator)
        try:
            yield
        finally:
            database.command("collMod", collection, validator={})


@pytest.mark.problem("registry_gap")
def test_status_shows_a_registry_gap_until_it_is_repaired(running):
    code = "410103001814"
    with (
        refusing(running, "clinics", "orgunits", _id={"$ne": code}),
        unbound(running, "clinics", "supervision"),
    ):
        register(running, code)
        # A gap of the test before may be shown until the next look.
        running.wait(
            lambda: problems(running, "clinics").get("registry_gap", "").startswith(f"{code} since")
        )
        shown = " ".join(status().split())
        assert "registry_gap: clinics lacks org units" in shown and code in shown
    # Nothing to do: see docs/operations.md.
    running.wait(lambda: not problems(running, "clinics"))
    assert plan_clinic(running, code)["status"] == "planned"
    assert "registry_gap" not in status()


@pytest.mark.problem("calendar_gap")
def test_status_shows_a_calendar_gap_until_it_is_repaired(running):
    running.do("supervision", "announce_calendar", **announcement(2001))
    with running.service_db("relief") as database:
        running.wait(lambda: database["calendar"].count_documents({}) == 1)
    with (
        refusing(running, "relief", "calendar", _id={"$ne": 2002}),
        unbound(running, "relief", "supervision"),
    ):
        running.do("supervision", "announce_calendar", **announcement(2002))
        running.wait(lambda: "calendar_gap" in problems(running, "relief"))
        assert "calendar_gap: relief lacks a calendar notice" in " ".join(status().split())
    # Nothing to do: see docs/operations.md.
    running.wait(lambda: not problems(running, "relief"))
    assert "calendar_gap" not in status()


def test_facts_that_were_lost_are_fetched_without_a_command(running):
    before = counted(running)
    with unbound(running, "supervision", "relief"):
        for _ in range(3):
            running.raise_order()
        running.wait(lambda: counted(running) == before + 3)
    running.raise_order()
    running.wait(lambda: counted(running) == before + 4)
    late = logged(running, "relief", "relief.order.raised")
    running.publish("relief.events", "order.raised", (encode(late), properties()))
    running.settled()
    assert counted(running) == before + 4
    running.wait(lambda: not problems(running, "supervision"))


@pytest.mark.problem("source_gap")
def test_status_shows_a_source_gap_until_its_dead_letter_is_replayed(running):
    before = counted(running)
    with (
        refusing(running, "supervision", "facts", event={"$not": {"$regex": "relief.order"}}),
        unbound(running, "supervision", "relief"),
    ):
        running.raise_order()
        running.wait(lambda: "source_gap" in problems(running, "supervision"))
        last = running.health("relief")["log_last"]
        assert f"has {last - 1} of {last}" in problems(running, "supervision")["source_gap"]
        assert "source_gap: supervision lacks events" in " ".join(status().split())
        running.wait(lambda: running.health("supervision")["parked"] == 1)
    replay = ("deadletters", "replay", "--reason", "cannot_be_stored", "--yes")
    assert CliRunner().invoke(app, [*replay, "--stack", stack_name()]).exit_code == 0
    running.wait(lambda: not problems(running, "supervision"))
    assert counted(running) == before + 1
    assert "source_gap" not in status()


def test_among_lost_events_only_the_faulty_one_is_a_dead_letter(running):
    before = counted(running)
    with (
        refusing(running, "supervision", "facts", event={"$not": {"$regex": "丁"}}),
        unbound(running, "supervision", "relief"),
    ):
        for items in (["甲"], ["丁"], ["乙"]):
            running.raise_order(items=items)
        running.wait(lambda: counted(running) == before + 2)
        running.wait(lambda: running.health("supervision")["parked"] == 1)
    [identity] = running.parked()
    running.do("supervision", "replay_dead_letters", ids=[identity])
    running.wait(lambda: counted(running) == before + 3)
    running.wait(lambda: not problems(running, "supervision"))


def test_supervisions_own_unit_that_was_lost_is_known_and_what_waited_for_it_counts(running):
    before, code = counted(running), "410103001815"
    with unbound(running, "supervision", "supervision"):
        register(running, code)
        running.wait(lambda: knows(running, "relief", code))
        running.raise_order(orgunit=code)
        running.wait(lambda: counted(running) == before + 1)
    running.wait(lambda: running.health("supervision")["parked"] == 0)
    running.wait(lambda: not problems(running, "supervision"))


def test_what_lies_behind_a_dead_letter_is_fetched_too(running):
    """And the dead letter itself isn't fetched again and again."""
    before = counted(running)
    refused = refusing(running, "supervision", "facts", event={"$not": {"$regex": "丙"}})
    with refused:
        running.raise_order(items=["丙"])
        running.wait(lambda: running.health("supervision")["parked"] == 1)
        with unbound(running, "supervision", "relief"):
            running.raise_order()
            running.wait(lambda: counted(running) == before + 1)
        running.wait(lambda: "source_gap" in problems(running, "supervision"))
    [identity] = running.parked()
    running.do("supervision", "replay_dead_letters", ids=[identity])
    running.wait(lambda: counted(running) == before + 2)
    running.wait(lambda: not problems(running, "supervision"))


@pytest.mark.problem("not_compared")
def test_status_says_that_nothing_could_be_compared_and_the_service_stays_ready(running):
    running.stack.stop_services(["supervision"])
    running.wait(lambda: "not_compared" in problems(running, "relief"))
    assert running.health("relief")["status"] == "ready"
    assert "not_compared: relief could not compare" in " ".join(status().split())
    running.start("supervision")
    running.wait(
        lambda: not any("not_compared" in problems(running, it) for it in topology.SERVICES)
    )
    assert "not_compared" not in status()


def test_the_registry_is_compared_by_a_digest_and_versions_only_where_it_differs(running):
    asked = running.ask("supervision", "compare_registry", digest="another")
    assert asked["versions"][DISTRICT] == 1
    again = running.ask("supervision", "compare_registry", digest=asked["digest"])
    assert again == {"digest": asked["digest"], "versions": None}
    assert len(json.dumps(again)) < 200
