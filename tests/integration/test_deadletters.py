"""`./warm deadletters` on running services: what is replayed after the fix counts."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient
from tests.support import plain_amqp
from tests.support.foreign import body, visits
from tests.support.refusing import REASON as REFUSED
from tests.support.refusing import a_database_that_refuses, refused
from tests.support.running import COMMUNITY, SECONDS, SUBDISTRICT, properties
from tests.support.stack import stack_name

VISITS = "relief.visits_household"
FAILED_AGAIN = 4


@pytest.fixture(scope="module", autouse=True)
def real_time(started):
    """A rate is one of real time."""
    started.stack.stop_services(["supervision"])
    started.stack.start_services(["supervision"], started.environment | {"WARM_NOW": ""})
    started.stack.wait_ready(["supervision"])


@pytest.fixture(autouse=True)
def no_dead_letters(running):
    yield
    with running.service_db("supervision") as service_db:
        service_db["parked"].delete_many({})


def warm(*arguments):
    return CliRunner().invoke(app, ["deadletters", *arguments, "--stack", stack_name()])


def publish(running, *events):
    running.publish("relief.events", "visit.recorded", *((body(it), properties()) for it in events))


def publish_refused(running, *events):
    """Publish what the database refuses, and wait for the dead letters. Returns the new ids."""
    before = running.parked()
    with a_database_that_refuses(running):
        publish(running, *events)
        running.wait(lambda: len(running.parked() - before) == len(events))
    return sorted(running.parked() - before)


def counted(running):
    return int(running.live(VISITS) or 0)


def states(running):
    with running.service_db("supervision") as service_db:
        return sorted(entry["state"] for entry in service_db["parked"].find())


def replay(running, **arguments):
    return running.do("supervision", "replay_dead_letters", **arguments)["messages"]


def test_after_the_fix_what_is_replayed_counts(running):
    before = counted(running)
    publish_refused(running, refused("1"), refused("2"), refused("4"))
    done = warm("replay", "--reason", REFUSED, "--yes")
    assert (done.exit_code, done.stdout) == (0, "supervision: 3 resolved\n")
    assert counted(running) == before + 7
    assert running.parked() == set()


def test_an_event_of_a_unit_that_became_known_counts_when_its_id_is_replayed(running):
    before, code = counted(running), f"{SUBDISTRICT}801"
    publish(running, visits("3", orgunit=code))
    running.wait(running.parked)
    [identity] = running.parked()
    running.do("supervision", "discard_dead_letters", ids=[identity], why="no such unit")
    unit = {"parent": SUBDISTRICT, "level": "community", "name": "新社区"}
    running.do("supervision", "register_orgunit", code=code, **unit)
    running.settled()
    assert counted(running) == before
    assert warm("replay", identity).exit_code == 0
    running.wait(lambda: counted(running) == before + 3)


def test_what_is_still_broken_fails_again_and_is_named(running):
    running.publish("relief.events", "visit.recorded", (b"{", properties()))
    running.wait(running.parked)
    done = warm("replay", "--reason", "not_json", "--yes", "--json")
    assert done.exit_code == FAILED_AGAIN
    outcome = json.loads(done.stdout)["services"]["supervision"]
    assert outcome == {"waiting": 0, "resolved": 0, "parked_again": {"not_json": 1}}
    [entry] = running.dead_letters_since(set())
    assert (entry["state"], entry["attempts"]) == ("parked", 1)


def test_what_the_broker_gave_up_counts_when_it_is_replayed(running):
    before = counted(running)
    running.stack.stop_services(["supervision"])
    publish(running, visits("5"))
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        running.wait(lambda: refuse_one(channel))
    running.stack.start_services(["supervision"], running.environment | {"WARM_NOW": ""})
    running.wait(running.parked)
    [entry] = running.dead_letters_since(set())
    assert (entry["reason"], entry["exchange"]) == ("dead_lettered", "relief.events")
    assert warm("replay", entry["id"]).exit_code == 0
    running.wait(lambda: counted(running) == before + 5)


def refuse_one(channel):
    method, _, _ = channel.basic_get("supervision.inbox")
    if method:
        channel.basic_nack(method.delivery_tag, requeue=False)
    return method


def test_the_rate_holds(running):
    per_second, count = 20, 60
    publish_refused(running, *(refused() for _ in range(count)))
    assert replay(running, reason=REFUSED, per_second=per_second) == count
    running.wait(lambda: states(running) == ["resolved"] * count)
    with running.service_db("supervision") as service_db:
        resolved = sorted(entry["resolved"] for entry in service_db["parked"].find())
        start = service_db["parked_acts"].find_one(sort=[("at", -1)])["at"]
    too_early = [
        n for n, at in enumerate(resolved) if at < start + timedelta(seconds=n / per_second)
    ]
    assert too_early == []


def test_new_messages_are_taken_while_a_replay_goes_on(running):
    before, command_id = counted(running), str(uuid.uuid4())
    publish_refused(running, *(refused() for _ in range(100)))
    replay(running, reason=REFUSED, per_second=10, command_id=command_id)
    publish(running, *(visits("1000") for _ in range(50)))
    running.wait(lambda: counted(running) >= before + 50_000)
    assert running.ask("supervision", "replay_progress", id=command_id)["waiting"] > 0
    running.wait(lambda: counted(running) == before + 50_000 + 100)
    assert states(running) == ["resolved"] * 100


def test_a_discarded_message_is_kept_and_no_longer_listed(running):
    identities = publish_refused(running, refused(), refused())
    done = warm("discard", "--reason", REFUSED, "--yes", "--why", "不是我们的")
    assert (done.exit_code, done.stdout) == (0, "supervision: 2 discarded\n")
    assert warm("list").stdout == "no dead letters\n"
    assert running.health("supervision")["parked"] == 0
    shown = json.loads(warm("show", identities[0]).stdout)
    assert (shown["state"], json.loads(shown["body"])["data"]["reason"]) == ("discarded", "refused")


def test_the_audit_names_who_did_what_and_why(running):
    [identity] = publish_refused(running, refused())
    warm("discard", identity, "--why", "误报", "--actor", "person:wang")
    warm("replay", identity, "--actor", "person:li")
    newest, before = json.loads(warm("audit", "--json").stdout)[:2]
    assert (newest["actor"], newest["action"], newest["ids"]) == ("person:li", "replay", [identity])
    assert (before["actor"], before["action"], before["why"]) == ("person:wang", "discard", "误报")
    audit = running.parked_message(identity)["audit"]
    assert [(act["action"], act["actor"]) for act in audit] == [
        ("discard", "person:wang"),
        ("replay", "person:li"),
    ]
    assert all(datetime.fromisoformat(act["at"]).tzinfo for act in audit)


def test_the_log_tells_of_an_act_without_words_or_bodies(running):
    [identity] = publish_refused(running, refused())
    warm("discard", identity, "--why", "误报误报", "--actor", "person:zhao")
    log = running.stack.process("supervision").log_file.read_text(encoding="utf-8")
    assert '"action": "discard"' in log
    assert "误报误报" not in log and "person:zhao" not in log


def test_a_repeated_command_does_nothing_twice_from_whatever_side(running):
    publish_refused(running, *(refused() for _ in range(30)))
    given = {"command_id": str(uuid.uuid4()), "reason": REFUSED, "limit": 20}

    def call(_):
        with RpcClient(running.stack.amqp_uri) as rpc:
            arguments = given | {"actor": "person:tester"}
            return rpc.call("supervision", "replay_dead_letters", timeout=SECONDS, **arguments)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(8))) == [{"messages": 20}] * 8
    running.wait(lambda: states(running) == ["parked"] * 10 + ["resolved"] * 20)
    with running.service_db("supervision") as service_db:
        assert {len(entry.get("audit", ())) for entry in service_db["parked"].find()} == {0, 1}
    with pytest.raises(Conflict):
        replay(running, **given | {"limit": 30})


@pytest.mark.parametrize("which", [{}, {"reason": REFUSED, "ids": ["x"]}], ids=["none", "both"])
def test_one_of_reason_and_ids_is_needed(running, which):
    with pytest.raises(ValidationFailed) as caught:
        replay(running, **which)
    assert set(caught.value.data) == {"ids"}
    with pytest.raises(ValidationFailed):
        running.do("supervision", "discard_dead_letters", why="x", **which)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_can_be_asked_and_finds_no_unknown_id(running, service):
    assert running.ask(service, "dead_letter_groups") == []
    with pytest.raises(NotFound):
        running.do(service, "replay_dead_letters", ids=["nobody"])
    assert running.do(service, "discard_dead_letters", reason="empty", why="x") == {"messages": 0}


def test_the_list_counts_what_it_does_not_show(running):
    publish_refused(running, *(refused(orgunit=COMMUNITY) for _ in range(5)))
    lines = warm("list", "--lines", "2").stdout.splitlines()
    assert lines[0].startswith(f"{REFUSED}: 5 (")
    assert len(lines) == 4
    assert "3 more of supervision" in lines[-1]
